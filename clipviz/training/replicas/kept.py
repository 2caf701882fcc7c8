"""The state of some members of a program, kept and recalled."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from clipviz.training import checkpoint
from clipviz.training.randomness import random_state, set_random_state
from clipviz.training.replicas.member import Member


def remembered(members: Sequence[Member]) -> list[dict[str, Tensor]]:
    """Copies of all that each remembers."""
    return [{name: held.clone() for name, held in member.progress.live().items()} for member in members]


@torch.no_grad()
def recall(members: Sequence[Member], states: Sequence[dict[str, Tensor]]) -> None:
    """Puts back what `remembered` gave."""
    for member, state in zip(members, states, strict=True):
        for name, live in member.progress.live().items():
            live.copy_(state[name])


def save(home: Path, members: Sequence[Member], device: str, apart: bool) -> bool:
    """Writes the checkpoint of members at one step, as one file; False, said once, where it cannot be written."""
    tensors = {
        f"{member.name}/{name}": held for member in members for name, held in member.progress.live().items()
    }
    position: dict[str, Any] = {
        "step": members[0].progress.step,
        "apart": apart,
        "members": {member.name: member.progress.position(member.report.journal) for member in members},
    }
    try:
        checkpoint.write(home / members[0].name, tensors | random_state(device), position)
    except OSError as error:
        for member in members:
            reason = error.strerror or str(error)
            member.report.say(
                member.progress.step,
                "warning",
                f"step {member.progress.step}: no checkpoint could be written ({reason}); the last one stays, and a "
                "pause waits. Free some space",
            )
        return False
    return True


def found(home: Path, names: Sequence[str]) -> tuple[list[tuple[list[str], checkpoint.Saved]], str]:
    """The checkpoints that have something of these members, each with those for which it is the newest; and a
    sentence for the others where there is one that cannot be read, so that nobody knows whose it was."""
    newest: dict[str, tuple[int, Path]] = {}
    looked = {folder: checkpoint.look(folder) for folder in sorted(home.glob("*/"))}
    saved = {folder: each for folder, (each, _) in looked.items() if each is not None}
    damaged = [why for _, why in looked.values() if why]
    for folder, each in saved.items():
        if "members" not in each.position:
            continue
        for name in each.position["members"]:
            if name in names and each.position["step"] > newest.get(name, (-1, folder))[0]:
                newest[name] = (each.position["step"], folder)
    own = [
        (mine, each)
        for folder, each in saved.items()
        if (mine := [name for name in names if newest.get(name, (0, None))[1] == folder])
    ]
    if not damaged:
        return own, ""
    return own, f"a checkpoint of its program cannot be read ({damaged[0]}): what was in it begins anew"


def restore(members: Sequence[Member], saved: checkpoint.Saved, device: str) -> None:
    """Goes back to the moment of a checkpoint; raises TrainingFailed for that of another recipe."""
    random = {name: held for name, held in saved.tensors.items() if name.startswith("random")}
    for member in members:
        first = f"{member.name}/"
        own = {name[len(first) :]: held for name, held in saved.tensors.items() if name.startswith(first)}
        position = saved.position["members"][member.name]
        member.progress.restore(checkpoint.Saved(own | random, position), member.report.journal)
    set_random_state(random, device)
