"""What training costs the machine: time a step, and memory."""

import resource
import sys
import time
from pathlib import Path

import torch

NAMES = ("step_ms", "host_mb", "device_mb")
_STATM = Path("/proc/self/statm")


class Meter:
    """Time between readings, evaluations left out. These numbers depend on the clock; no other does."""

    def __init__(self, device: str) -> None:
        self._device = device
        self._step, self._since = 0, time.perf_counter()

    def read(self, step: int) -> list[float]:
        """Values in the order of NAMES: milliseconds a step since the last reading, megabytes of this process, and of
        tensors on the GPU; NaN where there is nothing to tell.
        """
        steps, seconds = step - self._step, time.perf_counter() - self._since
        device = torch.cuda.memory_allocated() / 1e6 if self._device.startswith("cuda") else float("nan")
        return [1000 * seconds / steps if steps > 0 else float("nan"), _resident() / 1e6, device]

    def start(self, step: int) -> None:
        """The clock runs from here: the next step is the one after `step`."""
        self._step, self._since = step, time.perf_counter()


def _resident() -> float:
    """Bytes of memory that this process holds; where the system does not say, the most that it ever held."""
    if _STATM.exists():
        return int(_STATM.read_text(encoding="ascii").split()[1]) * resource.getpagesize()
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
