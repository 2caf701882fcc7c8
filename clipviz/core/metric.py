"""The numbers that a verdict can be about, and which way is better."""

from typing import Literal

from pydantic import BaseModel, ConfigDict

from clipviz.core.recipe import Task

Better = Literal["lower", "higher"]


class Metric(BaseModel):
    """One metric of a result, on raw test rows. unit: "" for none, "the target's unit" for an error."""

    model_config = ConfigDict(frozen=True)

    name: str
    title: str
    task: Task
    better: Better
    unit: str = ""

    @property
    def worse(self) -> float:
        """+1 where larger is worse, -1 where smaller is."""
        return 1.0 if self.better == "lower" else -1.0


METRICS = {
    metric.name: metric
    for metric in (
        Metric(name="mae", title="MAE", task="regression", better="lower", unit="the target's unit"),
        Metric(name="rmse", title="RMSE", task="regression", better="lower", unit="the target's unit"),
        Metric(name="r2", title="R²", task="regression", better="higher"),
        Metric(name="accuracy", title="accuracy", task="classification", better="higher"),
        Metric(name="macro_f1", title="F1 (macro)", task="classification", better="higher"),
        Metric(name="macro_recall", title="recall (macro)", task="classification", better="higher"),
        Metric(name="log_loss", title="log loss", task="classification", better="lower", unit="nats"),
    )
}
"""In the order in which a verdict prefers them."""
