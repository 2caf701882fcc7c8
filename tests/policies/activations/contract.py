"""How every activation clip behaves; run by tests/policies/test_contract.py."""

from typing import Any

import pytest
import torch
from torch import nn
from torch.func import functional_call, stack_module_state, vmap

from clipviz.core.discovery import discover
from tests.policies.onnx import agrees_with_onnx
from tests.policies.twins import twin

CLIPS = discover("clipviz.policies.activations")
NAMES = list(CLIPS)
DEVICES = ["cpu", *(["cuda"] if torch.cuda.is_available() else [])]
each = pytest.mark.parametrize("name", NAMES)
STARTS = (0.5, 1.3, 4.0)


def built(name: str, channels: int = 5, **given: Any) -> nn.Module:
    """A clip whose threshold, where it has a start, is 1.3: within the values below."""
    cls = CLIPS[name]
    start = {"start": 1.3} if "start" in cls.model_fields else {}
    module: nn.Module = cls(**(start | given)).build(channels)
    return module


def away_from_kinks(shape: tuple[int, ...] = (6, 5)) -> torch.Tensor:
    """float64 values between -8 and 8, none within 0.05 of 0 or of a threshold that is used here."""
    values = torch.randn(shape, dtype=torch.float64, generator=torch.Generator().manual_seed(0)) * 3
    for kink in (0.0, 1.0, 1.3, 6.0):
        near = (values.abs() - kink).abs() < 0.05
        values = torch.where(near, values + 0.15, values)
    return values


class ActivationContract:
    @each
    def test_it_equals_its_slow_twin(self, name: str) -> None:
        clip = built(name).double()
        values = away_from_kinks()
        slow = twin("activations", name)
        expected = [slow(clip, float(value)) for value in values.flatten()]
        torch.testing.assert_close(clip(values).flatten().tolist(), expected, rtol=1e-7, atol=1e-9)

    @each
    @pytest.mark.parametrize("device", DEVICES)
    @pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.bfloat16])
    def test_it_keeps_shape_dtype_device_and_nan(self, name: str, dtype: torch.dtype, device: str) -> None:
        clip = built(name).to(device, dtype)
        values = torch.randn(3, 4, 5, dtype=dtype, device=device)
        values[0, 0, 0] = torch.nan
        said = clip(values)
        assert said.shape == values.shape and said.dtype == dtype and said.device == values.device
        assert said[0, 0, 0].isnan() and said.isnan().sum() == 1

    @each
    def test_it_is_odd_monotone_and_bounded(self, name: str) -> None:
        clip = built(name, 1)
        values = torch.linspace(-50, 50, 1001).unsqueeze(1)
        said = clip(values).detach()
        torch.testing.assert_close(said, -clip(-values).detach())
        assert (said.diff(dim=0) >= 0).all()
        if hasattr(clip, "theta"):
            assert said.abs().max() <= clip.theta * (1 + 1e-6)

    @pytest.mark.parametrize("name", [name for name in NAMES if CLIPS[name].widest is not None])
    def test_the_widest_changes_nothing(self, name: str) -> None:
        values = torch.randn(100, 1)
        torch.testing.assert_close(CLIPS[name](**CLIPS[name].widest).build(1)(values), values)

    @pytest.mark.parametrize("name", [name for name in NAMES if CLIPS[name].idempotent])
    def test_twice_is_once(self, name: str) -> None:
        clip, values = built(name), torch.randn(50, 5) * 5
        once = clip(values)
        torch.testing.assert_close(clip(once), once)

    @each
    def test_gradients_agree_with_finite_differences(self, name: str) -> None:
        clip = built(name).double()
        names = [at for at, _ in clip.named_parameters()]

        def called(values: torch.Tensor, *parameters: torch.Tensor) -> torch.Tensor:
            said: torch.Tensor = functional_call(clip, dict(zip(names, parameters, strict=True)), (values,))
            return said

        assert torch.autograd.gradcheck(called, (away_from_kinks().requires_grad_(), *clip.parameters()))

    @each
    def test_replicas_at_once_equal_each_alone(self, name: str) -> None:
        """Also with different numbers: their starts differ where there is one."""
        has_start = "start" in CLIPS[name].model_fields
        clips = [built(name, **({"start": start} if has_start else {})) for start in STARTS]
        values = torch.randn(3, 7, 5) * 3
        parameters, buffers = stack_module_state(clips)
        base = clips[0].to("meta") if list(clips[0].parameters()) else clips[0]
        alone = torch.stack([clip(rows) for clip, rows in zip(clips[1:], values[1:], strict=True)])

        def one(parameters: Any, buffers: Any, rows: torch.Tensor) -> Any:
            return functional_call(base, (parameters, buffers), (rows,))

        together = vmap(one)(parameters, buffers, values)
        torch.testing.assert_close(together[1:], alone)

    def test_all_leave_through_export_and_onnx(self) -> None:
        values = torch.randn(20, 5) * 3
        clips = [built(name).eval() for name in NAMES]
        for clip in clips:
            torch.testing.assert_close(torch.export.export(clip, (values,)).module()(values), clip(values))
        agrees_with_onnx(clips, values)
