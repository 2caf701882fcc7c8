"""What a run that has not begun is waiting for."""

from clipviz.core.run import Run, State
from clipviz.store import Store

WAKING = "The runner wakes up: it loads PyTorch, once, which takes a few seconds."
PREPARING = "It reads its rows, fits the clamps and builds the network."


def in_words(store: Store, run: Run, slots: int) -> str:
    """A sentence for a run that nobody has taken, or whose first step is still to come; "" for any other."""
    if run.state is State.RUNNING:
        return "" if run.steps else PREPARING
    if run.state is not State.QUEUED:
        return ""
    training, ahead = store.runs.queue(run)
    if training < slots:
        return WAKING
    turn = (
        "It is next"
        if not ahead
        else "One run is before it"
        if ahead == 1
        else f"{ahead:,} runs are before it"
    )
    return f"Waits for a free place: {training:,} of {slots:,} train. {turn}."
