"""What stands for a CUDA graph on the CPU: operations recorded, undone, and replayed in the very memory they used."""

from collections.abc import Callable
from typing import Any

import torch
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

aten = torch.ops.aten
WAITING = {
    aten._local_scalar_dense, aten.nonzero, aten.masked_select, aten.equal, aten.bincount, aten._unique2,
    aten.unique_dim, aten.unique_consecutive, aten.lift_fresh, aten.repeat_interleave,
}  # fmt: skip
"""What on CUDA speaks to the host: it asks for a number or for a size, or it brings a number from there."""
INDEXING = {aten.index, aten.index_put, aten.index_put_, aten._index_put_impl_}


class Tape(TorchDispatchMode):
    """Records every operation under it; raises RuntimeError for one that waits for the device.

    `undo` puts everything back that was there before and has been written to. `replay` does it all again: with the same
    numbers from the host, in the same memory, as a graph does.
    """

    def __init__(self) -> None:
        super().__init__()
        self._calls: list[tuple[Any, Any, Any, list[Any]]] = []
        self._own: set[int] = set()
        self._before: dict[int, tuple[Any, Any]] = {}
        self._random = torch.get_rng_state()

    @classmethod
    def _should_skip_dynamo(cls) -> bool:
        return False  # nothing is compiled here, and to keep the compiler out takes longer than all the rest

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        given = _tensors((args, kwargs))
        masks = func.overloadpacket in INDEXING and any(
            index is not None and index.dtype in (torch.bool, torch.uint8) for index in args[1]
        )
        if func.overloadpacket in WAITING or masks:
            raise RuntimeError(f"operation not permitted when stream is capturing: {func}")
        for tensor in _written(func, args, kwargs):
            storage = tensor.untyped_storage()
            if storage._cdata not in self._own and storage._cdata not in self._before:
                self._before[storage._cdata] = storage, storage.clone()
        said = func(*args, **kwargs)
        there = {tensor.untyped_storage()._cdata for tensor in given}
        outs = _tensors(said)
        self._own |= {out.untyped_storage()._cdata for out in outs} - there
        self._calls.append((func, args, kwargs, outs))
        return said

    def undo(self) -> None:
        for storage, copy in self._before.values():
            storage.copy_(copy)
        torch.set_rng_state(self._random)

    @torch.no_grad()
    def replay(self) -> None:
        for func, args, kwargs, outs in self._calls:
            for held, now in zip(outs, _tensors(func(*args, **kwargs)), strict=True):
                if held.untyped_storage()._cdata != now.untyped_storage()._cdata:
                    held.copy_(now)


class TapeRecorder:
    """As graph.CudaRecorder. fails: what recording raises, if anything."""

    def __init__(self, fails: Exception | None = None) -> None:
        self.fails, self.recorded, self.replays, self.warmed = fails, 0, 0, 0

    def warm(self, work: Callable[[], None]) -> None:
        self.warmed += 1
        work()

    def record(self, work: Callable[[], None]) -> Callable[[], None]:
        if self.fails is not None:
            raise self.fails
        tape = Tape()
        try:
            with tape:
                work()
        finally:
            tape.undo()
        self.recorded += 1

        def replay() -> None:
            self.replays += 1
            tape.replay()

        return replay


def _tensors(tree: Any) -> list[torch.Tensor]:
    return [leaf for leaf in tree_leaves(tree) if isinstance(leaf, torch.Tensor)]


def _written(func: Any, args: Any, kwargs: Any) -> list[torch.Tensor]:
    """The tensors that an operation writes to."""
    if func.overloadpacket is aten.native_batch_norm:  # whose schema does not tell of the running statistics
        return _tensors(args[3:5])
    found: list[torch.Tensor] = []
    for place, argument in enumerate(func._schema.arguments):
        if argument.alias_info is not None and argument.alias_info.is_write:
            value = args[place] if place < len(args) else kwargs.get(argument.name)
            found += _tensors(value)
    return found
