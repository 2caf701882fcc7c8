"""Which rows train, which choose, which judge."""

import numpy as np
from numpy.typing import NDArray

from clipviz.core.errors import InvalidRecipe
from clipviz.core.recipe import Split

Positions = NDArray[np.int64]
Parts = tuple[Positions, Positions, Positions]
TRAIN, VALIDATION, TEST = 0, 1, 2


def split(rows: int, split: Split, keys: NDArray[np.float64] | None = None) -> Parts:
    """(train, validation, test): disjoint ascending positions that cover 0..rows-1, each at least one row.

    keys: (rows,) what a split that is not random goes by. Stratified: each stratum is dealt out in the same shares,
    to within a row. Group: no group is in two parts. Time: every test row is later than every validation row, and
    these later than every training row; rows of one moment stay together. Given: keys are 0 to train, 1 to validate, 2
    to test; a part to validate or to test that is not given is drawn from the training rows, with its share.
    Drawn by numpy's PCG64 with the split's own seed, so that runs of other seeds see the same split; a split by time
    draws nothing.
    Raises InvalidRecipe when a part would be left without a row.
    """
    test, validation = max(1, round(rows * split.test)), max(1, round(rows * split.validation))
    if rows - test - validation < 1:
        raise InvalidRecipe(
            "A split needs at least one row each to train, to validate and to test",
            f"{rows} rows, {validation} of them to validate and {test} to test",
            "Use more rows or smaller shares",
        )
    generator = np.random.Generator(np.random.PCG64(split.seed))
    if keys is None or split.kind == "random":
        order = generator.permutation(rows).astype(np.int64)
        held = test + validation
        return np.sort(order[held:]), np.sort(order[test:held]), np.sort(order[:test])
    if split.kind == "stratified":
        return _stratified(keys, split, generator)
    if split.kind == "group":
        return _grouped(keys, test, validation, generator)
    if split.kind == "given":
        return _given(keys, {TEST: test, VALIDATION: validation}, generator)
    return _timely(keys, test, validation)


def _stratified(keys: NDArray[np.float64], split: Split, generator: np.random.Generator) -> Parts:
    """Rows in random order, sorted by stratum; shares are rounded over the running total, so that they add up."""
    shuffled = generator.permutation(len(keys)).astype(np.int64)
    order = shuffled[np.argsort(keys[shuffled], kind="stable")]
    _, sizes = np.unique(keys, return_counts=True)
    part = np.full(len(keys), TRAIN)
    start = tested = validated = 0
    for end in np.cumsum(sizes).tolist():
        test = min(round(end * split.test) - tested, end - start)
        validation = min(round(end * split.validation) - validated, end - start - test)
        part[start : start + test] = TEST
        part[start + test : start + test + validation] = VALIDATION
        tested, validated, start = tested + test, validated + validation, end
    for wanted in (TEST, VALIDATION):
        if not (part == wanted).any():
            part[int(np.flatnonzero(part == TRAIN)[0])] = wanted
    return _parts(order, part)


def _grouped(keys: NDArray[np.float64], test: int, validation: int, generator: np.random.Generator) -> Parts:
    """Groups in random order go where they still fit: the test part first, then validation, then training."""
    _, member, sizes = np.unique(keys, return_inverse=True, return_counts=True)
    if len(sizes) < 3:
        raise InvalidRecipe(
            "A split by group needs at least three groups", f"{len(sizes)}", "Pick another column to split by"
        )
    chosen = np.full(len(sizes), TRAIN)
    room = {TEST: test, VALIDATION: validation}
    for group in generator.permutation(len(sizes)).tolist():
        part = next((part for part, left in room.items() if sizes[group] <= left), TRAIN)
        chosen[group] = part
        if part != TRAIN:
            room[part] -= int(sizes[group])
    for part in (TEST, VALIDATION):
        if not (chosen == part).any():  # every group is larger than the share: the smallest one it is
            spare = np.flatnonzero(chosen == TRAIN)
            chosen[spare[np.argmin(sizes[spare])]] = part
    if not (chosen == TRAIN).any():
        raise InvalidRecipe(
            "A split by group must leave groups to train on",
            f"{len(sizes)} groups, none left",
            "Use smaller shares or another column",
        )
    return _parts(np.arange(len(keys)), chosen[member.reshape(-1)])


def _given(keys: NDArray[np.float64], wanted: dict[int, int], generator: np.random.Generator) -> Parts:
    """As it is said; a part without rows takes some of the training rows."""
    part = keys.astype(np.int64)
    for which, count in wanted.items():
        spare = np.flatnonzero(part == TRAIN)
        if not (part == which).any() and len(spare) > count:
            part[generator.choice(spare, count, replace=False)] = which
    if len(np.unique(part)) < 3:
        raise InvalidRecipe(
            "A given split needs rows to train on, and enough of them to draw the parts that are not given",
            f"{int((part == TRAIN).sum()):,} training rows",
            "Split in another way, or use smaller shares",
        )
    return _parts(np.arange(len(keys)), part)


def _timely(keys: NDArray[np.float64], test: int, validation: int) -> Parts:
    """Cuts between two moments, the ones nearest to the wanted shares."""
    order = np.argsort(keys, kind="stable").astype(np.int64)
    ascending = keys[order]
    cuts = np.flatnonzero(ascending[1:] != ascending[:-1]) + 1
    if len(cuts) < 2:
        raise InvalidRecipe(
            "A split by time needs at least three moments",
            f"{len(cuts) + 1}",
            "Pick another column to split by",
        )
    rows = len(keys)
    second = int(np.argmin(np.abs(cuts[1:] - (rows - test)))) + 1
    first = int(np.argmin(np.abs(cuts[:second] - (rows - test - validation))))
    train, middle, last = np.split(order, [cuts[first], cuts[second]])
    return np.sort(train), np.sort(middle), np.sort(last)


def _parts(order: Positions, part: NDArray[np.int64]) -> Parts:
    train, validation, test = (np.sort(order[part == which]) for which in (TRAIN, VALIDATION, TEST))
    return train, validation, test
