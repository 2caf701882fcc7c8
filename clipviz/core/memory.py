"""A process that gives memory back as soon as a large array is gone."""

import ctypes
import os
import sys

M_TRIM_THRESHOLD, M_MMAP_THRESHOLD, M_ARENA_MAX = -1, -3, -8


def give_back(large: int) -> None:
    """From now on arrays of `large` bytes and more, at most 32 MB, go back to the system when they are freed.

    Without it glibc keeps up to twice the largest array that was ever freed, and pyarrow's own pool as much again, for
    as long as the process runs. Smaller ones are kept for the next one of their size, up to four times `large`. Does
    nothing where there is no glibc; must come before pyarrow is first used.
    """
    os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")
    if sys.platform == "linux":
        mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
        if mallopt is not None:
            mallopt(M_MMAP_THRESHOLD, large)
            mallopt(M_TRIM_THRESHOLD, 4 * large)
            mallopt(
                M_ARENA_MAX, 2
            )  # each arena keeps what its threads freed; there may be eight for each core
