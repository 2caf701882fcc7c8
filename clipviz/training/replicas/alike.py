"""Which runs one program can train; torch is named for the type checker only, for plans are made without it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from clipviz.core.discovery import build
from clipviz.core.ids import canonical_json
from clipviz.core.recipe import Choice, Recipe
from clipviz.policies.activations.base import ActivationClip

if TYPE_CHECKING:
    from clipviz.training.replicas.member import Member

MEASURED = ("start", "start_quantile", "penalty", "threshold_rate")
"""Numbers of activation policies that decide where thresholds begin and how they are learned, not the formula."""


def obstacle(recipe: Recipe) -> str:
    """Why a run must be trained by itself, in words; "" where it can share a program."""
    model = build("clipviz.models", recipe.model)
    if not model.vectorises:
        return f"the model {model.title} cannot be vectorised"
    if recipe.training.precision not in ("float32", "auto"):
        return f"programs compute in float32, not {recipe.training.precision}"
    if getattr(model, "weights", ""):
        return "it starts from weights of its own"
    if recipe.training.accumulation > 1 and recipe.loss and recipe.loss.fields().get("class_weighted"):
        return "weighted classes in pieces of a batch are not vectorised"
    if recipe.training.deterministic:
        return "deterministic runs stay by themselves"
    return ""


def signature(recipe: Recipe) -> str:
    """Equal for recipes that may share a program: same rows and split, architecture, batches, loss and schedule, and
    activation policies and optimiser of the same classes. Seeds, input clamps, gradient clips and numbers may differ.
    """
    places = sorted(recipe.clips_at.items())
    return canonical_json(
        {
            "data": recipe.data.model_dump(mode="json"),
            "split": recipe.split.model_dump(mode="json"),
            "model": recipe.model.model_dump(mode="json"),
            "training": recipe.training.model_dump(mode="json"),
            "steps": recipe.stopping.most_steps,
            "loss": recipe.loss.model_dump(mode="json") if recipe.loss else None,
            "augment": [choice.model_dump(mode="json") for choice in recipe.augment],
            "activation": _activation(recipe.activation),
            "places": [[place, *(_activation(choice) for choice in chain)] for place, chain in places],
            "optimiser": _numbers_aside("clipviz.training.optimisers", recipe.optimiser),
            "device": recipe.device,
            "alone": obstacle(recipe),
        }
    )


def groups(members: Sequence[Member]) -> list[list[Member]]:
    """Those whose rows behind their clamps have the same shape, and whose parameters lie alike."""
    found: dict[object, list[Member]] = defaultdict(list)
    for member in members:
        own = member.assembly
        shape = (len(own.train), len(own.validation), own.network.front.signal, member.progress.total)
        found[shape, own.flat.specs, tuple(own.step.lasting)].append(member)
    return list(found.values())


def clip_kind(recipe: Recipe) -> str:
    """Equal for recipes whose gradient clips one clipper can be: of one class, with other numbers at most."""
    return canonical_json(_numbers_aside("clipviz.policies.gradients", recipe.gradient))


def company(others: int, recipe: Recipe) -> str:
    """What a run in a program is told of it."""
    draws = recipe.model.fields().get("dropout", 0.0) or recipe.training.gradient_noise or recipe.augment
    chance = "; what it draws at random is not what a run by itself draws" if draws else ""
    precision = ", which computes in float32" if recipe.training.precision == "auto" else ""
    return f"is trained together with {others} others in one program{precision}{chance}"


def _numbers_aside(package: str, choice: Choice) -> dict[str, Any]:
    """A choice without its real numbers: whole ones may be lengths of memories, words choose formulas."""
    fields = build(package, choice).model_dump(mode="json")
    return {"id": choice.id} | {name: value for name, value in fields.items() if not isinstance(value, float)}


def _activation(choice: Choice) -> dict[str, Any]:
    """A choice without the numbers that its module holds as tensors, or that only its beginning knows."""
    policy: ActivationClip = build("clipviz.policies.activations", choice)
    fields = policy.model_dump(mode="json")
    knobs = policy.knobs()
    rest = {
        name: value
        for name, value in fields.items()
        if name not in MEASURED and not _is_knob(policy, name, value)
    }
    return {"id": choice.id, "knobs": sorted(knobs)} | rest


def _is_knob(policy: ActivationClip, name: str, value: Any) -> bool:
    """Whether a field decides the numbers that the formula is given."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    other = policy.model_copy(update={name: value + 1}).knobs()
    mine = policy.knobs()
    return other.keys() == mine.keys() and any(other[knob].start != mine[knob].start for knob in mine)
