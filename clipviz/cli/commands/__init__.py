"""Commands: one a file, found by folder; the file, its function and the command have one name."""
