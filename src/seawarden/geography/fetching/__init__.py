"""Fetched maps into the program's own forms: packs of assets, and polygons of economic zones."""
