"""What the numbers mean: the effect of a clamp, and later verdicts and drift."""
