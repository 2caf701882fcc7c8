"""Sliders from declarations: fields of policies and of the Lab's own settings, each in the address bar."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal, TypeVar, get_args, get_origin

import streamlit as st
from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo
from streamlit.delta_generator import DeltaGenerator

from clipviz.charts.policy_looks import Look
from clipviz.core.discovery import build, discover
from clipviz.core.errors import InvalidRecipe
from clipviz.core.recipe import Choice
from clipviz.policies.policy import Policy
from clipviz.ui import forms
from clipviz.ui.lab_spans import WIDE, extra, rounded, rungs, span, step
from clipviz.ui.link import Link
from clipviz.ui.text import escape

Settings = TypeVar("Settings", bound=BaseModel)


def settings(
    cls: type[Settings],
    link: Link,
    names: Sequence[str],
    across: int = 4,
    defaults: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Widgets for some fields of a settings record, side by side; their values by name. The span of a slider is
    that of the field's sweep. defaults: those that differ from the record's."""
    found: dict[str, Any] = {}
    for first in range(0, len(names), across):
        row = names[first : first + across]
        for cell, name in zip(st.columns(across, vertical_alignment="bottom"), row, strict=False):
            with cell:
                found[name] = widget(link, name, cls.model_fields[name], True, defaults or {})
    return found


def pick(
    family: str, link: Link, slot: str, label: str, default: Choice | None, empty: bool = True
) -> Policy | None:
    """A picker of a family's policies and the sliders of the one that is picked; None where the slot is empty.

    default: what stands there before somebody chooses, with its fields.
    """
    known = discover(f"clipviz.policies.{family}")
    ids = (*([""] if empty else []), *known)
    info = FieldInfo(annotation=Literal[ids], title=label)  # type: ignore[arg-type]
    link.value(slot, info, default.id if default else "")
    picked = st.selectbox(
        label,
        ids,
        format_func=lambda id: forms.title_of(known[id]) if id else "–",
        key=link.key(slot),
    )
    link.say(slot, picked)
    fields = default.fields() if default and default.id == picked else {}
    return policy(family, picked, link, slot, fields) if picked else None


def policy(family: str, id: str, link: Link, slot: str, defaults: Mapping[str, Any]) -> Policy:
    """Sliders for the fields of a policy; those that are rarely changed are folded away, but for what it would choose
    itself. A combination that the policy refuses becomes one of the link's problems, and the policy as it comes is
    used."""
    _forget_spans(link.key(slot), id)
    own = {f"{slot}.{name}": value for name, value in defaults.items()}
    cls: type[Policy] = discover(f"clipviz.policies.{family}")[id]
    folded = [
        name
        for name, info in cls.model_fields.items()
        if extra(info, "advanced") and info.default is not None
    ]
    first = [name for name in cls.model_fields if name not in folded]
    found = {name: widget(link, f"{slot}.{name}", cls.model_fields[name], defaults=own) for name in first}
    if folded:
        with st.expander("More settings"):
            found |= {
                name: widget(link, f"{slot}.{name}", cls.model_fields[name], defaults=own) for name in folded
            }
    try:
        built: Policy = build(f"clipviz.policies.{family}", Choice.of(id, **found))
    except InvalidRecipe as error:
        link.problems.append(escape(f"{error} Until then it is shown as it comes.", 300))
        return cls()
    return built


def _forget_spans(slot: str, id: str) -> None:
    """Lets sliders begin with spans of their own where a slot has got another policy."""
    if st.session_state.get(f"{slot}:of", id) != id:
        for key in [key for key in st.session_state if str(key).startswith(f"{slot}.")]:
            if str(key).endswith((":ladder", ":ends", ":chosen")):
                del st.session_state[key]
    st.session_state[f"{slot}:of"] = id


def _takes(info: FieldInfo, value: Any) -> bool:
    """Whether a field may hold a value."""
    adapter: TypeAdapter[Any] = TypeAdapter(Annotated[info.annotation, info])  # type: ignore[arg-type]
    try:
        adapter.validate_python(value)
    except ValidationError:
        return False
    return True


def widget(
    link: Link, name: str, info: FieldInfo, exact: bool = False, defaults: Mapping[str, Any] | None = None
) -> Any:
    """One setting as a slider, switch or picker; its value, which the address bar then holds."""
    kind = _without_none(info.annotation)
    default = (defaults or {}).get(name, info.get_default(call_default_factory=True))
    if get_origin(kind) is tuple or kind is str:
        return default
    value = link.value(name, info, default)
    if not _takes(info, value):  # another policy's field of this name stood here
        st.session_state[link.key(name)] = value = default
    if kind is not info.annotation:
        value = _optional(link, name, info, value, kind)
    elif get_origin(kind) is Literal:
        options = list(get_args(kind))
        value = st.selectbox(
            _label(name, info),
            options,
            key=link.key(name),
            help=_about(info),
            format_func=lambda option: _word(option).capitalize() if exact else _word(option),
        )
    elif kind is bool:
        value = st.toggle(_label(name, info), key=link.key(name), help=_about(info))
    else:
        number = int if kind is int else float
        value = _slider(link.key(name), _label(name, info), _about(info), info, number, value, exact)
    link.say(name, value)
    return value


def _optional(link: Link, name: str, info: FieldInfo, value: Any, kind: Any) -> Any:
    """A number that may be left to the policy: a switch, and a slider where it is on."""
    key = link.key(name)
    kept = f"{key}:chosen"
    if value is not None:
        st.session_state[kept] = value
    start = st.session_state.get(kept) or next(v for v in extra(info, "sweep") if v is not None)
    st.session_state[f"{key}:on"] = value is not None
    chosen = st.toggle(
        f"{_label(name, info)} by hand",
        key=f"{key}:on",
        help=_about(info),
        on_change=_switched,
        args=(key, kept, start),
    )
    if not chosen:
        return None
    return _slider(key, _label(name, info), _about(info), info, kind, value, False)


def _switched(key: str, kept: str, start: Any) -> None:
    if st.session_state[f"{key}:on"]:
        st.session_state[key] = st.session_state[kept] = start
    else:
        st.session_state[key] = None


def _slider(
    key: str,
    label: str,
    about: str | None,
    info: FieldInfo,
    kind: type[int] | type[float],
    value: Any,
    exact: bool,
) -> Any:
    low, high = span(info, exact)
    if kind is float and low > 0 and high / low > WIDE:
        ladder = st.session_state.setdefault(f"{key}:ladder", set(rungs(low, high, info)))
        ladder.add(
            value
        )  # a value from a link stays on the ladder: the slider must not change under the hand
        return st.select_slider(label, sorted(ladder), key=key, help=about, format_func=_figure)
    if kind is float and not exact:
        low = rounded(low, high)
    ends = st.session_state.setdefault(f"{key}:ends", [low, high])
    ends[:] = [min(ends[0], value), max(ends[1], value)]
    if kind is int:
        return st.slider(label, int(ends[0]), int(ends[1]), key=key, step=1, help=about)
    return st.slider(
        label, float(ends[0]), float(ends[1]), key=key, step=step(low, high), help=about, format="%.3g"
    )


def id_of(policy: Policy) -> str:
    """The id of a policy: the name of its file."""
    return type(policy).__module__.rsplit(".", 1)[-1]


def swatch(place: DeltaGenerator, look: Look | None) -> None:
    """A stroke in a policy's colour and dash above its sliders: the legend of all charts of the tab."""
    style = {"solid": "solid", "dot": "dotted"}.get(look.dash, "dashed") if look else "solid"
    place.html(f'<div style="border-top: 4px {style} {look.colour if look else "transparent"}"></div>')


def _label(name: str, info: FieldInfo) -> str:
    return info.title or name


def _about(info: FieldInfo) -> str | None:
    unit = extra(info, "unit")
    return f"{info.description or ''} Unit: {unit}.".strip() if unit else info.description


def _figure(value: float) -> str:
    return f"{value:g}"


def _word(value: Any) -> str:
    return str(value).replace("_", " ")


def _without_none(annotation: Any) -> Any:
    return (
        next((part for part in get_args(annotation) if part is not type(None)), annotation)
        if (type(None) in get_args(annotation))
        else annotation
    )
