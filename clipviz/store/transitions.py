"""What becomes of a run: by what people ask, and when its worker dies. Pure rules, no SQL."""

from collections.abc import Mapping
from typing import Any

from clipviz.core.run import Request, State

HOPELESS = 3
"""Attempts in a row that died without getting further: then the run has failed."""

SUSPECT = HOPELESS - 1
"""After so many a run of a program is trained by itself: which of them killed their worker, nobody knows."""

ASKED: dict[Request, str] = {
    "pause": "asked to pause",
    "stop": "asked to stop",
    "run": "asked to go on",
}
ENDED = {State.FINISHED: "finished", State.STOPPED: "been stopped", State.FAILED: "failed"}


def answer(state: State, request: Request, attempt: int, who: str) -> dict[str, Any]:
    """Values to set when a person asks something of a run that has not ended."""
    if state is State.RUNNING:
        return {"request": request}
    if request == "pause":
        return {"state": State.PAUSED, "request": "run", "reason": f"paused by {who}"}
    if request == "stop" and attempt == 0:
        return {"state": State.STOPPED, "reason": f"stopped by {who} before it started"}
    reason = f"{who} asked to stop; its result is being computed" if request == "stop" else ""
    return {"state": State.QUEUED, "request": request, "reason": reason}


def after_loss(run: Mapping[str, Any], reason: str) -> dict[str, Any]:
    """Values to set when the worker of a running run has died for `reason`.

    The run goes on from its last checkpoint, unless it is paused by request, or three attempts in a row
    died without a step beyond the furthest one before.
    """
    further = run["step"] > run["furthest"]
    stalled = 0 if further else run["stalled"] + 1
    values: dict[str, Any] = {
        "lease_until": None,
        "furthest": max(run["step"], run["furthest"]),
        "stalled": stalled,
    }
    if stalled >= HOPELESS:
        sentence = f"{reason}; {stalled} attempts in a row came no further than step {run['furthest']}."
        return values | {
            "state": State.FAILED,
            "reason": f"{sentence} Look at runner.log in the home, then clone the run",
        }
    if run["request"] == "pause":
        return values | {
            "state": State.PAUSED,
            "request": "run",
            "reason": f"paused; its worker had {reason}",
        }
    return values | {"state": State.QUEUED, "reason": f"{reason}; goes on from its last checkpoint"}
