"""Everything that can be chosen, as its own code declares it."""

from inspect import getdoc
from typing import Any, get_args

from pydantic import BaseModel, ConfigDict, Field
from pydantic.fields import FieldInfo

from clipviz.core.contamination import Contamination
from clipviz.core.discovery import discover
from clipviz.core.errors import NotFound
from clipviz.core.fields import own_first
from clipviz.core.regime import Stopping, Training

FAMILIES = ("inputs", "normalisations", "activations", "gradients")
FOLDERS = {
    **{family: f"clipviz.policies.{family}" for family in FAMILIES},
    "models": "clipviz.models",
    **{
        family: f"clipviz.training.{family}"
        for family in ("initialisations", "augmentations", "losses", "optimisers", "schedules")
    },
    "formats": "clipviz.datasets.formats",
    "executors": "clipviz.runs.executors",
    "claims": "clipviz.analysis.claims",
}
"""Families whose members are the files of a folder."""
RECORDS: dict[str, type[BaseModel]] = {
    "training": Training,
    "stopping": Stopping,
    "contamination": Contamination,
}
"""Families whose members are the fields of a record."""


class Record(BaseModel):
    model_config = ConfigDict(frozen=True)


class PolicyField(Record):
    """One field of what can be chosen: what it means, in which unit, and which values are allowed."""

    name: str
    title: str
    description: str
    unit: str
    default: Any
    bounds: str = Field(description='Such as "> 0, <= 10" or "both | upper | lower"; "" for any.')
    sweep: list[Any] = Field(description="Values worth trying.")


class Member(Record):
    """One thing that can be chosen, as its code declares it."""

    family: str
    id: str
    title: str
    description: str
    fields: list[PolicyField]


class Policy(Member):
    """One way to clip, as its code declares it."""

    formula: str = Field(description="LaTeX: what it computes.")
    gradient: str = Field(description="LaTeX: what becomes of gradients.")
    use: str = Field(description="When to take it, and when not.")
    reference: str
    teaching: bool = Field(description="A specimen of a known mistake, not for use.")
    traits: list[str] = Field(description="What it is good for.")


def catalogue(family: str | None = None) -> list[Member]:
    """Everything that can be chosen, by family; only one family where it is named. Raises NotFound."""
    known = [*FOLDERS, *RECORDS]
    if family is not None and family not in known:
        raise NotFound(f"A family is one of {', '.join(known)}", repr(family), "Name one of these")
    return [
        member
        for each in (known if family is None else [family])
        for member in (_in_folder(each) if each in FOLDERS else _in_record(each))
    ]


def _in_folder(family: str) -> list[Member]:
    return [
        Member(
            family=family,
            id=id,
            title=getattr(cls, "title", id.replace("_", " ").capitalize()),
            description=getdoc(cls) or "",
            fields=[_field(*each) for each in own_first(cls).items()] if issubclass(cls, BaseModel) else [],
        )
        for id, cls in discover(FOLDERS[family]).items()
    ]


def _in_record(family: str) -> list[Member]:
    return [
        Member(
            family=family,
            id=name,
            title=field.title or name,
            description=field.description or "",
            fields=[_field(name, field)],
        )
        for name, field in RECORDS[family].model_fields.items()
    ]


def policies() -> list[Policy]:
    """Every policy that is there, with its fields, their units and bounds."""
    return [
        Policy(
            family=family,
            id=id,
            title=policy.title,
            description=getdoc(policy) or "",
            formula=policy.formula,
            gradient=policy.gradient,
            use=policy.use,
            reference=policy.reference,
            teaching=policy.teaching,
            traits=sorted(policy.traits),
            fields=[_field(name, field) for name, field in own_first(policy).items()],
        )
        for family in FAMILIES
        for id, policy in discover(f"clipviz.policies.{family}").items()
    ]


def _field(name: str, field: FieldInfo) -> PolicyField:
    extra = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
    sweep = extra.get("sweep")
    return PolicyField(
        name=name,
        title=field.title or name,
        description=field.description or "",
        unit=str(extra.get("unit", "")),
        default=field.default,
        bounds=_bounds(field),
        sweep=list(sweep) if isinstance(sweep, list) else [],
    )


def _bounds(field: FieldInfo) -> str:
    words = {"gt": ">", "ge": ">=", "lt": "<", "le": "<="}
    limits = [
        f"{sign} {getattr(limit, name):g}"
        for limit in field.metadata
        for name, sign in words.items()
        if getattr(limit, name, None) is not None
    ]
    choices = [str(choice) for choice in get_args(field.annotation) if isinstance(choice, str)]
    return ", ".join(limits) or " | ".join(choices)
