"""Surprise at the true class."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from pydantic import Field

from clipviz.core.recipe import Task
from clipviz.policies.policy import extra
from clipviz.training.losses.base import Loss

if TYPE_CHECKING:
    from torch import Tensor, nn


class CrossEntropy(Loss):
    """The mean of −log of the probability given to the true class.

    With class weights every class counts the same however rare it is: rows of class c weigh N / (C · n_c),
    counted on the training rows, and the mean is over the weights. With label smoothing s the true class is
    asked for 1 − s + s / C and each other one for s / C (Szegedy et al., arXiv:1512.00567, 2015).
    """

    title: ClassVar[str] = "Cross-entropy"
    task: ClassVar[Task] = "classification"

    label_smoothing: float = Field(
        0.0,
        ge=0,
        lt=1,
        title="Label smoothing",
        description="s, the share of certainty that is spread over all classes.",
        json_schema_extra=extra("share", 0.0, 0.05, 0.1),
    )
    class_weighted: bool = Field(
        False,
        title="Weigh classes",
        description="Let rare classes count as much as frequent ones.",
        json_schema_extra=extra("", False, True),
    )

    def build(self, goal: Tensor, classes: int) -> nn.Module:
        from torch import nn

        weights = None
        if self.class_weighted:
            counts = goal[goal >= 0].bincount(minlength=classes)
            weights = (counts.sum() / (classes * counts.clamp(min=1))).float()
        return nn.CrossEntropyLoss(weight=weights, label_smoothing=self.label_smoothing)
