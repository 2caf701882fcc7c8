"""Clips put into any network, behind or in place of its activations."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from typing import Any, cast

import torch
from torch import Tensor, nn

from clipviz.core.discovery import build
from clipviz.core.errors import InvalidRecipe
from clipviz.core.recipe import Choice
from clipviz.policies.activations._calibration import calibrate, waits
from clipviz.policies.activations._clip import Clip
from clipviz.policies.activations.base import ActivationClip

ACTIVATIONS: tuple[type[nn.Module], ...] = (
    nn.ReLU, nn.ReLU6, nn.LeakyReLU, nn.PReLU, nn.RReLU, nn.ELU, nn.SELU, nn.CELU, nn.GELU, nn.SiLU, nn.Mish,
    nn.Softplus, nn.Softsign, nn.Tanh, nn.Sigmoid, nn.Hardtanh, nn.Hardswish, nn.Hardsigmoid, nn.LogSigmoid,
)  # fmt: skip
"""What counts as an activation where nobody says."""

Where = type[nn.Module] | str
"""A type of module, or the name of one, as in named_modules()."""


def add_clips(
    module: nn.Module,
    policy: ActivationClip | Mapping[str, Any] | str,
    where: Where | Iterable[Where] | None = None,
    example: Tensor | None = None,
    axis: int = -1,
) -> dict[str, Clip]:
    """Gives any network clips behind its activations, in place; returns them by the name of what they stand behind.

    policy: an activation policy, its id, or its fields with an id, such as {"id": "learned_tanh", "start": 3}; an
    activation function takes the place of the activations. where: a type or name of modules, or several, instead of
    all activations; an activation that stands at several names gets a clip at each, one that is called twice under one
    name, or inside a module that stands at several, has one clip for all calls. example: a batch on which starts are
    measured and channels counted, first module first. axis: that of the channels, 1 for images. Thresholds are
    parameters of the clips: `readable()` says where they stand, `penalty()` what they add to the loss. Raises
    InvalidRecipe where nothing is found, a name or policy is unknown, or an example is needed; whatever is raised, the
    module stays as it was.
    """
    if not isinstance(policy, ActivationClip):
        policy = _policy(policy)
    names = list(_found(module, where))
    if not names:
        raise InvalidRecipe(
            "The module must hold an activation of its own",
            type(module).__name__,
            "Functions called in forward cannot be seen: name the layers in front of them in `where`",
        )
    if example is None and getattr(policy, "per", "layer") == "channel":
        raise InvalidRecipe(
            "A threshold for each channel needs an example", None, "Pass a batch as `example`"
        )
    clips = {}
    with ExitStack() as undone:
        for name, holder, old in _places(module, names):
            last = name.rpartition(".")[2]
            undone.callback(setattr, holder, last, old)
            both = nn.Sequential(old)  # of its own at this name, also where the activation is shared
            setattr(holder, last, both)
            seen = None if example is None else _output(module, both, example)
            clip = Clip(policy, 1 if seen is None else seen.shape[axis], axis)
            clip.to(seen.device if seen is not None else next((p.device for p in module.parameters()), None))
            if seen is not None and waits(clip):
                calibrate(clip, seen)
            if policy.role == "function":
                setattr(holder, last, clip)
            else:
                both.append(clip)
            clips[name] = clip
        undone.pop_all()
    return {name: clips[name] for name in names if name in clips}


def _policy(given: Mapping[str, Any] | str) -> ActivationClip:
    fields = {"id": given} if isinstance(given, str) else given
    if not isinstance(fields, Mapping) or not isinstance(fields.get("id"), str):
        raise InvalidRecipe(
            "A clip is a policy, its id, or its fields with an id", repr(given)[:100], 'Give "learned_tanh"'
        )
    return cast(ActivationClip, build("clipviz.policies.activations", Choice.model_validate(dict(fields))))


def _places(module: nn.Module, names: Iterable[str]) -> list[tuple[str, nn.Module, nn.Module]]:
    """(name, module that holds it, itself) of each, as they are before anything is put in, what lies inside another one
    first; a module that is held once has one name."""
    places: list[tuple[str, nn.Module, nn.Module]] = []
    known: set[tuple[int, str]] = set()
    for name in names:
        parent, _, last = name.rpartition(".")
        holder = module.get_submodule(parent)
        if (id(holder), last) in known:
            continue
        known.add((id(holder), last))
        around = (at for at, (other, _, _) in enumerate(places) if name.startswith(f"{other}."))
        places.insert(next(around, len(places)), (name, holder, module.get_submodule(name)))
    return places


def _found(module: nn.Module, where: Where | Iterable[Where] | None) -> Iterator[str]:
    """The names of the modules that get a clip, in the order of the network."""
    asked: tuple[Where, ...] = ACTIVATIONS
    if where is not None:
        asked = (where,) if isinstance(where, type | str) else tuple(where)
    types = tuple(each for each in asked if isinstance(each, type))
    names = {each for each in asked if isinstance(each, str)}
    known = dict(module.named_modules(remove_duplicate=False))
    if missing := sorted(names - (known.keys() - {""})):
        raise InvalidRecipe(
            "`where` names modules of the network", repr(missing[0]), "See its named_modules() for the names"
        )
    for name, each in known.items():
        if name and (name in names or (types and isinstance(each, types))):
            yield name


@torch.no_grad()
def _output(module: nn.Module, part: nn.Module, example: Tensor) -> Tensor:
    """What a part of a module says of a batch; the module's training mode and buffers stay as they are."""
    seen: list[Tensor] = []
    modes = {each: each.training for each in module.modules()}
    hook = part.register_forward_hook(lambda _, __, said: seen.append(said))
    try:
        module.eval()
        module(example)
    finally:
        hook.remove()
        for each, mode in modes.items():
            each.training = mode
    if not seen:
        raise InvalidRecipe(
            "Every part that gets a clip must be used by the network", repr(part)[:80], "Leave it out"
        )
    if not isinstance(seen[0], Tensor):
        raise InvalidRecipe(
            "A clip stands behind what gives one tensor",
            type(seen[0]).__name__,
            "Name other modules in `where`",
        )
    return seen[0].to(torch.promote_types(seen[0].dtype, torch.float32))  # quantiles need it
