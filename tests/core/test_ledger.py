import numpy as np
import pytest

from clipviz.core.ledger import WHOLE, Block, Book, Ledger, Rule


def clipped(norms: np.ndarray, limit: float) -> dict[str, np.ndarray]:
    """The series of a global norm clip, the gradient spread over two layers as 3 : 4."""
    norms = norms.astype(np.float32)
    coefficient = np.minimum(1, limit / norms).astype(np.float32)
    return {
        "loss": np.ones_like(norms),
        "gradient_norm": norms,
        "gradient_norm_clipped": norms * coefficient,
        "coefficient": coefficient,
        "fired": (norms > limit).astype(np.float32),
        "skipped": np.zeros_like(norms),
        "norm/layer 1": 0.6 * norms,
        "norm/layer 2": 0.8 * norms,
    }


def ledger(block: Block, rule: Rule | None = None, parts: int = 1) -> Ledger:
    book = Book(tuple(block))
    for places in np.array_split(np.arange(len(block["loss"])), parts):
        book.read({name: values[places] for name, values in block.items()})
    return book.close(rule or Rule())


SPIKY = np.concatenate([np.ones(95), np.full(5, 40.0)])


def test_layers_are_told_before_and_after_the_clip() -> None:
    told = ledger(clipped(SPIKY, 2.0))
    whole, first, second = told.entries
    assert (whole.layer, first.layer, second.layer) == (WHOLE, "layer 1", "layer 2")
    assert whole.before.largest == 40 and whole.after.largest == pytest.approx(2)
    assert first.before.p99 == pytest.approx(24) and first.after.p99 == pytest.approx(1.2)
    assert second.after.p50 == pytest.approx(0.8)
    assert [entry.clipped_share for entry in told.entries] == [0.05, 0.05, 0.05]
    assert (told.steps, told.fired, told.share) == (100, 5, 0.05)


def test_a_clip_by_layer_tells_its_own_norms() -> None:
    block = clipped(SPIKY, 2.0)
    block["norm_clipped/layer 1"] = block["norm/layer 1"]
    block["norm_clipped/layer 2"] = np.minimum(block["norm/layer 2"], 0.1)
    _, first, second = ledger(block).entries
    assert (first.clipped_share, second.clipped_share) == (0, 1)
    assert second.after.largest == pytest.approx(0.1)


def test_blocks_do_not_matter() -> None:
    block = clipped(np.random.default_rng(0).lognormal(0, 1, 300), 1.5)
    one, many = ledger(block), ledger(block, parts=9)
    assert many.words == one.words
    for first, second in zip(one.entries, many.entries, strict=True):
        assert second.before.model_dump() == pytest.approx(first.before.model_dump())
        assert second.after.model_dump() == pytest.approx(first.after.model_dump())


@pytest.mark.parametrize(
    ("limit", "rule", "kind", "words"),
    [
        (50.0, Rule(), "idle", "equals one without it. A limit below 40,"),
        (2.0, Rule(), "safety net", "fired at 5.0% of the steps, where the norm stood out (usually 1, at most 40)"),
        (0.5, Rule(), "limiter", "a learning rate by another name, here 0.5 to 0.5 of the one that was set"),
        (0.5, Rule(cancels=True), "limiter", "only what varies in time acts, here factors from 0.5 to 0.5"),
        (0.5, Rule(turns=True), "limiter", "can turn the gradient"),
        (2.0, Rule(clips=False), "none", "No gradient clip was used"),
    ],
)  # fmt: skip
def test_the_verdict(limit: float, rule: Rule, kind: str, words: str) -> None:
    told = ledger(clipped(SPIKY, limit), rule)
    assert told.kind == kind
    assert words in told.words


def test_a_clip_that_fires_at_a_third_of_the_steps_is_neither() -> None:
    told = ledger(clipped(np.tile([1.0, 1.0, 3.0], 100), 2.0))
    assert told.kind == "in between" and "33%" in told.words


def test_steps_left_out_and_not_finite_are_counted_apart() -> None:
    block = clipped(SPIKY, 100.0)
    block["skipped"][95:] = 1
    block["gradient_norm"][97:] = np.inf
    block["loss"][0] = np.nan
    told = ledger(block)
    assert (told.skipped, told.left_out, told.non_finite) == (5, 2, 4)
    assert told.entries[0].after.largest == 1
    assert "left out 2 steps whose gradient stood out" in told.words
    assert "3 steps were skipped because of a gradient that was not finite" in told.words


def test_an_empty_run_has_an_empty_ledger() -> None:
    told = Book(("norm/layer 1",)).close(Rule())
    assert told.steps == 0 and told.entries[0].before.p50 is None and told.kind == "idle"
