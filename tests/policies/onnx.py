"""ONNX as a judge: what leaves through it says what torch says."""

import warnings
from collections.abc import Sequence

import onnxruntime
import torch
from torch import Tensor, nn


class _Beside(nn.Module):
    def __init__(self, modules: Sequence[nn.Module]) -> None:
        super().__init__()
        self.all = nn.ModuleList(modules)

    def forward(self, values: Tensor) -> list[Tensor]:
        return [module(values) for module in self.all]


def agrees_with_onnx(modules: Sequence[nn.Module], values: Tensor) -> None:
    """Exports modules that take the same values, side by side in one graph, and runs it in onnxruntime.

    Not optimised: with two clips on one input onnxscript 0.7.2 merges their bounds into a graph that lacks a node.
    """
    beside = _Beside(modules).eval()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the exporter warns of its own parts
        program = torch.onnx.export(beside, (values,), dynamo=True, verbose=False, optimize=False)
    assert program is not None
    session = onnxruntime.InferenceSession(program.model_proto.SerializeToString())
    said = session.run(None, {session.get_inputs()[0].name: values.numpy()})
    for place, (ours, theirs) in enumerate(zip(beside(values), said, strict=True)):
        torch.testing.assert_close(
            torch.from_numpy(theirs),
            ours.detach(),
            rtol=1e-5,
            atol=1e-6,
            equal_nan=True,
            msg=repr(modules[place]),
        )
