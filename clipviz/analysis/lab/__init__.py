"""What policies do, computed without training: the Lab's curves, arrows, streams and trajectories."""
