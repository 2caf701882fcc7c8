"""From arms and seeds to cells in programs: groups that one process can train as one."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from clipviz.core.contamination import Contamination
from clipviz.core.dataset import Dataset
from clipviz.core.errors import InvalidRecipe
from clipviz.core.ids import new_id
from clipviz.core.judging import judged_on
from clipviz.core.recipe import Recipe
from clipviz.core.sweep import Design, Variant
from clipviz.runs.check import check
from clipviz.runs.sweeps.variants import variants
from clipviz.store.sweeps import Cell
from clipviz.training.replicas.alike import clip_kind, signature

MOST_CELLS = 10_000


@dataclass(frozen=True)
class Plan:
    """variants: the arms, references first. cells: their runs; in a program all arms of one seed before the next."""

    variants: tuple[Variant, ...]
    cells: tuple[Cell, ...]

    @property
    def programs(self) -> int:
        return len({cell.program for cell in self.cells})


def plan(design: Design, dataset: Dataset, workers: int) -> Plan:
    """What a sweep will train. Raises InvalidRecipe for the first arm that cannot be trained."""
    arms = variants(design)
    count = len(arms) * len(design.seeds)
    if count > MOST_CELLS:
        raise InvalidRecipe(
            f"A sweep holds at most {MOST_CELLS:,} runs", f"{count:,}", "Vary less, or take fewer seeds"
        )
    for arm in arms:
        check(arm.recipe, dataset)
    _share_their_rows(arms)
    return Plan(arms, cells(arms, design.seeds, workers))


def _share_their_rows(arms: Sequence[Variant]) -> None:
    """Raise InvalidRecipe for arms that no verdict could compare; outliers on purpose are told apart by their dose."""
    clean = {"contamination": Contamination()}
    rows = [
        judged_on(arm.recipe.model_copy(update={"data": arm.recipe.data.model_copy(update=clean)}))
        for arm in arms
    ]
    other = next((arm for arm, own in zip(arms, rows, strict=True) if own != rows[0]), None)
    if other is not None:
        raise InvalidRecipe(
            "The arms of a sweep learn from the same rows and are judged on the same: target, task and split cannot "
            "vary, the columns and the text that they read can",
            repr(other.name),
            "Start one sweep for each",
        )


def cells(arms: Sequence[Variant], seeds: Sequence[int], workers: int) -> tuple[Cell, ...]:
    """The runs of these arms over these seeds, in programs of their own, at least one for each worker; the largest
    programs first, so that the last ones to end are short."""
    wanted = [(arm, arm.at(seed)) for seed in seeds for arm in arms]
    programs = _programs([recipe for _, recipe in wanted], workers)
    found = [Cell(recipe, arm.name, program) for (arm, recipe), program in zip(wanted, programs, strict=True)]
    sizes = Counter(programs)
    return tuple(sorted(found, key=lambda cell: -sizes[cell.program]))


def _programs(recipes: Sequence[Recipe], workers: int) -> list[str]:
    """The program of each recipe: one a signature, the largest halved until there is one for each worker, and none
    holds more than a worker's share of all runs."""
    groups: dict[str, list[int]] = defaultdict(list)
    for place, recipe in enumerate(recipes):
        groups[signature(recipe)].append(place)
    parts = list(groups.values())
    share = -(-len(recipes) // workers)
    while len(largest := max(parts, key=len, default=[])) > 1 and (
        len(parts) < workers or len(largest) > share
    ):
        parts.remove(largest)
        parts += _halves(largest, recipes)
    programs = [""] * len(recipes)
    for part in parts:
        id = new_id()
        for place in part:
            programs[place] = id
    return programs


def _halves(group: list[int], recipes: Sequence[Recipe]) -> list[list[int]]:
    """Recipes with one kind of gradient clip stay together: each kind costs a program kernels of its own."""
    kinds = sorted(group, key=lambda place: clip_kind(recipes[place]))
    half = len(group) // 2
    return [sorted(kinds[:half]), sorted(kinds[half:])]
