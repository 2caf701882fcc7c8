"""Clips put into any network, behind or in place of its activations."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
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
    where: Iterable[Where] | None = None,
    example: Tensor | None = None,
    axis: int = -1,
) -> dict[str, Clip]:
    """Gives any network clips behind its activations, in place; returns them by the name of what they stand behind.

    policy: an activation policy, its id, or its fields with an id, such as {"id": "learned_tanh", "start": 3}; an
    activation function takes the place of the activations. where: types or names of modules instead of all
    activations; a module that stands at several names gets a clip at each, one that is called twice under one name
    has one clip for both calls. example: a batch on which starts are measured and channels counted, first module first.
    axis: that of the channels, 1 for images. Thresholds are parameters of the clips: `readable()` says where they
    stand, `penalty()` what they add to the loss. Raises InvalidRecipe where nothing is found, a name or policy is
    unknown, or an example is needed.
    """
    if not isinstance(policy, ActivationClip):
        given = {"id": policy} if isinstance(policy, str) else dict(policy)
        policy = cast(ActivationClip, build("clipviz.policies.activations", Choice.model_validate(given)))
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
    for name in names:
        parent, _, last = name.rpartition(".")
        holder, old = module.get_submodule(parent), module.get_submodule(name)
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
    return clips


def _found(module: nn.Module, where: Iterable[Where] | None) -> Iterator[str]:
    """The names of the modules that get a clip, in the order of the network."""
    asked = tuple(where) if where is not None else ACTIVATIONS
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
    return seen[0]
