"""Activation clips: bounds on what leaves a hidden layer, fixed or learned."""
