"""Is it known when the watch is blind, and is a ship's silence told from our own?"""
