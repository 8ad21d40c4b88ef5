"""From findings to the chance that a ship damages an asset, with reasons for and against."""
