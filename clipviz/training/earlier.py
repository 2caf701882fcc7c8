"""Models that an earlier release wrote, as this one would have written them."""

import re
from typing import Any

from torch import Tensor

_RECURRENT = re.compile(r"\brecurrent\.((?:weight|bias)_(?:ih|hh))_l(\d+)$")
"""Weights of an LSTM that was one module for all its layers."""


def renamed(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    """Tensors under the names that they have now."""
    return {_RECURRENT.sub(r"recurrent.\2.\1_l0", name): tensor for name, tensor in tensors.items()}


def completed(about: dict[str, Any]) -> dict[str, Any]:
    """What is told of a model, with what was not yet told then: the signs beside numbers, and how its file was read."""
    features = [[*feature, []] if len(feature) == 3 else feature for feature in about["features"]]
    return {"reading": {}} | about | {"features": features}
