"""The nouns of Seawarden, one a file. Nothing here computes; everything else speaks in these words."""
