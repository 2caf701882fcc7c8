"""Normalisations: how the clamped numbers of a column are brought to a common size, fitted on training rows."""
