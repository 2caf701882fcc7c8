"""Gradient clips: bounds on a step's gradient before the optimiser sees it."""
