"""A page's settings in the address bar: read from a link, kept while one looks around, written at every move."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Annotated, Any

import streamlit as st
from pydantic import ConfigDict, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo
from streamlit.delta_generator import DeltaGenerator

from clipviz.ui.text import escape

OTHERS = ("dataset", "recipe", "policy")
"""What the address bar may hold besides: the object that the page is about."""

TAB = "tab"
MOST_DIGITS = 300
"""Of a whole number in a link: no float has more, and Python refuses to read some thousands."""


class Link:
    """The settings of one page, or of one tab of it: a query parameter each.

    A link that somebody opened is taken over once; from then on the widgets lead and the address bar follows.
    A value that is malformed or out of range becomes a sentence in `problems`, and its default is used.
    """

    def __init__(self, page: str, tab: str = "") -> None:
        self.page, self.tab = page, tab
        self.problems: list[str] = []
        self._said: dict[str, str] = {}
        shown = _shown()
        self._opened = shown if shown and shown != st.session_state.get(f"{page}:written", {}) else None
        if self._opened and self._opened.get(TAB, tab) != tab:
            self._opened = None

    def value(self, name: str, info: FieldInfo, default: Any) -> Any:
        """What a setting stands at: in a link that was just opened, else in its widget, else when last seen here.

        The widget whose key is `key(name)` is set to it.
        """
        key = self.key(name)
        if self._opened is not None:
            found = self._read(name, info, default)
        else:
            found = st.session_state.get(key, self._memory().get(key, default))
        st.session_state[key] = found
        return found

    def several(self, name: str, known: Sequence[str], default: Sequence[str] = ()) -> list[str]:
        """What a setting of several names stands at, in the order of those that are known; `key(name)` is set to it."""
        given = self.value(name, FieldInfo(annotation=str), ",".join(default))
        wanted = [part for part in given.split(",") if part] if isinstance(given, str) else list(given or ())
        if unknown := [part for part in wanted if part not in known]:
            self.problems.append(
                f"This link says {escape(name)}\\={escape(','.join(unknown), 40)}, which is unknown; the rest is used."
            )
        found = [each for each in known if each in wanted]
        st.session_state[self.key(name)] = found
        return found

    @property
    def opened(self) -> bool:
        """Whether a link was opened just now."""
        return self._opened is not None

    def forget(self, name: str) -> None:
        """Lets a setting go back to its default."""
        st.session_state.pop(self.key(name), None)
        self._memory().pop(self.key(name), None)

    def key(self, name: str) -> str:
        return ":".join(filter(None, (self.page, self.tab, name)))

    def say(self, name: str, value: Any) -> None:
        """Notes what a setting stands at, for the address bar."""
        self._memory()[self.key(name)] = value
        self._said[name] = _text(value)

    def keep(self, **others: str) -> None:
        """Writes the settings that were said, and others such as the dataset, into the address bar."""
        wanted = ({TAB: self.tab} if self.tab else {}) | self._said
        st.session_state[f"{self.page}:written"] = wanted
        if st.query_params.to_dict() != (query := {**wanted, **others}):
            st.query_params.from_dict(query)

    def _memory(self) -> dict[str, Any]:
        found: dict[str, Any] = st.session_state.setdefault(f"{self.page}:memory", {})
        return found

    def _read(self, name: str, info: FieldInfo, default: Any) -> Any:
        given = (self._opened or {}).get(name)
        if given is None:
            return default
        try:
            return read(given, info)
        except ValidationError as error:
            why = error.errors()[0]["msg"]
            self.problems.append(
                f"This link says {escape(name)}\\={escape(given, 40)}. {escape(why)}; "
                f"it starts at {escape('its own choice' if default is None else default)} instead."
            )
            return default


def read(text: str, info: FieldInfo) -> Any:
    """A field's value from a link; the empty text is None where the field may be None. Raises ValidationError."""
    adapter: TypeAdapter[Any] = TypeAdapter(
        Annotated[info.annotation, info],  # type: ignore[arg-type]
        config=ConfigDict(allow_inf_nan=False),
    )
    tried: tuple[Any, ...] = (text, _number(text) if text else None)
    for given in tried[1:]:  # a choice of whole numbers takes a number only
        with suppress(ValidationError):
            return adapter.validate_python(given)
    return adapter.validate_python(tried[0])


def tab(page: str, known: tuple[str, ...]) -> tuple[str, str]:
    """The tab that the link names, or that was last open, else the first; and a sentence if the link names no tab."""
    shown = _shown()
    given = shown.get(TAB)
    if given in known and shown != st.session_state.get(f"{page}:written"):  # else somebody has turned since
        st.session_state[f"{page}:tab"] = given
    problem = (
        f"This page has no tab {escape(given, 40)}: this is the first one."
        if given and given not in known
        else ""
    )
    return st.session_state.get(f"{page}:tab", known[0]), problem


def _number(text: str) -> int | str:
    return int(text) if text.isdecimal() and len(text) <= MOST_DIGITS else text


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:.12g}" if isinstance(value, float) else str(value)


def _shown() -> dict[str, str]:
    return {name: value for name, value in st.query_params.to_dict().items() if name not in OTHERS}


def turned(page: str, tabs: dict[str, str]) -> None:
    """Keeps which tab somebody turned to; the tabs have the key `<page>.tabs`."""
    title = st.session_state[f"{page}.tabs"]
    st.session_state[f"{page}:tab"] = next(name for name, known in tabs.items() if known == title)


def tell(link: Link, problems: DeltaGenerator) -> None:
    """Says on top what was wrong with a link."""
    for sentence in link.problems:
        problems.warning(sentence, icon=":material/link_off:")
