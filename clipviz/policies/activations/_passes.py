"""Forward and backward passes written out: few kernels into memory that is there already, no autograd.

Values (B, ...) with theta (1,), or (K, B, ...) of K networks with theta (K, 1, ...). What a backward pass is given as
`said` and `kept` it may overwrite; `slope` it turns in place.
"""

import torch
from torch import Tensor
from torch._C import _nn

FLAT = 20.0
"""tanh(10) is 1 in float32 and in float64 but for 4e-9, and expm1(20) is far from infinite in both."""


def relu(values: Tensor, said: Tensor) -> None:
    torch.clamp_min(values, 0, out=said)


def relu_back(slope: Tensor, said: Tensor) -> None:
    torch.ops.aten.threshold_backward.grad_input(slope, said, 0, grad_input=slope)


def clamp(values: Tensor, theta: Tensor, said: Tensor) -> None:
    torch.minimum(values, theta, out=said)
    torch.maximum(said, -theta, out=said)


def clamp_back(slope: Tensor, values: Tensor, said: Tensor, inside: Tensor) -> None:
    slope.mul_(torch.eq(values, said, out=inside))


def clamp_back_to_theta(slope: Tensor, values: Tensor, said: Tensor, inside: Tensor, theta: Tensor) -> Tensor:
    """∂loss/∂theta: the slopes of what was cut, with the sign of the bound that cut it."""
    torch.eq(values, said, out=inside)
    said.sign_().mul_(slope).addcmul_(said, inside, value=-1)
    slope.mul_(inside)
    return said.sum_to_size(theta.shape)


def relu6(values: Tensor, theta: Tensor, said: Tensor) -> None:
    torch.clamp_min(values, 0, out=said)
    torch.minimum(said, theta, out=said)


def relu6_back(slope: Tensor, said: Tensor, inside: Tensor, theta: Tensor) -> None:
    slope.mul_(torch.lt(said, theta, out=inside))
    relu_back(slope, said)


def soft_clip(
    values: Tensor, theta: Tensor, sharpness: Tensor, said: Tensor, near: Tensor, far: float
) -> None:
    """said = near + [sp(−β(near + theta)) − sp(β(near − theta))] / β; near: values held `far` / β around the bounds."""
    reach = theta + far / sharpness
    torch.clamp(values, -reach, reach, out=near)
    torch.add(near, theta, out=said).mul_(-sharpness)
    _nn.softplus(said, 1, 2 * far, out=said)  # type: ignore[call-arg]
    above = torch.sub(near, theta).mul_(sharpness)
    said.sub_(_nn.softplus(above, 1, 2 * far, out=above)).div_(sharpness).add_(near)  # type: ignore[call-arg]


def soft_clip_back(slope: Tensor, said: Tensor, near: Tensor, theta: Tensor, sharpness: Tensor) -> Tensor:
    """∂loss/∂theta = Σ slope · [σ(β(x + theta)) + σ(β(x − theta)) − 1]; ∂y/∂x is the difference of the two."""
    below = torch.add(near, theta, out=said).mul_(sharpness).sigmoid_()
    above = near.sub_(theta).mul_(sharpness).sigmoid_()
    informs = torch.add(below, above).sub_(1).mul_(slope).sum_to_size(theta.shape)
    slope.mul_(below.sub_(above))
    return informs


def tanh(twice: Tensor, out: Tensor, spare: Tensor) -> None:
    """tanh(u) of `twice` = 2u, in place of it in `out`, which may be it; to 2 units in the last place, near 0 too.

    On a CPU by expm1(2u) / (expm1(2u) + 2): a third of the time that its own tanh takes. spare: of the same shape.
    """
    if twice.is_cuda:
        torch.mul(twice, 0.5, out=out).tanh_()
        return
    torch.clamp_max(twice, FLAT, out=out).expm1_()
    out.div_(torch.add(out, 2, out=spare))


def bend(values: Tensor, theta: Tensor, said: Tensor, bent: Tensor) -> None:
    """said = theta · tanh(u), bent = tanh(u), u = values / theta."""
    torch.mul(values, 2 / theta, out=bent)
    tanh(bent, bent, said)
    torch.mul(bent, theta, out=said)


def bend_back(slope: Tensor, values: Tensor, said: Tensor, bent: Tensor, theta: Tensor) -> Tensor:
    """∂loss/∂theta = Σ slope · (tanh u − u sech² u)."""
    said.mul_(slope)
    torch.ops.aten.tanh_backward.grad_input(slope, bent, grad_input=slope)
    return said.addcmul_(slope, values, value=-1).sum_to_size(theta.shape).div_(theta)
