"""Choices that may be left to the reader."""

from typing import Any

import streamlit as st


def choice(label: str, options: dict[Any, str], value: Any, key: str, nothing: str = "guess") -> Any:
    """A picker of `options` by what they are called, and of None, which is called `nothing`."""
    known = [None, *options]
    return st.selectbox(
        label,
        known,
        index=known.index(value) if value in known else 0,
        key=key,
        format_func=lambda option: nothing if option is None else options[option],
    )
