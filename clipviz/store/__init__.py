"""The SQL truth: datasets, recipes, runs, telemetry and events, in SQLite or PostgreSQL."""

from clipviz.store.store import Store, open

__all__ = ["Store", "open"]
