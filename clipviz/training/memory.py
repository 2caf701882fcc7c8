"""How much memory is free, and whether the rows of a run may have it."""

import os
from pathlib import Path

import torch

HOST_SHARE, DEVICE_SHARE = 0.25, 0.5
"""Of what is free when a run begins: its rows are resident when they fit into that, else they are streamed."""
UNKNOWN = 4 << 30
LIMITS = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory.current")


def fits(size: int, device: str, most: int | None = None) -> bool:
    """Whether `size` bytes of rows may be resident: at most `most` bytes, None: the stated share of what is free."""
    if most is None:
        most = int(available(device) * (HOST_SHARE if device == "cpu" else DEVICE_SHARE))
    return size <= most


def available(device: str) -> int:
    """Bytes that are free on a device, or on the host within the limit that a container sets."""
    if device != "cpu":
        return int(torch.cuda.mem_get_info()[0])
    return min(_of_the_machine(), _of_the_container())


def _of_the_machine() -> int:
    try:
        for line in Path("/proc/meminfo").read_text(encoding="ascii").splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
    except OSError:
        pass
    if hasattr(os, "sysconf") and "SC_PHYS_PAGES" in os.sysconf_names:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2
    return UNKNOWN


def _of_the_container() -> int:
    try:
        limit, used = (Path(place).read_text(encoding="ascii").strip() for place in LIMITS)
        return int(limit) - int(used)
    except (OSError, ValueError):  # no container, or one without a limit
        return 1 << 62


def release(device: torch.device) -> None:
    """Gives back what torch keeps for later, so that pieces of another size find room."""
    if device.type == "cuda":
        torch.cuda.empty_cache()


def told_pieces(step: int, pieces: int, batch: int) -> str:
    """That a batch did not fit, in words."""
    return (
        f"step {step}: out of memory; batches go through the network in {pieces} pieces of {-(-batch // pieces)} rows "
        f"from here on, the gradient is that of the whole batch. Set training.accumulation to {pieces}"
    )
