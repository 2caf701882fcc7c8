"""What the numbers mean: what a clamp does to data, what a policy does to values, what a comparison proves."""
