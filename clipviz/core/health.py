"""How a run is doing: its clip ledger, what may be wrong, and which error is the largest."""

from pydantic import BaseModel, ConfigDict

from clipviz.core.error_parts import Dominant, dominant
from clipviz.core.finding import Evidence, Finding
from clipviz.core.findings import find
from clipviz.core.ledger import Ledger


class Health(BaseModel):
    """What a run's numbers say of it, in words. dominant: None while it is too early to say."""

    model_config = ConfigDict(frozen=True)

    step: int
    ledger: Ledger
    findings: tuple[Finding, ...] = ()
    dominant: Dominant | None = None


def judge(evidence: Evidence, step: int) -> Health:
    """The health of a run at a step."""
    said = evidence.evaluations
    largest = None
    if {"train_loss", "validation_loss", "constant_loss"} <= said.keys() and len(evidence.at):
        constant = float(said["constant_loss"][-1])
        right = said.get("validation/accuracy")
        accuracy = None if right is None else float(right[-1])
        largest = dominant(said["train_loss"], said["validation_loss"], constant, accuracy)
    return Health(step=step, ledger=evidence.ledger, findings=find(evidence), dominant=largest)
