import pytest

from clipviz.core.errors import InvalidRecipe
from clipviz.core.recipe import Choice, Recipe
from clipviz.core.sweep import Design, Vary
from clipviz.runs.sweeps.plan import plan, signature
from clipviz.store import Store


def design(recipe: Recipe, seeds: int = 4, **vary) -> Design:
    axes = tuple(Vary(path=path.replace("__", "."), values=tuple(values)) for path, values in vary.items())
    return Design(
        recipe=recipe.model_copy(update={"activation": Choice(id="none")}), vary=axes, seeds=range(seeds)
    )


def test_cells_are_every_arm_at_every_seed_seed_by_seed(store: Store, recipe: Recipe) -> None:
    dataset = store.datasets.get(recipe.data.dataset)
    found = plan(design(recipe, gradient__max_norm=[0.1, 1.0]), dataset, workers=1)
    assert len(found.cells) == 3 * 4 == len({cell.recipe.id for cell in found.cells})
    assert [cell.recipe.seed for cell in found.cells] == sorted(cell.recipe.seed for cell in found.cells)
    assert found.cells[1].name == "largest norm 0.1, seed 0"


def test_programs_share_architecture_and_classes_and_are_as_few_as_can_be(
    store: Store, recipe: Recipe
) -> None:
    dataset = store.datasets.get(recipe.data.dataset)
    wanted = design(recipe, gradient__max_norm=[0.1, 1.0], model__widths=[[8], [16, 8]])
    found = plan(wanted, dataset, workers=1)
    by_program = {}
    for cell in found.cells:
        by_program.setdefault(cell.program, set()).add(signature(cell.recipe))
    assert all(len(signatures) == 1 for signatures in by_program.values())
    assert found.programs == 2, "two architectures; with a gradient clip and without they share"


def test_every_worker_gets_a_program(store: Store, recipe: Recipe) -> None:
    dataset = store.datasets.get(recipe.data.dataset)
    found = plan(design(recipe, seeds=10, gradient__max_norm=[0.1, 1.0]), dataset, workers=4)
    sizes = {}
    for cell in found.cells:
        sizes[cell.program] = sizes.get(cell.program, 0) + 1
    assert sorted(sizes.values()) == [7, 7, 8, 8]
    assert plan(design(recipe, seeds=1), dataset, workers=64).programs == 2, (
        "one cell is one program at least"
    )


def test_an_arm_that_cannot_be_trained_is_named_before_anything_is_queued(
    store: Store, recipe: Recipe
) -> None:
    dataset = store.datasets.get(recipe.data.dataset)
    with pytest.raises(InvalidRecipe, match="The target must be a column"):
        plan(design(recipe.replace("data.target", "z")), dataset, 1)
    with pytest.raises(InvalidRecipe, match="at most 10,000 runs; received 100,000"):
        many = Design(
            recipe=recipe, seeds=range(1000),
            vary=(Vary(path="gradient.max_norm", values=tuple(range(1, 100))),),
        )  # fmt: skip
        plan(many, dataset, 1)


def test_arms_that_no_verdict_could_compare_are_refused_before_they_are_trained(
    store: Store, recipe: Recipe
) -> None:
    dataset = store.datasets.get(recipe.data.dataset)
    for vary in ({"split__seed": [0, 1]}, {"data__task": ["regression", None]}):
        with pytest.raises(InvalidRecipe, match="target, task and split cannot vary"):
            plan(design(recipe, **vary), dataset, 1)
    found = plan(design(recipe, data__features=[["x"], None]), dataset, 1)
    assert [arm.name for arm in found.variants] == [
        "no clip · columns x", "no clip · all columns", "Global norm · columns x", "Global norm · all columns",
    ]  # fmt: skip
    assert found.programs == 2, "those that read the same share a program"
    dirty = recipe.replace("data.contamination.where", "test")
    plan(design(dirty, data__contamination__rate=[0, 0.1]), dataset, 1)
