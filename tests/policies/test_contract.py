"""The contract: what every policy, model and optimiser owes, checked over everything that discovery finds.

Here: what a policy declares. How it behaves is beside the tests of its family, in `contract.py`, and runs from
here too, so that one file says whether a new policy is complete. What only its author knows stands in the
policy itself (`widest`, `idempotent`) and in its test file (`twin`, see twins.py).
"""

import re
import subprocess
import sys
from inspect import getdoc
from typing import Any, Literal, get_args, get_origin

import pytest
from pydantic import ValidationError

from clipviz.catalogue import FAMILIES
from clipviz.core.discovery import build, discover
from clipviz.core.errors import InvalidRecipe
from clipviz.core.recipe import Choice
from clipviz.policies.policy import Policy, Trait
from tests.policies.activations.contract import ActivationContract
from tests.policies.gradients.contract import GradientContract
from tests.policies.inputs.contract import InputContract
from tests.policies.normalisations.contract import NormalisationContract
from tests.policies.twins import twin

POLICIES = tuple(f"clipviz.policies.{family}" for family in FAMILIES)
PACKAGES = (*POLICIES, "clipviz.models", "clipviz.training.optimisers")
EVERYTHING = [(package, name, cls) for package in PACKAGES for name, cls in discover(package).items()]
FIELDS = [
    pytest.param(package, name, cls, field, id=f"{package.rsplit('.', 1)[-1]}-{name}-{field}")
    for package, name, cls in EVERYTHING
    for field in cls.model_fields
]


class TestInputs(InputContract):
    """How every input clamp behaves."""


class TestNormalisations(NormalisationContract):
    """How every normalisation behaves."""


class TestActivations(ActivationContract):
    """How every activation clip behaves."""


class TestGradients(GradientContract):
    """How every gradient clip behaves."""


def limits(cls: Any, field: str) -> dict[str, float]:
    found = {}
    for rule in cls.model_fields[field].metadata:
        for word in ("ge", "gt", "le", "lt", "min_length", "max_length"):
            if getattr(rule, word, None) is not None:
                found[word] = getattr(rule, word)
    return found


@pytest.mark.parametrize(("package", "name", "cls"), EVERYTHING)
def test_it_works_as_it_comes_and_survives_json(package: str, name: str, cls: Any) -> None:
    policy = cls()
    assert cls.model_validate_json(policy.model_dump_json()) == policy
    assert build(package, Choice(id=name)) == policy
    assert cls.title
    with pytest.raises(ValidationError, match="frozen"):
        policy.unheard_of = 1


@pytest.mark.parametrize(("package", "name", "cls"), EVERYTHING)
def test_it_says_what_it_does(package: str, name: str, cls: Any) -> None:
    text = getdoc(cls) or ""
    assert (len(text.split()) > 8 and text.split("\n")[0].rstrip(":").endswith((".", " "))) or "\n\n" in text
    if not issubclass(cls, Policy):
        return
    for said in (cls.formula, cls.gradient, cls.use, cls.reference):
        assert said and said == said.strip()
    for latex in (cls.formula, cls.gradient):
        assert "$" not in latex and latex.count("{") == latex.count("}")
    assert cls.traits <= set(get_args(Trait)) and (cls.traits or cls.teaching)
    assert cls.use.endswith((".", "?")) and cls.reference.endswith((".", ")"))
    if cls.widest is not None:
        cls.model_validate(cls.widest)
    assert callable(twin(package.rsplit(".", 1)[-1], name))


@pytest.mark.parametrize(("package", "name", "cls", "field"), FIELDS)
def test_a_field_describes_itself(package: str, name: str, cls: Any, field: str) -> None:
    info = cls.model_fields[field]
    assert info.title and info.description and info.description.endswith(".")
    assert isinstance(info.json_schema_extra["unit"], str)
    if not is_closed(info.annotation):
        rules = limits(cls, field)
        assert rules.keys() & {"ge", "gt", "min_length"} and rules.keys() & {"le", "lt", "max_length"}
    for value in info.json_schema_extra["sweep"]:
        cls.model_validate({field: value})


@pytest.mark.parametrize(("package", "name", "cls", "field"), FIELDS)
def test_a_value_out_of_range_is_named(package: str, name: str, cls: Any, field: str) -> None:
    rules = limits(cls, field)
    bounded = "le" in rules or "lt" in rules
    wrong: Any = rules.get("le", rules.get("lt", 0)) * 2 + 1 if bounded else "nonsense"
    if cls.model_fields[field].annotation == str | None:
        wrong = 7.5
    with pytest.raises(InvalidRecipe) as caught:
        build(package, Choice.of(name, **{field: wrong}))
    said = str(caught.value)
    assert field in said and repr(wrong) in said and "should be" in said
    if bounded:
        assert rules.get("le", rules.get("lt")) in [
            float(found) for found in re.findall(r"-?\d[\d.e+]*\b", said)
        ]
    elif get_origin(cls.model_fields[field].annotation) is Literal:
        assert all(repr(choice) in said for choice in get_args(cls.model_fields[field].annotation))


def is_closed(annotation: Any) -> bool:
    """Whether a type by itself says which values there are."""
    return annotation is bool or get_origin(annotation) is Literal


@pytest.mark.parametrize("package", PACKAGES)
def test_an_unknown_field_is_refused(package: str) -> None:
    for name in discover(package):
        with pytest.raises(InvalidRecipe, match="unheard_of"):
            build(package, Choice.of(name, unheard_of=1))


def test_forms_are_read_without_torch() -> None:
    program = (
        "import sys; from clipviz.core.discovery import discover\n"
        f"[cls() for package in {PACKAGES!r} for cls in discover(package).values()]\n"
        "sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
