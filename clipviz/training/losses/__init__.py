"""Losses: what a step makes smaller; one a file, found by folder."""
