"""The slow twin of each policy: the formula written as plainly as can be, in the policy's own test file.

`tests/policies/<family>/test_<id>.py` defines `twin`:
    inputs        twin(policy, values (N,)) -> the clamped values (N,)
    activations   twin(clip, x: float) -> y: float, reading whatever numbers the built module holds
    gradients     twin(policy, steps, weights, specs) -> per step the clipped gradient (P,), None where it is skipped;
                  steps: (T, P) float64, the gradients of T successive steps; weights: (P,)
"""

from importlib import import_module
from typing import Any


def twin(family: str, name: str) -> Any:
    return import_module(f"tests.policies.{family}.test_{name}").twin
