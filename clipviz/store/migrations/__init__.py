"""Alembic migrations of the store, one file a change; never edited once released."""
