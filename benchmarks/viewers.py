"""What it costs the web process to show one live run to twenty people: `python benchmarks/viewers.py`.

A real dashboard, a writer process that tells a run of 1,000 steps a second in 30 series, and 20 viewers who
ask twice a second over kept connections. The bare baseline, in the same process and run, is the same number
of requests for Streamlit's own health route, which does nothing.
"""

import gzip
import http.client
import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import psutil

ROOT = Path(__file__).parents[1]
VIEWERS = 20
PER_SECOND = 2.0
SECONDS = 10.0
WARM_SECONDS = 2.0
STEPS_PER_SECOND = 1000
FLUSH_SECONDS = 0.2
NAMES = ("loss", "gradient_norm", "fired", *(f"norm/layer {index}" for index in range(27)))
CPU_LIMIT, P95_LIMIT = 0.15, 0.100


def write(home: str, seconds: float) -> None:
    """The writer: prints the run's id, then flushes telemetry until the time is over."""
    import clipviz.store
    from clipviz.core.dataset import Column, Dataset, Reading
    from clipviz.core.recipe import Data, Recipe

    store = clipviz.store.open(f"sqlite:///{Path(home) / 'clipviz.db'}")
    dataset = Dataset(
        id="00000000000000d1", name="told", source="5" * 64, reading=Reading(format="delimited"),
        columns=(Column(name="y", kind="number"),), rows=10, bytes=100, created_at=datetime.now(UTC),
    )  # fmt: skip
    store.datasets.add(dataset)
    saved = store.recipes.add(Recipe(data=Data(dataset=dataset.id, target="y")), "told", "benchmark")
    run = store.runs.submit(saved.id, "told", "benchmark", owner="benchmark:1", lease_seconds=600)
    store.runs.begin(run.id, run.attempt, 1_000_000, "cpu")
    store.telemetry.declare(run.id, run.attempt, {"step": NAMES})
    print(run.id, flush=True)
    random = np.random.default_rng(0)
    flush = round(STEPS_PER_SECOND * FLUSH_SECONDS)
    begun, step = time.monotonic(), 0
    while time.monotonic() - begun < seconds:
        steps = np.arange(step + 1, step + flush + 1, dtype=np.int64)
        values = random.normal(size=(flush, len(NAMES))).astype(np.float32)
        values[:, 2] = values[:, 2] > 0
        store.telemetry.append(run.id, run.attempt, "step", steps, values)
        step += flush
        time.sleep(max(0.0, begun + step / STEPS_PER_SECOND - time.monotonic()))


@dataclass
class Viewer:
    """One browser: asks, reads, waits."""

    port: int
    path: str
    delay: float
    seconds: list[float] = field(default_factory=list)
    received: int = 0
    cursor: str = ""

    def watch(self, until: float) -> None:
        time.sleep(self.delay)
        connection = http.client.HTTPConnection("localhost", self.port, timeout=10)
        while time.monotonic() < until:
            begun = time.monotonic()
            connection.request("GET", self.path + self.cursor, headers={"Accept-Encoding": "gzip"})
            answer = connection.getresponse()
            body = answer.read()
            self.seconds.append(time.monotonic() - begun)
            self.received += len(body)
            if answer.status != 200:
                raise RuntimeError(f"{answer.status}: {body[:200]!r}")
            if self.path.endswith("cursor="):
                text = gzip.decompress(body) if answer.headers["content-encoding"] == "gzip" else body
                self.cursor = json.loads(text)["cursor"]
            time.sleep(max(0.0, begun + 1 / PER_SECOND - time.monotonic()))
        connection.close()


def measure(process: psutil.Process, port: int, path: str) -> tuple[float, float, float]:
    """(cores used by the web process, 95th percentile of a poll in seconds, kB received a viewer a second)."""
    viewers = [Viewer(port, path, index / VIEWERS / PER_SECOND) for index in range(VIEWERS)]
    until = time.monotonic() + WARM_SECONDS + SECONDS
    threads = [threading.Thread(target=viewer.watch, args=(until,)) for viewer in viewers]
    for thread in threads:
        thread.start()
    time.sleep(WARM_SECONDS)
    before, begun = process.cpu_times(), time.monotonic()
    polls = [len(viewer.seconds) for viewer in viewers]
    received = sum(viewer.received for viewer in viewers)
    for thread in threads:
        thread.join()
    after, passed = process.cpu_times(), time.monotonic() - begun
    cores = (after.user + after.system - before.user - before.system) / passed
    seconds = np.concatenate([viewer.seconds[first:] for viewer, first in zip(viewers, polls, strict=True)])
    kilobytes = (sum(viewer.received for viewer in viewers) - received) / 1000 / VIEWERS / passed
    return cores, float(np.quantile(seconds, 0.95)), kilobytes


def serve(home: str, port: int) -> "subprocess.Popen[bytes]":
    command = [
        sys.executable, "-m", "streamlit", "run", "app.py", "--server.headless=true",
        "--server.address=localhost", f"--server.port={port}",
    ]  # fmt: skip
    environment = {**os.environ, "CLIPVIZ_HOME": home, "PYTHONPATH": str(ROOT)}
    web = subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            connection = http.client.HTTPConnection("localhost", port, timeout=1)
            connection.request("GET", "/_stcore/health")
            if connection.getresponse().status == 200:
                return web
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("the dashboard did not start")


def main() -> int:
    with socket.socket() as probe:
        probe.bind(("localhost", 0))
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory() as home:
        web = serve(home, port)
        length = str(2 * (WARM_SECONDS + SECONDS) + 4)
        writer = subprocess.Popen(
            [sys.executable, __file__, "write", home, length], stdout=subprocess.PIPE, text=True,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )  # fmt: skip
        try:
            assert writer.stdout is not None
            run = writer.stdout.readline().strip()
            process = psutil.Process(web.pid)
            bare, _, _ = measure(process, port, "/_stcore/health")
            cores, p95, kilobytes = measure(process, port, f"/api/runs/{run}/live?cursor=")
        finally:
            for child in (writer, web):
                child.terminate()
                child.wait(timeout=20)
    print(f"{VIEWERS} viewers at {PER_SECOND:g} Hz, {STEPS_PER_SECOND} steps/s x {len(NAMES)} series")
    print(f"web process, health route (bare)  {bare:.3f} core")
    print(f"web process, live route           {cores:.3f} core (limit {CPU_LIMIT})")
    print(f"ratio                             {cores / bare:.2f}")
    print(f"poll, 95th percentile             {1000 * p95:.1f} ms (limit {1000 * P95_LIMIT:.0f})")
    print(f"received                          {kilobytes:.1f} kB a viewer a second")
    return 0 if cores <= CPU_LIMIT and p95 < P95_LIMIT else 1


if __name__ == "__main__":
    if sys.argv[1:2] == ["write"]:
        write(sys.argv[2], float(sys.argv[3]))
    else:
        sys.exit(main())
