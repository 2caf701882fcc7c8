"""Is the difference real? Paired statistics over seeds, and the verdict that they lead to."""
