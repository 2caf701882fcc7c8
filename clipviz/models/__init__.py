"""Models: one architecture a file, found by folder."""
