"""How every gradient clip behaves; run by tests/policies/test_contract.py.

A gradient clip never leaves with a model: in the place of export stands that no number goes to the host and that
its state stays where it is in memory, which a captured CUDA graph needs.
"""

from typing import Any

import pytest
import torch
from torch._subclasses.fake_tensor import FakeTensorMode

from clipviz.core.discovery import discover
from clipviz.policies.gradients.base import Clipper
from tests.policies.gradients.layout import SPECS, stream, weights
from tests.policies.twins import twin
from tests.policies.varied import varied

CLIPS = discover("clipviz.policies.gradients")
NAMES = list(CLIPS)
DEVICES = ["cpu", *(["cuda"] if torch.cuda.is_available() else [])]
each = pytest.mark.parametrize("name", NAMES)
STEPS = 150


def built(name: str, replicas: int = 3, **given: Any) -> Clipper:
    clipper: Clipper = CLIPS[name](**given).build(SPECS, weights(replicas))
    return clipper


def different(name: str) -> list[Any]:
    """Three policies that differ in every number that is worth sweeping."""
    cls = CLIPS[name]
    given: list[dict[str, Any]] = [{}, {}, {}]
    for field, info in cls.model_fields.items():
        sweep = [value for value in info.json_schema_extra["sweep"] if isinstance(value, float)]
        for place in range(3 if sweep else 0):
            given[place][field] = sweep[place % len(sweep)]
    return [cls(**numbers) for numbers in given]


def same(one: torch.Tensor, other: torch.Tensor) -> bool:
    """Equal to the bit, NaN where NaN."""
    return torch.equal(one.isnan(), other.isnan()) and torch.equal(one.nan_to_num(0.0), other.nan_to_num(0.0))


class GradientContract:
    @each
    def test_it_equals_its_slow_twin(self, name: str) -> None:
        slow, policy, steps = twin("gradients", name), CLIPS[name](), stream(STEPS, torch.float64)
        clipper, expected = policy.build(SPECS, weights(dtype=torch.float64)), []
        for replica, own in enumerate(weights(dtype=torch.float64).numpy()):
            expected.append(slow(policy, steps[:, replica].numpy(), own, SPECS))
        for at, gradient in enumerate(steps):
            said = clipper(gradient)
            for replica in range(3):
                wanted = expected[replica][at]
                assert bool(said.skipped[replica]) == (wanted is None), (at, replica)
                if wanted is not None:
                    torch.testing.assert_close(
                        gradient[replica], torch.from_numpy(wanted), rtol=1e-6, atol=1e-12
                    )

    @each
    def test_it_equals_its_slow_twin_with_other_settings(self, name: str) -> None:
        """Every value worth trying of every field, one at a time."""
        slow, steps, own = (
            twin("gradients", name),
            stream(40, torch.float64)[:, :1],
            weights(dtype=torch.float64)[:1],
        )
        for given in varied(CLIPS[name])[1:]:
            policy = CLIPS[name](**given)
            clipper = policy.build(SPECS, own)
            expected = slow(policy, steps[:, 0].numpy(), own[0].numpy(), SPECS)
            for gradient, wanted in zip(steps.clone(), expected, strict=True):
                assert clipper(gradient).skipped.item() == (wanted is None), given
                if wanted is not None:
                    torch.testing.assert_close(
                        gradient[0], torch.from_numpy(wanted), rtol=1e-6, atol=1e-12, msg=str(given)
                    )

    @each
    def test_it_says_what_it_did(self, name: str) -> None:
        clipper = built(name)
        for before in stream(STEPS):
            after = before.clone()
            said = clipper(after)
            wide, cut = before.double(), after.double()
            torch.testing.assert_close(said.before, wide.norm(dim=1))
            torch.testing.assert_close(said.after.double(), cut.norm(dim=1), rtol=1e-5, atol=0)
            torch.testing.assert_close(said.coefficient.double(), said.after / said.before)
            cosine = torch.cosine_similarity(wide, cut, dim=1)
            torch.testing.assert_close(said.cosine.double(), cosine, rtol=0, atol=1e-6)
            assert (said.after <= said.before * (1 + 1e-6)).all() and (said.cosine <= 1).all()
            assert said.fired.dtype == said.skipped.dtype == torch.bool
            assert said.fired.tolist() == [not torch.equal(a, b) for a, b in zip(before, after, strict=True)]
            cut_off = said.fired | said.skipped
            beyond = said.before > clipper.limit.double()
            near = (said.before / clipper.limit - 1).abs() < 1e-6
            assert (clipper.limit.isnan() | near | (cut_off == beyond)).all()
            assert clipper.limit.shape == (3,) and clipper.limit.dtype == torch.float32
            assert clipper.turns == CLIPS[name].turns
            if not clipper.turns:
                assert (said.cosine == 1).all()

    @each
    def test_replicas_at_once_equal_each_alone_also_with_different_numbers(self, name: str) -> None:
        policies = different(name)
        clipper = CLIPS[name].together(policies, SPECS, weights())
        singles = [policy.build(SPECS, weights()[place : place + 1]) for place, policy in enumerate(policies)]
        for gradient in stream(STEPS):
            rows = [gradient[place : place + 1].clone() for place in range(3)]
            said = clipper(gradient)
            for place, (single, row) in enumerate(zip(singles, rows, strict=True)):
                one = single(row)
                assert torch.equal(gradient[place : place + 1], row)
                for mine, his in zip(said, one, strict=True):
                    assert torch.equal(mine[place : place + 1], his)
                assert torch.equal(
                    clipper.limit[place : place + 1].nan_to_num(-1), single.limit.nan_to_num(-1)
                )

    @each
    @pytest.mark.parametrize("device", DEVICES)
    @pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.bfloat16])
    def test_it_keeps_dtype_shape_and_device(self, name: str, dtype: torch.dtype, device: str) -> None:
        clipper = CLIPS[name]().build(SPECS, weights(dtype=dtype).to(device))
        exact = CLIPS[name]().build(SPECS, weights(dtype=dtype).double())
        for gradient in stream(40, dtype):
            mine, wide = gradient.to(device), gradient.double()
            said, judged = clipper(mine), exact(wide)
            assert mine.dtype == dtype and mine.shape == gradient.shape
            assert all(number.shape == (3,) and number.device == mine.device for number in said)
            assert said.skipped.tolist() == judged.skipped.tolist()
            torch.testing.assert_close(mine.cpu().double(), wide, rtol=2e-2 if dtype == torch.bfloat16 else 1e-5,
                                       atol=0)  # fmt: skip

    @pytest.mark.parametrize("name", [name for name in NAMES if CLIPS[name].idempotent])
    def test_clipping_twice_is_clipping_once(self, name: str) -> None:
        gradient, clipper = stream(11)[10], built(name)
        clipper(gradient)
        once = gradient.clone()
        clipper(gradient)
        torch.testing.assert_close(gradient, once, rtol=3e-6, atol=0)

    @pytest.mark.parametrize("name", [name for name in NAMES if CLIPS[name].widest is not None])
    def test_the_widest_changes_nothing(self, name: str) -> None:
        clipper = built(name, **CLIPS[name].widest)
        for gradient in stream(STEPS):
            before = gradient.clone()
            said = clipper(gradient)
            assert torch.equal(gradient, before)
            assert not said.fired.any() and not said.skipped.any()

    @each
    @pytest.mark.parametrize("poison", [torch.nan, torch.inf, -torch.inf])
    @pytest.mark.parametrize("warm", [0, 9, STEPS])
    def test_what_is_not_finite_is_skipped_leaves_no_trace_and_stays_alone(
        self, name: str, poison: float, warm: int
    ) -> None:
        clipper, clean = built(name), built(name)
        for gradient in stream(warm):
            clipper(gradient.clone())
            clean(gradient)
        bad, good = stream(1, seed=1)[0], stream(1, seed=1)[0]
        before = {at: tensor.clone() for at, tensor in clipper.state().items()}
        bad[1, 7] = poison
        said, judged = clipper(bad), clean(good)
        assert said.skipped.tolist() == [bool(judged.skipped[0]), True, bool(judged.skipped[2])]
        assert torch.equal(bad[[0, 2]], good[[0, 2]])
        for at, tensor in clipper.state().items():
            if at != "skips":  # how many in a row: that one counts
                assert same(tensor[1], before[at][1]), at
            assert same(tensor[[0, 2]], clean.state()[at][[0, 2]])

    @each
    def test_huge_finite_gradients_are_not_erased(self, name: str) -> None:
        gradient = torch.full((3, 40), 2e19)
        said = built(name)(gradient)
        assert not said.skipped.any()
        assert said.before.tolist() == pytest.approx([2e19 * 40**0.5] * 3)
        assert (gradient > 0).all() and gradient.isfinite().all()
        assert said.cosine.isfinite().all() and said.coefficient.isfinite().all()

    @each
    def test_a_zero_gradient_stays_zero_and_does_no_harm(self, name: str) -> None:
        clipper = built(name)
        for gradient in (*torch.zeros(5, 3, 40), *stream(9), torch.zeros(3, 40)):
            zero = not gradient.any()
            said = clipper(gradient)
            assert gradient.isfinite().all() and not said.skipped.any()
            if zero:
                assert gradient.count_nonzero() == 0 and not said.fired.any()
                assert said.coefficient.tolist() == said.cosine.tolist() == [1, 1, 1]
            else:
                assert (gradient.abs().amax(dim=1) > 0).all()

    @each
    def test_its_state_is_all_there_is_to_remember(self, name: str) -> None:
        """Copied into a fresh clipper it goes on to the bit, wherever the first one stopped."""
        for stop in (0, 7, 60):
            first, second, steps = built(name), built(name), stream(stop + 40)
            for gradient in steps[:stop].clone():
                first(gradient)
            for at, tensor in first.state().items():
                second.state()[at].copy_(tensor)
            for gradient in steps[stop:]:
                other = gradient.clone()
                said, again = first(gradient), second(other)
                assert torch.equal(gradient, other)
                assert all(torch.equal(mine, his) for mine, his in zip(said, again, strict=True))
                assert same(first.limit, second.limit)

    @each
    def test_its_state_stays_in_its_place(self, name: str) -> None:
        clipper = built(name)
        held = {"limit": clipper.limit, **clipper.state()}
        where = {at: tensor.data_ptr() for at, tensor in held.items()}
        for gradient in stream(30):
            clipper(gradient)
        assert {
            at: tensor.data_ptr() for at, tensor in {"limit": clipper.limit, **clipper.state()}.items()
        } == where
        assert all(len(tensor) == 3 for tensor in clipper.state().values())

    @each
    def test_no_number_goes_to_the_host(self, name: str) -> None:
        """Fake tensors hold no numbers: whoever asks for one, or branches on one, raises."""
        with FakeTensorMode():
            clipper = CLIPS[name]().build(SPECS, torch.empty(3, 40))
            for _ in range(3):
                said = clipper(torch.empty(3, 40))
        assert said.before.shape == (3,)
