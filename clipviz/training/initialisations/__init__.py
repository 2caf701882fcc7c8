"""Initialisations: where the weights start; one a file, found by folder."""
