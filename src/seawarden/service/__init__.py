"""The page and its API, over anything that can be watched: a finished run, a demo, a live engine."""
