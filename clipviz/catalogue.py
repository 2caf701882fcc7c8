"""Every policy that is there, as its own code declares it."""

from inspect import getdoc
from typing import Any, get_args

from pydantic import BaseModel, ConfigDict, Field
from pydantic.fields import FieldInfo

from clipviz.core.discovery import discover
from clipviz.core.fields import own_first

FAMILIES = ("inputs", "normalisations", "activations", "gradients")


class Record(BaseModel):
    model_config = ConfigDict(frozen=True)


class PolicyField(Record):
    """One field of a policy: what it means, in which unit, and which values are allowed."""

    name: str
    title: str
    description: str
    unit: str
    default: Any
    bounds: str = Field(description='Such as "> 0, <= 10" or "both | upper | lower"; "" for any.')
    sweep: list[Any] = Field(description="Values worth trying.")


class Policy(Record):
    """One way to clip, as its code declares it."""

    family: str
    id: str
    title: str
    description: str
    formula: str = Field(description="LaTeX: what it computes.")
    gradient: str = Field(description="LaTeX: what becomes of gradients.")
    use: str = Field(description="When to take it, and when not.")
    reference: str
    teaching: bool = Field(description="A specimen of a known mistake, not for use.")
    traits: list[str] = Field(description="What it is good for.")
    fields: list[PolicyField]


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
