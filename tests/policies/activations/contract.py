"""How every activation policy behaves; run by tests/policies/test_contract.py."""

from copy import deepcopy
from typing import Any, get_args

import numpy as np
import pytest
import torch
from torch.func import functional_call, stack_module_state, vmap

from clipviz.core.discovery import discover
from clipviz.policies.activations.base import Learned, Symmetric
from clipviz.policies.curve import curve
from tests.policies.onnx import agrees_with_onnx
from tests.policies.twins import twin
from tests.policies.varied import varied

CLIPS = discover("clipviz.policies.activations")
NAMES = list(CLIPS)
USEFUL = [name for name in NAMES if not CLIPS[name].teaching]
TRUE_SLOPES = [name for name in NAMES if not CLIPS[name].surrogate]
DEVICES = ["cpu", *(["cuda"] if torch.cuda.is_available() else [])]
each = pytest.mark.parametrize("name", NAMES)


def policy(name: str, **given: Any) -> Any:
    """A policy whose start, where it has one, is 1.3, or the nearest it takes: within the values below."""
    cls = CLIPS[name]
    if "start" not in cls.model_fields:
        return cls(**given)
    limits = [rule.le for rule in cls.model_fields["start"].metadata if hasattr(rule, "le")]
    return cls(**({"start": min(1.3, *limits)} | given))


def built(name: str, channels: int = 5, **given: Any) -> Any:
    return policy(name, **given).build(channels)


def settings(name: str) -> list[dict[str, Any]]:
    """As above, and with every value worth trying of every field."""
    usual = policy(name)
    return varied(CLIPS[name], **({"start": usual.start} if "start" in CLIPS[name].model_fields else {}))


def programs(name: str) -> list[dict[str, Any]]:
    """Those of them that change more than the value of a number: signs, edges, bits, and whether there are any."""
    plain, *more = settings(name)
    fields = CLIPS[name].model_fields.items()
    floats = {field for field, info in fields if info.annotation in (float, float | None)}
    return [plain, *(given for given in more if {*given} - {*plain} - floats)]


def others(name: str) -> list[dict[str, Any]]:
    """Three settings that differ in every number that has values worth trying."""
    numbers = {
        field: [value for value in info.json_schema_extra["sweep"] if value is not None]
        for field, info in CLIPS[name].model_fields.items()
        if {int, float} & {info.annotation, *get_args(info.annotation)}
    }
    return [
        {field: values[at % len(values)] for field, values in numbers.items() if values} for at in range(3)
    ]


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
        """With every value worth trying of every field. Each value a vector of its own, so that it also holds for what
        looks at whole vectors."""
        values = away_from_kinks().reshape(-1, 1)
        slow = twin("activations", name)
        for given in settings(name):
            clip = CLIPS[name](**given).build(1).double()
            expected = [slow(clip, float(value)) for value in values.flatten()]
            torch.testing.assert_close(clip(values).flatten().tolist(), expected, rtol=1e-7, atol=1e-9)

    @pytest.mark.parametrize("name", USEFUL)
    @pytest.mark.parametrize("device", DEVICES)
    @pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.bfloat16])
    def test_it_keeps_shape_dtype_device_and_nan(self, name: str, dtype: torch.dtype, device: str) -> None:
        """Also beside thresholds that stay in float32, as in mixed precision."""
        values = torch.randn(3, 4, 5, dtype=dtype, device=device)
        values[0, 0, 0] = torch.nan
        for clip in (built(name).to(device, dtype), built(name).to(device)):
            said = clip(values)
            assert said.shape == values.shape and said.dtype == dtype and said.device == values.device
            assert said[0, 0, 0].isnan() and said.isnan().sum() == 1

    @pytest.mark.parametrize("name", [name for name in NAMES if issubclass(CLIPS[name], Symmetric)])
    def test_a_symmetric_one_is_odd_and_bounded(self, name: str) -> None:
        clip = built(name, 1)
        values = torch.linspace(-50, 50, 1001).unsqueeze(1)
        said = clip(values).detach()
        torch.testing.assert_close(said, -clip(-values).detach())
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

    @pytest.mark.parametrize("name", TRUE_SLOPES)
    def test_gradients_agree_with_finite_differences(self, name: str) -> None:
        clip = built(name).double()
        names = [at for at, _ in clip.named_parameters()]

        def called(values: torch.Tensor, *parameters: torch.Tensor) -> torch.Tensor:
            said: torch.Tensor = functional_call(clip, dict(zip(names, parameters, strict=True)), (values,))
            return said

        assert torch.autograd.gradcheck(called, (away_from_kinks().requires_grad_(), *clip.parameters()))

    @pytest.mark.parametrize("name", TRUE_SLOPES)
    def test_curves_agree_with_finite_differences_and_corners_with_what_is_stated(self, name: str) -> None:
        chosen, step = policy(name), 1e-6
        points = away_from_kinks().flatten().numpy()
        here, below, above = (curve(chosen, points + move) for move in (0, -step, step))
        np.testing.assert_allclose((above.y - below.y) / (2 * step), here.slope, atol=1e-6)
        for theta, sent in here.by_threshold.items():
            at = here.thresholds[theta]
            low, high = (curve(chosen, points, **{theta: at + move}) for move in (-step, step))
            np.testing.assert_allclose((high.y - low.y) / (2 * step), 0 if sent is None else sent, atol=1e-6)
        corners = chosen.kinks(**here.thresholds)
        stated = curve(chosen, np.array(list(corners), dtype=float))
        np.testing.assert_allclose(stated.slope, list(corners.values()), atol=1e-9)

    @each
    def test_replicas_at_once_equal_each_alone(self, name: str) -> None:
        """Also with different numbers: every number that has values worth trying differs.

        In float64: a gradient that is 0 but for rounding is compared as well.
        """
        clips = [CLIPS[name](**given).build(5).double() for given in others(name)]
        values = torch.randn(3, 7, 5, dtype=torch.float64) * 3
        alone = torch.stack([clip(rows) for clip, rows in zip(clips, values, strict=True)])
        parameters, buffers = stack_module_state(clips) if clips[0].state_dict() else ({}, {})
        base = deepcopy(clips[0]).to("meta")

        def one(parameters: Any, buffers: Any, rows: torch.Tensor) -> Any:
            return functional_call(base, (parameters, buffers), (rows,))

        together = vmap(one)(parameters, buffers, values)
        torch.testing.assert_close(together, alone)
        assert together.requires_grad == alone.requires_grad
        if parameters and together.requires_grad:
            sent = torch.autograd.grad(
                together.square().sum(), list(parameters.values()), materialize_grads=True
            )
            for at, clip in enumerate(clips):
                own = list(clip.parameters())
                expected = torch.autograd.grad(alone[at].square().sum(), own, materialize_grads=True)
                torch.testing.assert_close([each[at] for each in sent], list(expected))

    @pytest.mark.parametrize("shape", [(1,), (3, 1, 1)])
    @pytest.mark.parametrize("name", [name for name in NAMES if CLIPS[name].explicit])
    def test_passes_that_are_written_out_are_those_of_autograd(
        self, name: str, shape: tuple[int, ...]
    ) -> None:
        own = policy(name)
        knobs = {knob: torch.full(shape, number.start).double() for knob, number in own.knobs().items()}
        assert own.arrange(dict(knobs)) == knobs
        values = away_from_kinks((3, 6, 5)[3 - max(2, len(shape)) :]).requires_grad_()
        above = torch.randn(values.shape, dtype=torch.float64)
        numbers = {knob: number.requires_grad_(own.knobs()[knob].learned) for knob, number in knobs.items()}
        asked = [values, *(number for number in numbers.values() if number.requires_grad)]
        expected = own.apply(values, **numbers)
        slopes = torch.autograd.grad(expected, asked, above)
        with torch.no_grad():
            held, slope = values.detach().clone(), above.clone()
            said, kept = torch.empty_like(held), torch.empty_like(held)
            own.ahead(held, said, kept, **numbers)
            torch.testing.assert_close(said, expected)
            found = [slope, own.back(slope, held, said, kept, **numbers)]
            torch.testing.assert_close(held, values.detach())
        assert (found[1] is None) is (len(slopes) == 1)
        for mine, his in zip(found, slopes, strict=False):
            torch.testing.assert_close(mine, his)

    @pytest.mark.parametrize("name", [name for name in NAMES if issubclass(CLIPS[name], Learned)])
    def test_a_channel_may_have_its_own_threshold(self, name: str) -> None:
        """Images (N, C, H, W) through one clip are their channels through clips of their own."""
        clip = policy(name, per="channel").build(3, axis=1)
        raws = dict(clip.named_parameters())
        images = torch.randn(2, 3, 4, 4) * 3
        with torch.no_grad():
            for raw in raws.values():
                raw.add_(torch.tensor([-0.5, 0.0, 0.5]))
        for at in range(3):
            one = built(name, 1)
            with torch.no_grad():
                for raw, parameter in one.named_parameters():
                    parameter.copy_(raws[raw][at : at + 1])
            torch.testing.assert_close(clip(images)[:, at], one(images[:, at]))

    @pytest.mark.parametrize("name", [name for name in USEFUL if CLIPS[name].thresholds])
    def test_it_says_what_its_thresholds_hold_and_learn_from(self, name: str) -> None:
        clip, values = built(name), torch.randn(40, 5) * 3
        assert all(bound.shape == (1,) for bound in clip.readable().values())
        assert 0 < clip.saturation(values * 30).item() <= 1
        assert clip.saturation(values * 0).item() == 0
        sent = curve(policy(name), values.double().numpy().ravel()).by_threshold.values()
        moved = np.any([np.zeros(200) if one is None else one != 0 for one in sent], axis=0)
        if name != "vector_norm":  # there each value of the curve is a vector of its own
            assert clip.double().informing(values.double()).item() == pytest.approx(moved.mean(), abs=0.02)

    def test_all_leave_through_export_and_onnx(self) -> None:
        """For batches of any size, and of any values."""
        values = torch.randn(20, 5) * 3
        wild = (
            torch.tensor([torch.nan, torch.inf, -torch.inf, 3e38, -3e38, 1e-40, 0.0])
            .unsqueeze(1)
            .expand(7, 5)
        )
        clips = [CLIPS[name](**given).build(5).eval() for name in NAMES for given in programs(name)]
        for clip in clips:
            left = torch.export.export(
                clip, (values,), dynamic_shapes=({0: torch.export.Dim.DYNAMIC},)
            ).module()
            for rows in (values, wild):
                torch.testing.assert_close(left(rows), clip(rows), equal_nan=True, rtol=0, atol=0)
        agrees_with_onnx(clips, values)
