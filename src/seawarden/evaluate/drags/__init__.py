"""The bench of under-way anchor drags: drags and look-alikes laid on real tracks, published rules beside ours."""
