"""Every model on rows that it takes."""

from typing import Any

import torch
from torch import Tensor

from clipviz.models.base import Clips, Model, Signal
from clipviz.policies.activations.base import ActivationClip
from clipviz.policies.activations.learned_tanh import LearnedTanhClip
from clipviz.policies.activations.none import NoClip

TABLE = Signal(width=5, categories=((3, 2),))
IMAGES = Signal(width=8 * 10 * 3, image=(8, 10, 3))
TEXT = Signal(width=2 + 7, vocabulary=20, tokens=7)
SIGNALS = {"table": TABLE, "images": IMAGES, "text": TEXT}


def signal_of(model: type[Model]) -> Signal:
    return SIGNALS[model.takes[0]]


def rows(signal: Signal, count: int = 6, seed: int = 0) -> Tensor:
    generator = torch.Generator().manual_seed(seed)
    values = torch.randn(count, signal.width, generator=generator)
    for first, levels in signal.categories:
        values[:, first : first + levels] = torch.eye(levels)[
            torch.randint(levels, (count,), generator=generator)
        ]
    if signal.tokens:
        ids = torch.randint(2, signal.vocabulary, (count, signal.tokens), generator=generator)
        lengths = torch.randint(1, signal.tokens + 1, (count, 1), generator=generator)
        ids[torch.arange(signal.tokens) >= lengths] = 0
        values[:, -signal.tokens :] = ids.float()
    return values


def body(
    model: Model, clip: ActivationClip | None = None, outputs: int = 3, seed: int = 0, **places: Any
) -> Any:
    torch.manual_seed(seed)
    return model.build(signal_of(type(model)), outputs, Clips(clip or NoClip(), places))


LEARNED = LearnedTanhClip(start=0.5)
