"""Positions that no ship can have made: jumps, two places at once, circles, frozen places, land, slow drifts."""
