"""Which policy suits what matters: an answer from what the policies declare, and the reason."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, get_args

from clipviz.core.discovery import discover
from clipviz.policies.policy import Trait

QUESTIONS: dict[Trait, str] = {
    "control": "I set the bound myself",
    "fixed": "A bound that stays",
    "moving": "A bound that finds its place",
    "stability": "Nothing may explode",
    "sparsity": "Exact zeros",
    "export": "It must run anywhere",
}
REASONS: dict[Trait, str] = {
    "control": "you say its bound in the data's own units",
    "fixed": "its bound stays where it is put or fitted",
    "moving": "its bound is learned, or follows the run",
    "stability": "it holds when single values or steps explode",
    "sparsity": "it makes exact zeros",
    "export": "it leaves as operators that every runtime knows, or leaves no trace in the model",
}
TRAITS: tuple[Trait, ...] = get_args(Trait)


@dataclass(frozen=True)
class Answer:
    """A policy and how far it suits. met, missed: of the traits that matter, in their own order."""

    id: str
    policy: type[Any]
    met: tuple[Trait, ...]
    missed: tuple[Trait, ...]

    @property
    def reason(self) -> str:
        """Why, in a sentence; "" where it meets nothing."""
        said = [REASONS[trait] for trait in self.met]
        return (", and ".join(filter(None, (", ".join(said[:-1]), said[-1]))) + ".") if said else ""


def choose(family: str, wanted: Collection[Trait]) -> list[Answer]:
    """The policies of a family that meet some of what is wanted, the best first.

    Of those that meet as much, the one with fewer settings comes first, then the one that promises less besides: the
    simplest that does it. `none` and specimens are never an answer.
    """
    found = []
    for id, policy in discover(f"clipviz.policies.{family}").items():
        met = tuple(trait for trait in TRAITS if trait in wanted and trait in policy.traits)
        missed = tuple(trait for trait in TRAITS if trait in wanted and trait not in policy.traits)
        if met and id != "none" and not getattr(policy, "teaching", False):
            found.append(Answer(id, policy, met, missed))
    return sorted(
        found,
        key=lambda each: (-len(each.met), len(each.policy.model_fields), len(each.policy.traits), each.id),
    )
