"""The words of the domain as types. Standard library, numpy and pydantic only."""
