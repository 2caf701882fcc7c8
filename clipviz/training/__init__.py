"""Training: from a recipe and a table to a network, telling a sink what happens on the way."""
