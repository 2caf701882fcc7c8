"""The process that reads one file: bounded in memory and time, so that a bad file hurts nobody else.

`python -m clipviz.datasets.reader_process` takes one job as JSON on its standard input and writes its reply to the
file that the job names. Not multiprocessing: its spawn would run the dashboard's main script again.
"""

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, NamedTuple

from clipviz.core.errors import ClipvizError, InvalidRecipe, NotFound, UnreadableFile
from clipviz.core.settings import Settings
from clipviz.datasets import progress
from clipviz.datasets.progress import Listener

SHOWN = 300
LOOK = 0.1
OUT_OF_MEMORY = re.compile(
    "MemoryError|bad_alloc|[Mm]emory allocation|[Cc]annot allocate memory|can't start new thread"
)
RAISED: dict[str, type[Exception]] = {
    each.__name__: each for each in (UnreadableFile, InvalidRecipe, NotFound, OSError)
}
NO_ROOM = re.compile("No space left on device|Disk quota exceeded")


def run(
    job: str, request: dict[str, Any], settings: Settings, listener: Listener | None = None
) -> dict[str, Any]:
    """Do a job ("ingest", "preview" or "prepare") in a process of its own and give its reply.

    listener: told of the progress a few times a second; what it raises ends the process and is raised here.
    Raises the job's own ClipvizError; UnreadableFile when it took too long or too much memory, or died; OSError
    when the disk refused what it wrote.
    """
    with tempfile.TemporaryDirectory(prefix="clipviz-read-") as place:
        reply = Path(place) / "reply.json"
        document = {"job": job, "reply": str(reply), "memory_mb": settings.ingest_mb, **request}
        document["progress"] = str(Path(place) / "progress.json") if listener else ""
        watch = [Watch(Path(place) / "progress.json", listener)] if listener else []
        code, words = _supervised(json.dumps(document), settings.ingest_seconds, *watch)
        if reply.is_file():
            answer: dict[str, Any] = json.loads(reply.read_bytes())
            if "error" in answer:
                raise RAISED.get(answer["kind"], ClipvizError)(*answer["error"])
            return answer
    if code in (-signal.SIGKILL, -signal.SIGABRT, -signal.SIGSEGV) or OUT_OF_MEMORY.search(words):
        raise _too_much_memory(settings.ingest_mb)
    if full := NO_ROOM.search(words):
        raise OSError(full[0])
    last = words.strip().splitlines()[-1][:SHOWN] if words.strip() else f"exit code {code}"
    raise UnreadableFile(
        "The file must be readable", last, "Save it again as .csv and upload that; report this file"
    )


class Watch(NamedTuple):
    """Who wants to hear how far a reading process is, and where it says so."""

    place: Path
    listener: Listener

    def look(self) -> None:
        known = progress.heard(self.place)
        if known:
            self.listener(known)


def _supervised(document: str, seconds: float, watch: Watch | None = None) -> tuple[int, str]:
    """Run the child to its end: (exit code, what it said); raises UnreadableFile when time is up."""
    root = str(Path(__file__).parents[2])
    paths = [root, *filter(None, [os.environ.get("PYTHONPATH")])]
    child = subprocess.Popen(
        [sys.executable, "-m", "clipviz.datasets.reader_process"],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        errors="replace",
        start_new_session=True,
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join(paths),
            "OPENBLAS_NUM_THREADS": "1",
            "TMPDIR": json.loads(document)["folder"],  # removed by the parent, even when the child is killed
        },
    )
    until = time.monotonic() + seconds
    given: str | None = document
    try:
        while True:
            left = until - time.monotonic()
            try:
                _, words = child.communicate(given, timeout=max(0.0, min(left, LOOK) if watch else left))
                break
            except subprocess.TimeoutExpired:
                given = None
                if watch:
                    watch.look()
                if time.monotonic() >= until:
                    raise UnreadableFile(
                        f"Reading a file may take at most {seconds:g} seconds",
                        "more",
                        "Split it, or raise CLIPVIZ_INGEST_SECONDS",
                    ) from None
    finally:
        if child.poll() is None:
            _kill(child)
    return child.returncode, words


def _kill(child: "subprocess.Popen[str]") -> None:
    """End the child and whatever it started."""
    if hasattr(os, "killpg"):
        os.killpg(child.pid, signal.SIGKILL)
    else:
        child.kill()
    child.communicate()


def _too_much_memory(limit: int) -> UnreadableFile:
    return UnreadableFile(
        f"Reading a file may take at most {limit:,} MB of memory",
        "more",
        "Split it, or raise CLIPVIZ_INGEST_MB",
    )


def _limit_memory(megabytes: int) -> None:
    """Let allocations beyond the limit fail in this process; mapped files do not count."""
    if sys.platform == "linux":
        import resource

        size = megabytes * 1_000_000
        resource.setrlimit(resource.RLIMIT_DATA, (size, size))


def _main() -> None:
    request = json.loads(sys.stdin.read())
    _limit_memory(request["memory_mb"])
    if request.get("progress"):
        progress.tell_in(Path(request["progress"]))
    answer: dict[str, Any]
    try:
        from clipviz.datasets import jobs

        answer = jobs.JOBS[request["job"]](request)
    except ClipvizError as error:
        answer = {"kind": type(error).__name__, "error": list(error.__reduce__()[1])}
    except MemoryError:
        answer = {
            "kind": "UnreadableFile",
            "error": list(_too_much_memory(request["memory_mb"]).__reduce__()[1]),
        }
    except OSError as error:
        answer = {"kind": "OSError", "error": [error.strerror or str(error)]}
    part = Path(request["reply"] + ".part")
    part.write_text(json.dumps(answer), encoding="utf-8")
    part.replace(request["reply"])


if __name__ == "__main__":
    _main()
