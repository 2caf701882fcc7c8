"""Input clamps: bounds of one numeric column, fitted on the finite values of its training rows."""
