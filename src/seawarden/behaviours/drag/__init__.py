"""An anchor out under way: evidence from a ship's own track, and the chance that it amounts to."""
