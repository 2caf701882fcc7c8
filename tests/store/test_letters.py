import numpy as np

from clipviz.core.run import Run
from clipviz.store import Store
from clipviz.store.letters import Flush, Sender, Sentence


def test_letters_of_many_runs_are_written_together_and_a_stale_one_stops_nobody_else(
    store: Store, running: Run
) -> None:
    store.telemetry.declare(running.id, 1, {"step": ["loss"]})
    mine, stale = Sender(running.id, 1), Sender(running.id, 0)
    flush = Flush("step", np.arange(1, 4), np.ones((3, 1), np.float32))
    refused = store.letters.write([(stale, flush), (mine, flush), (stale, Sentence(1, "info", "late")),
                                   (mine, Sentence(3, "info", "three"))])  # fmt: skip
    assert list(refused) == [stale] and "attempt 0" in str(refused[stale])
    assert [len(chunk.steps) for chunk in store.telemetry.read(running.id)] == [3]
    assert [event.text for event in store.events.list(running.id)][-1] == "three"
    assert store.runs.get(running.id).step == 3
