"""Order, duplicates, plausibility, tracks under an MMSI, and the memory of where each ship has been."""
