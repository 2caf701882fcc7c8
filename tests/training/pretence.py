"""A GPU that is not there: tensors with real numbers that say "cuda", under CUDA's rules.

What lies on it is known by its storage. An operation on tensors of both devices is an error, as it is there; so are,
under the sync-debug mode "error" and while a graph is captured, what waits for the device, copies that are not
asynchronous, and memory that is taken on the host. Copies to the host arrive when an event says so, and are NaN until
then. A captured graph is a tape (see there).
"""

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest import mock

import torch
from torch import Tensor
from torch._C._functorch import get_unwrapped, is_functorch_wrapped_tensor
from torch.multiprocessing.reductions import StorageWeakRef
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from clipviz.training import stream

from .tape import INDEXING, WAITING, Tape

aten = torch.ops.aten
CUDA = torch.device("cuda", 0)
MOVES = {aten._to_copy, aten.clone, aten.fill_}
VARYING = {
    aten.median.dim, aten.cumsum.default, aten.histc.default, aten.kthvalue.default, aten.put_.default,
    aten.grid_sampler_2d_backward.default, aten.upsample_bilinear2d_backward.default,
    aten._adaptive_avg_pool2d_backward.default, aten.nll_loss2d_forward.default,
}  # fmt: skip
"""Of what is used or near: the list of torch.use_deterministic_algorithms."""
WITH_DATA = {torch.tensor, torch.as_tensor, Tensor.new_tensor}


class _Labels:
    """Storages that are told apart. A weak reference keeps a storage's address from being given to another one."""

    def __init__(self) -> None:
        self._known: dict[int, StorageWeakRef] = {}

    def add(self, tensor: Tensor) -> None:
        held = StorageWeakRef(tensor.untyped_storage())
        self._known[held.cdata] = held

    def __contains__(self, tensor: Tensor) -> bool:
        while is_functorch_wrapped_tensor(tensor):
            tensor = get_unwrapped(tensor)
        return tensor.device.type != "meta" and tensor.untyped_storage()._cdata in self._known


class Pretence(TorchFunctionMode):
    """The GPU. strict: whether waiting for it is an error. works: whether torch is at an operation on what lies there;
    what it makes for itself then lies there too. free: what may lie on either.
    """

    def __init__(self) -> None:
        super().__init__()
        self.there, self.pinned, self.free = _Labels(), _Labels(), _Labels()
        self.strict = self.capturing = self.works = False
        self.target: bool | None = None
        self.coming: list[tuple[Tensor, Tensor]] = []
        self.default = self.current = _Stream()

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = dict(kwargs or {})
        own = args[0] if args and isinstance(args[0], Tensor) else None
        if own is not None and (special := getattr(self, f"_{_name(func)}", None)):
            return special(func, *args, **kwargs)
        device = kwargs.get("device")
        here = device is not None and torch.device(device).type == "cuda"
        if here:
            kwargs["device"] = "cpu"
        if func in WITH_DATA and (here or (own is not None and own in self.there)):
            here = True
            self.waits("numbers from the host")
        if not here and not kwargs.get("pin_memory"):
            before, self.works = self.works, self.works or self._there_among(args, kwargs)
            try:
                return func(*args, **kwargs)
            finally:
                self.works = before
        with self.towards(here):
            said = func(*args, **(kwargs | {"pin_memory": False} if "pin_memory" in kwargs else kwargs))
        (self.there if here else self.pinned).add(said)
        return said

    def _there_among(self, *given: Any) -> bool:
        return any(isinstance(each, Tensor) and each in self.there for each in tree_leaves(given))

    @contextmanager
    def towards(self, there: bool) -> Iterator[None]:
        """What is made inside lies there, whatever it is made of."""
        before, self.target = self.target, there
        try:
            yield
        finally:
            self.target = before

    def waits(self, what: str) -> None:
        if self.capturing:
            raise RuntimeError(f"operation not permitted when stream is capturing: {what}")
        if self.strict:
            raise RuntimeError(f"called a synchronizing CUDA operation: {what}")

    def copies(self, to: bool, host: Tensor, non_blocking: bool) -> None:
        """A copy between the devices, the host's side of which is given."""
        if self.capturing or not non_blocking or host not in self.pinned:
            self.waits(f"a copy {'to' if to else 'from'} the device")

    def _device__get(self, func: Any, tensor: Tensor) -> Any:
        return CUDA if tensor in self.there else func(tensor)

    def _is_cuda__get(self, func: Any, tensor: Tensor) -> bool:
        return tensor in self.there

    def _is_pinned(self, func: Any, tensor: Tensor) -> bool:
        return tensor in self.pinned

    def _cuda(self, func: Any, tensor: Tensor) -> Any:
        return self._to(Tensor.to, tensor, "cuda")

    def _cpu(self, func: Any, tensor: Tensor) -> Any:
        return self._to(Tensor.to, tensor, "cpu")

    def _to(self, func: Any, tensor: Tensor, *args: Any, **kwargs: Any) -> Any:
        if args and isinstance(args[0], Tensor):
            args = (CUDA if args[0] in self.there else args[0].device, args[0].dtype, *args[1:])
        device, dtype, non_blocking, _ = torch._C._nn._parse_to(*args, **kwargs)
        if device is not None and device.type == "meta":
            return func(tensor, *args, **kwargs)
        here = tensor in self.there
        there = here if device is None else device.type == "cuda"
        if here == there:
            return func(tensor, dtype or tensor.dtype, copy=kwargs.get("copy", False))
        self.copies(there, tensor, non_blocking and there)
        with self.towards(there):
            said = func(tensor, dtype or tensor.dtype, copy=True)
        if there:
            self.there.add(said)
        return said

    def _pin_memory(self, func: Any, tensor: Tensor) -> Tensor:
        assert tensor not in self.there, "only what is on the host can be pinned"
        with self.towards(False):
            said = tensor.clone()
        self.pinned.add(said)
        return said

    def _copy_(self, func: Any, into: Tensor, given: Tensor, non_blocking: bool = False) -> Tensor:
        to, of = into in self.there, given in self.there
        if to != of and into not in self.free and given not in self.free:
            self.copies(to, given if to else into, non_blocking)
        if of and non_blocking and into in self.pinned:
            with self.towards(False):
                self.coming.append((into, given.detach().clone()))
                return into.fill_(float("nan") if into.is_floating_point() else 0)
        with self.towards(to):
            said: Tensor = func(into, given)
        return said

    def _numpy(self, func: Any, tensor: Tensor, *args: Any, **kwargs: Any) -> Any:
        if tensor in self.there:
            raise TypeError("can't convert cuda:0 device type tensor to numpy. Use Tensor.cpu() first.")
        return func(tensor, *args, **kwargs)

    ___array__ = _numpy

    def _tolist(self, func: Any, tensor: Tensor) -> Any:
        if tensor in self.there:
            self.waits("tolist")
        return func(tensor)

    def ___deepcopy__(self, func: Any, tensor: Tensor, memo: Any) -> Tensor:
        with self.towards(tensor in self.there):
            said: Tensor = func(tensor, memo)
        if tensor in self.there:
            self.there.add(said)
        return said


class _Rules(TorchDispatchMode):
    """Sees every operation, those of the backward pass too."""

    def __init__(self, gpu: Pretence) -> None:
        super().__init__()
        self._gpu = gpu

    @classmethod
    def _should_skip_dynamo(cls) -> bool:
        return False  # as Tape

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        gpu, kwargs = self._gpu, kwargs or {}
        given = [tensor for tensor in tree_leaves((args, kwargs)) if isinstance(tensor, Tensor)]
        there = [tensor in gpu.there for tensor in given]
        packet, target = func.overloadpacket, gpu.target
        # Of copies between tensors `copies` knows; a storage is copied in C++.
        moves = packet is aten.copy_ or (target is not None and packet in MOVES)
        if any(there) and not moves:
            strangers = [
                tensor
                for tensor, here in zip(given, there, strict=True)
                if not (here or tensor in gpu.free or tensor.device.type == "meta")
            ]
            if strangers and packet is aten.index and args[0] in gpu.there:
                gpu.waits("places from the host")
                strangers = []
            if strangers:
                raise RuntimeError(f"Expected all tensors to be on the same device: {func}")
            masks = packet in INDEXING and any(
                index is not None and index.dtype in (torch.bool, torch.uint8) for index in args[1]
            )
            if packet in WAITING or masks:
                gpu.waits(str(func))
            if torch.are_deterministic_algorithms_enabled() and func in VARYING:
                raise RuntimeError(f"{func} does not have a deterministic implementation")
        said = func(*args, **kwargs)
        outs = [tensor for tensor in tree_leaves(said) if isinstance(tensor, Tensor)]
        made = [out for out in outs if out.device.type != "meta" and out not in gpu.there]
        for out in made:
            if packet is aten.scalar_tensor or (gpu.works and all(tensor in gpu.free for tensor in given)):
                gpu.free.add(out)
            elif target or (target is None and any(there)):
                gpu.there.add(out)
            elif (gpu.strict or gpu.capturing) and not given and target is None:
                raise RuntimeError(f"memory is taken on the host in a steady step: {func}")
        return said


class _Stream:
    def wait_stream(self, other: "_Stream") -> None: ...

    def wait_event(self, event: "_Event") -> None:
        assert event.recorded


class _Event:
    """synchronize: copies to the host that were asked for before `record` arrive."""

    def __init__(self, gpu: Pretence) -> None:
        self._gpu, self._before, self.recorded = gpu, 0, False

    def record(self) -> None:
        self._coming, self.recorded = list(self._gpu.coming), True

    def synchronize(self) -> None:
        gpu = self._gpu
        gpu.waits("an event")
        with gpu.towards(False):
            for into, given in self._coming:
                into.copy_(given)
        gpu.coming = [each for each in gpu.coming if not any(each is done for done in self._coming)]


class _Graph:
    def __init__(self) -> None:
        self.replay: Callable[[], None] = lambda: None

    def pool(self) -> tuple[int, int]:
        return (0, 1)

    def reset(self) -> None: ...


class _Now:
    """A pool whose work is done at once, in the thread that knows of the GPU."""

    def __init__(self, threads: int, name: str) -> None: ...

    def submit(self, work: Callable[..., Any], *args: Any) -> "Future[Any]":
        done: Future[Any] = Future()
        done.set_result(work(*args))
        return done


class _Cuda:
    """What `torch.cuda` is then."""

    def __init__(self, gpu: Pretence) -> None:
        self.gpu = gpu

    @contextmanager
    def stream(self, stream: _Stream) -> Iterator[None]:
        before, self.gpu.current = self.gpu.current, stream
        try:
            yield
        finally:
            self.gpu.current = before

    @contextmanager
    def graph(self, graph: _Graph, pool: Any, stream: _Stream, capture_error_mode: str) -> Iterator[None]:
        gpu, tape = self.gpu, Tape()
        assert stream is not gpu.default, "CUDA graphs must be captured on a non-default stream"
        gpu.capturing = True
        try:
            with self.stream(stream), tape:
                yield
        finally:
            gpu.capturing = False
            with gpu.towards(True):
                tape.undo()

        def replay() -> None:
            with gpu.towards(True):
                tape.replay()

        graph.replay = replay

    def set_sync_debug_mode(self, mode: str) -> None:
        self.gpu.strict = mode == "error"

    def names(self) -> dict[str, Any]:
        gpu = self.gpu
        return {
            "is_available": lambda: True,
            "current_device": lambda: 0,
            "get_device_name": lambda: "a GPU that is not there",
            "Stream": _Stream,
            "Event": lambda: _Event(gpu),
            "CUDAGraph": _Graph,
            "graph": self.graph,
            "graph_pool_handle": lambda: (0, 1),
            "stream": self.stream,
            "current_stream": lambda: gpu.current,
            "default_stream": lambda: gpu.default,
            "is_current_stream_capturing": lambda: gpu.capturing,
            "is_bf16_supported": lambda including_emulation=True: True,
            "mem_get_info": lambda: (1 << 34, 1 << 34),
            "memory_allocated": lambda: 0,
            "empty_cache": lambda: None,
            "synchronize": lambda: None,
            "set_sync_debug_mode": self.set_sync_debug_mode,
            "manual_seed": torch.manual_seed,
            "get_rng_state": lambda device=0: torch.get_rng_state(),
            "set_rng_state": lambda state, device=0: torch.set_rng_state(state),
        }


@contextmanager
def pretended() -> Iterator[Pretence]:
    """Inside, torch has a GPU, and computes on it in this thread."""
    gpu, autocast = Pretence(), torch.autocast
    with ExitStack() as patches:
        for name, stand_in in _Cuda(gpu).names().items():
            patches.enter_context(mock.patch.object(torch.cuda, name, stand_in))
        patches.enter_context(mock.patch.object(stream, "ThreadPoolExecutor", _Now))
        patches.enter_context(mock.patch.object(Tensor, "record_stream", lambda tensor, where: None))
        patches.enter_context(
            mock.patch.object(torch, "autocast", lambda device, dtype: autocast("cpu", dtype))
        )
        patches.enter_context(_Rules(gpu))
        patches.enter_context(gpu)
        yield gpu


def _name(func: Any) -> str:
    """Of a method, or of a property with what is done to it."""
    name: str = getattr(func, "__name__", "")
    return f"{func.__self__.__name__}__get" if name == "__get__" else name
