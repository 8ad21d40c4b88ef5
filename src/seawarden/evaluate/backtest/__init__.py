"""The watch on a user's own traffic, day after day: how often it speaks, and what it finds of what was planted."""
