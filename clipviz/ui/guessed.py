"""Choices that may be left to the reader."""

from typing import Any

import streamlit as st


def choice(label: str, options: dict[Any, str], value: Any, key: str) -> Any:
    """A picker of `options` by what they are called, and of None: "guess"."""
    known = [None, *options]
    return st.selectbox(
        label,
        known,
        index=known.index(value) if value in known else 0,
        key=key,
        format_func=lambda option: "guess" if option is None else options[option],
    )
