"""What every policy, model and optimiser owes: checked over everything that discovery finds."""

import subprocess
import sys
from typing import Any, Literal, get_origin

import numpy as np
import pytest
import torch
from pydantic import ValidationError

from clipviz.core.discovery import build, discover
from clipviz.core.errors import InvalidRecipe
from clipviz.core.recipe import Choice

INPUTS = discover("clipviz.policies.inputs")
ACTIVATIONS = discover("clipviz.policies.activations")
GRADIENTS = discover("clipviz.policies.gradients")
FAMILIES = (
    "clipviz.policies.inputs",
    "clipviz.policies.activations",
    "clipviz.policies.gradients",
    "clipviz.models",
    "clipviz.training.optimisers",
)
EVERYTHING = [(package, name, cls) for package in FAMILIES for name, cls in discover(package).items()]
FIELDS = [
    pytest.param(package, name, cls, field, id=f"{package.rsplit('.', 1)[-1]}-{name}-{field}")
    for package, name, cls in EVERYTHING
    for field in cls.model_fields
]


def bounds(cls: Any, field: str) -> dict[str, float]:
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
    assert len(cls.__doc__.split()) > 8
    with pytest.raises(ValidationError, match="frozen"):
        policy.unheard_of = 1


@pytest.mark.parametrize(("package", "name", "cls", "field"), FIELDS)
def test_a_field_describes_itself(package: str, name: str, cls: Any, field: str) -> None:
    info = cls.model_fields[field]
    assert info.title and info.description and info.description.endswith(".")
    assert isinstance(info.json_schema_extra["unit"], str)
    if get_origin(info.annotation) is not Literal:
        limits = bounds(cls, field)
        assert limits.keys() & {"ge", "gt", "min_length"} and limits.keys() & {"le", "lt", "max_length"}
    for value in info.json_schema_extra["sweep"]:
        cls.model_validate({field: value})


@pytest.mark.parametrize(("package", "name", "cls", "field"), FIELDS)
def test_a_value_out_of_range_is_named(package: str, name: str, cls: Any, field: str) -> None:
    limits = bounds(cls, field)
    wrong: Any = (
        "nonsense"
        if "le" not in limits and "lt" not in limits
        else limits.get("le", limits.get("lt")) * 2 + 1
    )
    with pytest.raises(InvalidRecipe) as caught:
        build(package, Choice.of(name, **{field: wrong}))
    assert field in str(caught.value) and repr(wrong) in str(caught.value)
    assert "should be" in str(caught.value)


@pytest.mark.parametrize("package", FAMILIES)
def test_an_unknown_field_is_refused(package: str) -> None:
    for name in discover(package):
        with pytest.raises(InvalidRecipe, match="unheard_of"):
            build(package, Choice.of(name, unheard_of=1))


def test_forms_are_read_without_torch() -> None:
    program = (
        "import sys; from clipviz.core.discovery import discover\n"
        f"[cls() for package in {FAMILIES!r} for cls in discover(package).values()]\n"
        "sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


@pytest.mark.parametrize("cls", INPUTS.values(), ids=list(INPUTS))
def test_an_input_clamp_bounds_what_it_saw(cls: Any) -> None:
    values = np.random.default_rng(0).standard_t(2, size=500)
    found = cls().fit(values)
    clamped = found.clamp(values)
    assert found.lo < found.hi
    assert clamped.dtype == values.dtype and clamped.shape == values.shape
    np.testing.assert_array_equal(found.clamp(clamped), clamped)
    np.testing.assert_array_equal(np.sign(np.diff(clamped[np.argsort(values)])) >= 0, True)


@pytest.mark.parametrize("cls", INPUTS.values(), ids=list(INPUTS))
def test_an_input_clamp_fits_on_finite_values_and_keeps_nan(cls: Any) -> None:
    clean = np.random.default_rng(1).normal(size=200)
    dirty = np.concatenate([clean, [np.nan, np.inf, -np.inf]])
    assert cls().fit(dirty) == cls().fit(clean)
    assert np.isnan(cls().fit(dirty).clamp(dirty)[200])


@pytest.mark.parametrize("cls", INPUTS.values(), ids=list(INPUTS))
@pytest.mark.parametrize(
    "values", [[], [np.nan, np.inf], [3.0], [3.0, 3.0], [-1e308, 1e308], [5e-324, 0.0], [0.0] * 99 + [7.0]]
)
def test_an_input_clamp_never_erases_a_column(cls: Any, values: list[float]) -> None:
    column = np.array(values)
    found = cls().fit(column)
    assert found.lo < found.hi
    finite = column[np.isfinite(column)]
    assert len(np.unique(found.clamp(finite))) == len(np.unique(finite))


@pytest.mark.parametrize("cls", [cls for cls in INPUTS.values() if "sides" in cls.model_fields])
def test_one_side_leaves_the_other_open(cls: Any) -> None:
    values = np.random.default_rng(2).standard_t(2, size=300)
    extra = {"lo": -1.0, "hi": 1.0} if "lo" in cls.model_fields else {}
    both, upper, lower = (cls(sides=side, **extra).fit(values) for side in ("both", "upper", "lower"))
    assert (upper.lo, upper.hi) == (-np.inf, both.hi)
    assert (lower.lo, lower.hi) == (both.lo, np.inf)


@pytest.mark.parametrize("cls", INPUTS.values(), ids=list(INPUTS))
def test_the_widest_input_clamp_changes_nothing(cls: Any) -> None:
    widest = {"k": 1000.0, "lower": 0.0, "upper": 1.0}
    values = np.random.default_rng(3).normal(size=300)
    policy = cls(**{field: value for field, value in widest.items() if field in cls.model_fields})
    np.testing.assert_array_equal(policy.fit(values).clamp(values), values)


@pytest.mark.parametrize("cls", INPUTS.values(), ids=list(INPUTS))
@pytest.mark.parametrize("exponent", [-900, -30, 30, 900])
def test_input_bounds_scale_with_the_column(cls: Any, exponent: int) -> None:
    values = np.random.default_rng(4).normal(size=300)
    found, scaled = cls().fit(values), cls().fit(np.ldexp(values, exponent))
    assert (scaled.lo, scaled.hi) == (
        float(np.ldexp(found.lo, exponent)),
        float(np.ldexp(found.hi, exponent)),
    )


@pytest.mark.parametrize("cls", ACTIVATIONS.values(), ids=list(ACTIVATIONS))
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_an_activation_clip_keeps_shape_dtype_and_nan(cls: Any, dtype: torch.dtype) -> None:
    clip = cls().build(5).to(dtype)
    values = torch.randn(3, 4, 5, dtype=dtype)
    values[0, 0, 0] = torch.nan
    said = clip(values)
    assert said.shape == values.shape and said.dtype == dtype
    assert said[0, 0, 0].isnan() and said.isnan().sum() == 1


@pytest.mark.parametrize("cls", ACTIVATIONS.values(), ids=list(ACTIVATIONS))
def test_an_activation_clip_is_odd_monotone_and_bounded(cls: Any) -> None:
    clip = cls().build(1)
    values = torch.linspace(-50, 50, 1001)
    said = clip(values).detach()
    torch.testing.assert_close(said, -clip(-values).detach())
    assert (said.diff() >= 0).all()
    if hasattr(clip, "theta"):
        assert said.abs().max() <= clip.theta * (1 + 1e-6)


@pytest.mark.parametrize("cls", ACTIVATIONS.values(), ids=list(ACTIVATIONS))
def test_the_widest_activation_clip_changes_nothing(cls: Any) -> None:
    widest = {"theta": 1e6, "start": 1e6}
    policy = cls(**{field: value for field, value in widest.items() if field in cls.model_fields})
    values = torch.randn(100)
    torch.testing.assert_close(policy.build(1)(values), values)


def gradients(replicas: int = 3) -> torch.Tensor:
    return (
        torch.randn(replicas, 50, generator=torch.Generator().manual_seed(0))
        * torch.tensor([[10.0], [0.001], [1.0]])[:replicas]
    )


@pytest.mark.parametrize("cls", GRADIENTS.values(), ids=list(GRADIENTS))
def test_replicas_are_clipped_as_if_alone(cls: Any) -> None:
    together, alone = gradients(), gradients()
    said = cls().build([], 3, "cpu")(together)
    for place in range(3):
        row = alone[place : place + 1]
        one = cls().build([], 1, "cpu")(row)
        torch.testing.assert_close(together[place : place + 1], row)
        for mine, his in zip(said, one, strict=True):
            torch.testing.assert_close(mine[place : place + 1], his)


@pytest.mark.parametrize("cls", GRADIENTS.values(), ids=list(GRADIENTS))
def test_a_gradient_clip_says_what_it_did(cls: Any) -> None:
    before, after = gradients(), gradients()
    clipper = cls().build([], 3, "cpu")
    said = clipper(after)
    torch.testing.assert_close(said.before, torch.linalg.vector_norm(before.double(), dim=1))
    torch.testing.assert_close(said.after, torch.linalg.vector_norm(after.double(), dim=1))
    torch.testing.assert_close(said.coefficient.double(), said.after / said.before)
    assert (said.after <= said.before * (1 + 1e-6)).all()
    assert said.fired.dtype == said.skipped.dtype == torch.bool
    assert not said.skipped.any()
    assert clipper.limit.shape == (3,)
    assert said.fired.tolist() == [not torch.equal(a, b) for a, b in zip(before, after, strict=True)]


@pytest.mark.parametrize("cls", GRADIENTS.values(), ids=list(GRADIENTS))
def test_clipping_twice_is_clipping_once(cls: Any) -> None:
    gradient = gradients()
    clipper = cls().build([], 3, "cpu")
    clipper(gradient)
    once = gradient.clone()
    clipper(gradient)
    torch.testing.assert_close(gradient, once, rtol=3e-6, atol=0)


@pytest.mark.parametrize("cls", GRADIENTS.values(), ids=list(GRADIENTS))
def test_the_widest_gradient_clip_changes_nothing(cls: Any) -> None:
    widest = {"max_norm": 1e6, "max_value": 1e6}
    gradient = gradients()
    policy = cls(**{field: value for field, value in widest.items() if field in cls.model_fields})
    said = policy.build([], 3, "cpu")(gradient)
    assert torch.equal(gradient, gradients())
    assert not said.fired.any()


@pytest.mark.parametrize("cls", GRADIENTS.values(), ids=list(GRADIENTS))
@pytest.mark.parametrize("poison", [torch.nan, torch.inf, -torch.inf])
def test_a_gradient_that_is_not_finite_is_skipped_and_stays_alone(cls: Any, poison: float) -> None:
    gradient = gradients()
    gradient[1, 7] = poison
    said = cls().build([], 3, "cpu")(gradient)
    assert said.skipped.tolist() == [False, True, False]
    clean = gradients()
    cls().build([], 3, "cpu")(clean)
    assert torch.equal(gradient[[0, 2]], clean[[0, 2]])


@pytest.mark.parametrize("cls", GRADIENTS.values(), ids=list(GRADIENTS))
def test_huge_finite_gradients_are_clipped_not_erased(cls: Any) -> None:
    gradient = torch.full((1, 4), 2e19)
    said = cls().build([], 1, "cpu")(gradient)
    assert not said.skipped.any()
    assert said.before.item() == pytest.approx(4e19)
    assert (gradient > 0).all()


@pytest.mark.parametrize("cls", GRADIENTS.values(), ids=list(GRADIENTS))
def test_a_zero_gradient_stays_zero(cls: Any) -> None:
    gradient = torch.zeros(2, 4)
    said = cls().build([], 2, "cpu")(gradient)
    assert gradient.count_nonzero() == 0 and said.coefficient.tolist() == [1, 1]
    assert not said.fired.any() and not said.skipped.any()
