"""Learning-rate schedules: one shape a file, found by folder."""
