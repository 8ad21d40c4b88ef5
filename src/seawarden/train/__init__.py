"""Models from real tracks with simulated drags, written as package data."""
