"""The ring of last norms against numpy on the same numbers."""

import numpy as np
import torch

from clipviz.policies.gradients._history import Ordered


def test_quantiles_and_moments_are_those_of_the_last_numbers() -> None:
    """Ties, numbers that are lost, replicas that differ in which; before the ring is full and long after."""
    generator, last = np.random.default_rng(0), 7
    history = Ordered(3, last, torch.device("cpu"))
    kept: list[list[float]] = [[], [], []]
    shares = torch.tensor([0.0, 0.37, 1.0], dtype=torch.float64)
    assert history.quantile(shares).isnan().all()
    for _ in range(60):
        values, lost = generator.integers(1, 6, 3).astype(float), generator.random(3) < 0.3
        values[lost] = np.where(generator.random(lost.sum()) < 0.5, np.inf, np.nan)
        history.add(torch.from_numpy(values), torch.from_numpy(lost))
        for own, value, gone in zip(kept, values, lost, strict=True):
            own.extend([] if gone else [value])
        found, (mean, deviation) = history.quantile(shares), history.moments()
        for at, own in enumerate(kept):
            recent = own[-last:]
            wanted = np.quantile(recent, float(shares[at])) if recent else np.nan
            np.testing.assert_allclose(found[at], wanted)
            if len(recent) > 1:
                np.testing.assert_allclose(mean[at], np.mean(recent))
                np.testing.assert_allclose(deviation[at], np.std(recent, ddof=1), atol=1e-12)
