"""A web process that gives memory back as soon as a large array is gone."""

import ctypes
import os
import sys

M_MMAP_THRESHOLD = -3
LARGE = 1 << 20


def give_back() -> None:
    """From now on arrays of a megabyte and more go back to the system when they are freed.

    Without it glibc keeps up to twice the largest array that was ever freed, and pyarrow's own pool as much again, for
    as long as the server runs. Does nothing where there is no glibc; must come before pyarrow is first used.
    """
    os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")
    if sys.platform == "linux":
        mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
        if mallopt is not None:
            mallopt(M_MMAP_THRESHOLD, LARGE)
