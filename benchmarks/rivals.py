"""What does an instrumented step cost elsewhere?

    pip install -r requirements-benchmarks.txt
    python benchmarks/rivals.py [--repetitions 9] [--steps 600]

One MLP 13-64-64-1 with learned tanh thresholds, batch 64, one CPU thread, the same rows, Adam and a clip at norm 1, in
turn: the bare loop without telemetry; clipviz' own step with full telemetry; the bare loop that writes loss, the norm
of the gradient and of each parameter's to TensorBoard by hand; Lightning with its TensorBoard logger and `grad_norm` at
every step; skorch with its GradientNormClipping, which logs nothing. Each feeds itself as its manual has it: Lightning
and skorch through DataLoader. Starting up is left out: the clock runs from the 60th step on. Medians of steps, and
their ratio to the bare loop of the same run. What is not installed is named and left out.
"""

import argparse
import logging
import statistics
import sys
import time
import warnings
from collections.abc import Callable
from copy import deepcopy
from importlib.util import find_spec
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import torch
from _works import Work, works
from step import bare, instrumented
from torch import Tensor, nn

from clipviz.training.assembly import assemble
from clipviz.training.rows import Rows

WARM = 60
Timed = Callable[[int], float]
"""Takes so many steps; returns the seconds of one of them."""


def steady(loop: Callable[[int], None]) -> Timed:
    def timed(steps: int) -> float:
        loop(WARM)
        start = time.perf_counter()
        loop(steps)
        return (time.perf_counter() - start) / steps

    return timed


def by_hand(work: Work, rows: Rows, batches: list[Tensor], folder: str) -> Timed:
    """The bare loop with add_scalar at every step: loss, norm of the gradient, norm of each parameter's."""
    from torch.utils.tensorboard import SummaryWriter

    network = deepcopy(work.bare)
    optimiser = torch.optim.Adam(network.parameters(), lr=1e-3)
    criterion, writer = nn.MSELoss(), SummaryWriter(folder)  # type: ignore[no-untyped-call]
    taken = 0

    def run(steps: int) -> None:
        nonlocal taken
        for _ in range(steps):
            places = batches[taken % len(batches)]
            optimiser.zero_grad()
            loss = criterion(network(rows.inputs[places]), rows.goal[places])
            loss.backward()
            for name, parameter in network.named_parameters():
                writer.add_scalar(f"norm/{name}", parameter.grad.norm(), taken)  # type: ignore
            writer.add_scalar("norm", nn.utils.clip_grad_norm_(network.parameters(), 1.0), taken)  # type: ignore
            writer.add_scalar("loss", loss.detach(), taken)  # type: ignore[no-untyped-call]
            optimiser.step()
            taken += 1

    return steady(run)


def lightning(work: Work, rows: Rows, size: int, folder: str) -> Timed:
    import lightning
    from lightning.pytorch.loggers import TensorBoardLogger
    from lightning.pytorch.utilities import grad_norm
    from torch.utils.data import DataLoader, TensorDataset

    logging.getLogger("lightning.pytorch").setLevel(logging.ERROR)

    class Module(lightning.LightningModule):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.network, self.criterion = deepcopy(work.bare), nn.MSELoss()
            self.taken, self.start = 0, 0.0

        def training_step(self, batch: Any, number: int) -> Tensor:
            loss: Tensor = self.criterion(self.network(batch[0]), batch[1])
            self.log("loss", loss)
            return loss

        def on_before_optimizer_step(self, optimizer: Any) -> None:
            self.log_dict(grad_norm(self.network, norm_type=2))

        def on_train_batch_start(self, *given: Any) -> None:
            if self.taken == WARM:
                self.start = time.perf_counter()
            self.taken += 1

        def configure_optimizers(self) -> Any:
            return torch.optim.Adam(self.parameters(), lr=1e-3)

    def timed(steps: int) -> float:
        trainer = lightning.Trainer(
            accelerator="cpu", max_steps=steps + WARM, logger=TensorBoardLogger(folder), log_every_n_steps=1,
            gradient_clip_val=1.0, enable_checkpointing=False, enable_progress_bar=False,
            enable_model_summary=False,
        )  # fmt: skip
        module = Module()
        loader = DataLoader(TensorDataset(rows.inputs, rows.goal), batch_size=size, shuffle=True)
        trainer.fit(module, loader)
        return (time.perf_counter() - module.start) / steps

    return timed


def skorch(work: Work, rows: Rows, size: int) -> Timed:
    from skorch import NeuralNetRegressor
    from skorch.callbacks import GradientNormClipping

    net = NeuralNetRegressor(
        deepcopy(work.bare), criterion=nn.MSELoss, optimizer=torch.optim.Adam, lr=1e-3, batch_size=size,
        iterator_train__shuffle=True, train_split=None, verbose=0,
        callbacks=[GradientNormClipping(gradient_clip_value=1.0)],
    )  # fmt: skip
    net.initialize()
    inputs, goal = rows.inputs.numpy(), rows.goal.numpy()
    epoch = len(rows) // size

    def run(steps: int) -> None:
        net.partial_fit(inputs, goal, epochs=max(1, steps // epoch))

    return steady(run)


def contestants(folder: str) -> dict[str, Timed]:
    work = works("global_norm")[0]
    assembly, size = assemble(work.recipe, work.table, "cpu", most=1 << 40), work.recipe.training.batch_size
    assert isinstance(assembly.train, Rows)
    whole = len(assembly.train) // size * size  # full batches only, so that all do the same
    rows = assembly.train.take(np.arange(whole))
    batches = list(torch.randperm(whole).split(size))
    found = {
        "bare loop, no telemetry": steady(bare(work, rows, batches)),
        "clipviz, full telemetry": steady(instrumented(assembly, batches)),
    }
    more: dict[str, tuple[tuple[str, ...], Callable[[], Timed]]] = {
        "TensorBoard by hand": (("tensorboard",), lambda: by_hand(work, rows, batches, f"{folder}/hand")),
        "Lightning, grad_norm and TensorBoard": (
            ("lightning", "tensorboard"), lambda: lightning(work, rows, size, f"{folder}/lightning"),
        ),
        "skorch, no telemetry": (("skorch",), lambda: skorch(work, rows, size)),
    }  # fmt: skip
    for name, (packages, make) in more.items():
        if missing := [package for package in packages if find_spec(package) is None]:
            print(f"{name}: not measured, {' and '.join(missing)} missing: see requirements-benchmarks.txt")
            continue
        found[name] = make()
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--repetitions", type=int, default=9, help="stretches of each, in turn")
    parser.add_argument("--steps", type=int, default=600, help="steps of a stretch")
    chosen = parser.parse_args()
    torch.set_num_threads(1)
    warnings.simplefilter("ignore")  # of other packages, about each other
    with TemporaryDirectory() as folder:
        loops = contestants(folder)
        seen: dict[str, list[float]] = {name: [] for name in loops}
        for _ in range(chosen.repetitions):
            for name, timed in loops.items():
                seen[name].append(timed(chosen.steps) * 1e6)
    middle = {name: statistics.median(times) for name, times in seen.items()}
    plain, ours = list(middle.values())[:2]
    for name, each in middle.items():
        print(
            f"{name:38} {each:8.0f} µs a step   {each / plain:5.2f} of bare   {each / ours:5.2f} of clipviz"
        )
    sys.exit(ours >= min((each for name, each in middle.items() if "TensorBoard" in name), default=np.inf))


if __name__ == "__main__":
    main()
