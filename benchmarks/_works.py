"""What the step is timed on: rows, a recipe, and the same network as anybody would write it by hand."""

import sys
from dataclasses import dataclass
from functools import partial

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from clipviz.core.recipe import Choice, Data, Inputs, Recipe
from clipviz.core.regime import Training
from clipviz.core.table import Feature, Table

HIDDEN, CLASSES, LENGTH, WORDS = 64, 10, 50, 2000


@dataclass(frozen=True)
class Work:
    """limit: the largest ratio that passes, None where none is asked for. steps: of one repetition."""

    name: str
    table: Table
    recipe: Recipe
    bare: nn.Module
    steps: int
    limit: float | None


class HandTanh(nn.Module):
    """theta * tanh(x / theta), theta behind softplus: the learned clip as a user would write it."""

    def __init__(self) -> None:
        super().__init__()
        self.raw = nn.Parameter(torch.tensor(1.0))

    def forward(self, values: Tensor) -> Tensor:
        theta = functional.softplus(self.raw)
        return theta * torch.tanh(values / theta)


class Images(nn.Module):
    """Rows of 28 x 28 numbers to the images that a convolution takes."""

    def forward(self, rows: Tensor) -> Tensor:
        return rows.view(-1, 1, 28, 28)


class HandLSTM(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.embedding = nn.Embedding(WORDS, HIDDEN, padding_idx=0)
        self.recurrent = nn.LSTM(HIDDEN, HIDDEN, batch_first=True)
        self.clip, self.output = HandTanh(), nn.Linear(HIDDEN, 2)

    def forward(self, rows: Tensor) -> Tensor:
        ids = rows.long()
        states, _ = self.recurrent(self.embedding(ids))
        last = (ids != 0).sum(1) - 1
        return self.output(self.clip(states[torch.arange(len(ids), device=ids.device), last]))  # type: ignore[no-any-return]


def on(device: str) -> str:
    """The device in words; exits where it is not there."""
    if device == "cpu":
        return f"CPU, one thread, torch {torch.__version__}"
    if not torch.cuda.is_available():
        sys.exit("not measured: torch sees no CUDA device")
    return f"{torch.cuda.get_device_name()}, torch {torch.__version__}, CUDA {torch.version.cuda}"


def settle(device: str) -> None:
    """Waits until a device has done what it was given."""
    if device != "cpu":
        torch.cuda.synchronize()


def works(gradient: str, device: str = "cpu") -> list[Work]:
    """The MLP with learned clips and without any, the CNN and the LSTM with learned clips."""
    cuda = device != "cpu"
    torch.manual_seed(0)
    data = partial(Recipe, data=Data(dataset="0" * 16, target="target"), gradient=Choice(id=gradient))
    tanh, plain = Choice(id="learned_tanh"), Choice(id="none")
    cnn = data(
        model=Choice(id="cnn"),
        activation=tanh,
        inputs=Inputs(normalisation=Choice(id="divide")),
        training=Training(batch_size=128),
    )
    return [
        Work(
            "MLP, learned tanh",
            _numbers(),
            data(activation=tanh),
            _mlp(HandTanh),
            200,
            0.20 if cuda else 0.65,
        ),
        Work("MLP, plain ReLU", _numbers(), data(activation=plain), _mlp(nn.Identity), 200, None),
        Work("CNN, learned tanh", _images(), cnn, _cnn(), 100 if cuda else 2, 0.50 if cuda else 1.00),
        Work(
            "LSTM, learned tanh",
            _texts(),
            data(model=Choice(id="lstm"), activation=tanh),
            HandLSTM(),
            100 if cuda else 5,
            None if cuda else 1.05,
        ),
    ]


def _mlp(clip: type[nn.Module]) -> nn.Module:
    layers = (nn.Linear(13, 64), nn.ReLU(), clip(), nn.Linear(64, 64), nn.ReLU(), clip(), nn.Linear(64, 1))
    return nn.Sequential(*layers)


def _cnn() -> nn.Module:
    stages: list[nn.Module] = [Images()]
    for before, after in ((1, 16), (16, 32), (32, 64)):
        stages += [nn.Conv2d(before, after, 3, padding=1), nn.ReLU(), HandTanh(), nn.MaxPool2d(2)]
    return nn.Sequential(*stages, nn.Flatten(), nn.Linear(64 * 9, CLASSES))


def _table(
    inputs: np.ndarray, target: np.ndarray, classes: int, token: bool = False, **more: object
) -> Table:
    places = np.arange(len(inputs))
    features = tuple(Feature(f"column {place}", token=token) for place in range(inputs.shape[1]))
    names = tuple(f"class {place}" for place in range(classes))
    parts = places[:-40], places[-40:-20], places[-20:]
    task = "classification" if classes else "regression"
    return Table(features, inputs, target, "target", task, names, *parts, places, **more)  # type: ignore[arg-type]


def _numbers() -> Table:
    generator = np.random.default_rng(0)
    return _table(generator.normal(size=(440, 13)), generator.normal(size=440), 0)


def _images() -> Table:
    generator = np.random.default_rng(0)
    pixels = generator.integers(0, 256, (1064, 784)).astype(np.uint8)
    return _table(pixels, (np.arange(1064) % CLASSES).astype(np.float64), CLASSES, image=(28, 28, 1))


def _texts() -> Table:
    generator = np.random.default_rng(0)
    words = generator.integers(2, WORDS, (680, LENGTH))
    words[np.arange(LENGTH) >= generator.integers(10, LENGTH + 1, (680, 1))] = 0
    target = (np.arange(680) % 2).astype(np.float64)
    known = tuple(f"word {place}" for place in range(WORDS - 2))
    return _table(words.astype(np.float64), target, 2, token=True, words=known)
