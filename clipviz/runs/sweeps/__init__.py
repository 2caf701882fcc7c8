"""Sweeps: from a design to runs in programs, and what people ask of them."""
