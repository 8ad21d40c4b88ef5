"""Where things lie: assets with KP and their index, depth, land, ports, waters, whom to call."""
