"""Forms from declarations: a pydantic model's fields become widgets, its errors become sentences."""

import types
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal, Union, get_args, get_origin

import streamlit as st
from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from clipviz.core.discovery import discover
from clipviz.core.fields import own_first
from clipviz.core.recipe import Choice
from clipviz.ui.text import escape, plain

Options = Mapping[str, Sequence[str]]


def begin() -> None:
    """Forgets what was wrong in the forms of the last run of the page."""
    st.session_state.invalid_fields = []


def invalid() -> list[str]:
    """The fields on this page that hold no valid value, as far as they were drawn."""
    return list(st.session_state.get("invalid_fields", []))


def refuse(field: str) -> None:
    """Says of a field that what it holds cannot be used, for a reason that no single field knows."""
    st.session_state.setdefault("invalid_fields", []).append(field)


def pick(
    package: str,
    label: str,
    choice: Choice,
    key: str,
    help: str | None = None,
    options: Options | None = None,
    only: Callable[[type[Any]], bool] = lambda cls: True,
    fold: bool = True,
) -> Choice:
    """A picker of everything found in a folder but teaching specimens, by title, none first, and the fields of what is
    picked.

    only: which ones are offered, beside what is chosen now. options: for each kind of name that a field may ask for,
    those that there are here; see `fields`.
    Returns a choice whose fields are valid; while a field is not, its error is shown and the former value kept.
    """
    known = discover(package)
    offered = {id for id, cls in known.items() if only(cls) and not getattr(cls, "teaching", False)}
    ids = sorted(
        (id for id in known if id == choice.id or id in offered),
        key=lambda id: (id != "none", title_of(known[id]).lower()),
    )
    picked = st.selectbox(
        label,
        ids,
        index=ids.index(choice.id) if choice.id in ids else 0,
        format_func=lambda id: title_of(known[id]),
        key=f"{key}.id",
        help=help,
    )
    values = choice.fields() if picked == choice.id else {}
    return Choice.of(picked, **fields(known[picked], values, f"{key}.{picked}", options=options, fold=fold))


def title_of(cls: type[Any]) -> str:
    return str(getattr(cls, "title", cls.__name__))


def clamp_title(id: str) -> str:
    """What people call an input clamp."""
    return title_of(discover("clipviz.policies.inputs")[id])


def fields(
    cls: type[BaseModel],
    values: dict[str, Any],
    key: str,
    names: tuple[str, ...] | None = None,
    options: Options | None = None,
    fold: bool = True,
) -> dict[str, Any]:
    """Widgets for the fields of a model (or for those in `names`), side by side; returns valid values by name.

    A field whose declaration says "options" holds one of the names that `options` has under that word; where it has
    none there is nothing to choose, and the field is not drawn. fold: keep what is advanced out of sight.
    """
    there = options or {}
    shown = {
        name: info
        for name, info in own_first(cls).items()
        if (names is None or name in names) and (_extra(info, "options") is None or _named(info, there))
    }
    folded = {name: info for name, info in shown.items() if fold and is_advanced(info)}
    start = {
        name: values.get(name, info.get_default(call_default_factory=True)) for name, info in shown.items()
    }
    given = _row({name: info for name, info in shown.items() if name not in folded}, start, key, there)
    if folded:
        with st.expander(_folded(cls, folded)):
            given |= _row(folded, start, key, there)
    problems = st.container()
    try:
        model = cls.model_validate({**values, **given})
    except ValidationError as error:
        for problem in error.errors():
            where = shown.get(str(problem["loc"][0])) if problem["loc"] else None
            field = (where.title if where else None) or title_of(cls)
            received = f"; received {escape(repr(problem['input']), 60)}" if where else ""
            problems.error(
                f"{escape(field)}: {escape(problem['msg'].removeprefix('Value error, '), 200)}{received}."
            )
            refuse(field)
        model = cls.model_validate(values)
    return {
        name: value for name, value in model.model_dump(mode="json").items() if names is None or name in names
    }


def _folded(cls: type[BaseModel], folded: dict[str, FieldInfo]) -> str:
    """The title of a fold: what is in it."""
    first, *others = (_label(name, info) for name, info in folded.items())
    return f"{title_of(cls)}: {', '.join([first, *(each[:1].lower() + each[1:] for each in others)])}"


def _named(info: FieldInfo, options: Options) -> Sequence[str]:
    return options.get(str(_extra(info, "options")), ())


def _row(
    shown: dict[str, FieldInfo], start: dict[str, Any], key: str, options: Options, across: int = 3
) -> dict[str, Any]:
    """Widgets side by side, in reading order; their values by name."""
    given, names = {}, list(shown)
    for first in range(0, len(names), across):
        line = names[first : first + across]
        for column, name in zip(
            st.columns(min(len(names), across), vertical_alignment="bottom"), line, strict=False
        ):
            with column:
                given[name] = _widget(
                    name, shown[name], start[name], f"{key}.{name}", _named(shown[name], options)
                )
    return given


def _widget(name: str, info: FieldInfo, value: Any, key: str, named: Sequence[str] = ()) -> Any:
    label, about = _label(name, info), _about(info)
    kind = _without_none(info.annotation)
    if named:
        known = [None, *named, *([value] if value is not None and value not in named else [])]
        return st.selectbox(label, known, index=known.index(value), format_func=_or_none, key=key, help=about)
    if get_origin(kind) is Literal:
        options = list(get_args(kind))
        return st.selectbox(label, options, index=options.index(value), key=key, help=about)
    if kind is bool:
        return st.checkbox(label, value=value, key=key, help=about)
    if kind in (int, float):
        low, high = _limits(info, kind)
        return st.number_input(
            label,
            value=None if value is None else kind(value),
            min_value=low,
            max_value=high,
            step=1 if kind is int else _step(value),
            format="%d" if kind is int else "%g",
            key=key,
            help=about,
        )
    if get_origin(kind) is tuple:
        text = st.text_input(label, value=", ".join(str(part) for part in value), key=key, help=about)
        return [part.strip() for part in (text or "").split(",") if part.strip()]
    return st.text_input(label, value=value or "", key=key, help=about)


def _or_none(name: str | None) -> str:
    return "–" if name is None else plain(name, 40)


def _label(name: str, info: FieldInfo) -> str:
    return info.title or name.replace("_", " ").capitalize()


def _about(info: FieldInfo) -> str | None:
    unit = _extra(info, "unit")
    return f"{info.description or ''} Unit: {unit}.".strip() if unit else info.description


def is_advanced(info: FieldInfo) -> bool:
    """Whether a field is for those who look for it."""
    return bool(_extra(info, "advanced"))


def _extra(info: FieldInfo, name: str) -> Any:
    return info.json_schema_extra.get(name) if isinstance(info.json_schema_extra, dict) else None


def _without_none(annotation: Any) -> Any:
    if get_origin(annotation) in (Union, types.UnionType):
        return next(part for part in get_args(annotation) if part is not type(None))
    return annotation


def _limits(info: FieldInfo, kind: type[int] | type[float]) -> tuple[float | None, float | None]:
    """The inclusive bounds of a field; an exclusive bound is left to validation, which words it."""
    low = next((kind(part.ge) for part in info.metadata if getattr(part, "ge", None) is not None), None)
    high = next((kind(part.le) for part in info.metadata if getattr(part, "le", None) is not None), None)
    return low, high


def _step(value: float | None) -> float:
    """A step of the magnitude of the value, so that 0.001 does not move by 0.01."""
    if not value:
        return 0.1
    magnitude = 1.0
    while magnitude > abs(value):
        magnitude /= 10
    return magnitude
