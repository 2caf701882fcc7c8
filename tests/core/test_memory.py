"""Large arrays go back to the system."""

import subprocess
import sys

import pytest

SCRIPT = """
import os
from pathlib import Path
from clipviz.core import memory
memory.give_back(1 << 20)
import numpy as np, pyarrow
assert pyarrow.default_memory_pool().backend_name == "system"
def own():
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
np.ones(3_000_000)  # freed at once: glibc would now keep arrays of up to this size
before = own()
for _ in range(3):
    held = [np.ones(1_000_000) for _ in range(5)]
    pinned = np.ones(1000)
    del held
assert own() - before < 8_000_000, (before, own())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the allocator of glibc")
def test_freed_arrays_leave_the_process() -> None:
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
