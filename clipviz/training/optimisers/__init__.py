"""Optimisers: one a file, found by folder."""
