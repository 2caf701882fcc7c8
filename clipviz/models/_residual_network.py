"""The network that residual recipes build; its weights have the names of torchvision's ResNets."""

from torch import Tensor, nn
from torch.nn import functional

from clipviz.models import _norms
from clipviz.models._images import planes
from clipviz.models._residual_places import places
from clipviz.models.base import Clips, Nonlinearity, Norm, Signal


class Block(nn.Module):
    """Two convolutions 3x3 beside a shortcut; where the shape changes, the shortcut is a convolution 1x1."""

    def __init__(
        self, before: int, after: int, stride: int, norm: Norm, inside: nn.Module, end: nn.Module
    ) -> None:
        super().__init__()
        plain = norm == "none"
        self.conv1 = nn.Conv2d(before, after, 3, stride, padding=1, bias=plain)
        self.bn1 = _norms.planes(norm, after) or nn.Identity()
        self.inside = inside
        self.conv2 = nn.Conv2d(after, after, 3, padding=1, bias=plain)
        self.bn2 = _norms.planes(norm, after) or nn.Identity()
        self.end = end
        self.downsample = (
            nn.Sequential(
                nn.Conv2d(before, after, 1, stride, bias=plain), _norms.planes(norm, after) or nn.Identity()
            )
            if stride > 1 or before != after
            else None
        )

    def forward(self, values: Tensor, taps: list[Tensor] | None = None) -> Tensor:
        inner = self.inside(self.bn1(self.conv1(values)), taps)
        short = values if self.downsample is None else self.downsample(values)
        return self.end(self.bn2(self.conv2(inner)) + short, taps)  # type: ignore[no-any-return]


class ResidualNetwork(nn.Module):
    """A Body (see models.base): images as rows (N, H·W·C) float32 to (N, outputs) float32.

    widths, blocks: feature maps and blocks of each stage. large: the stem for large photographs, a convolution
    7x7 and a pooling that leave a sixteenth of the pixels; else one 3x3 that keeps them. frozen: all but the last
    layer and the clips stay as they are, running statistics too. size: pixels that images are brought to, 0 for none.
    """

    def __init__(
        self,
        signal: Signal,
        outputs: int,
        clips: Clips,
        *,
        widths: list[int],
        blocks: list[int],
        nonlinearity: Nonlinearity,
        norm: Norm,
        large: bool,
        frozen: bool = False,
        size: int = 0,
    ) -> None:
        super().__init__()
        assert signal.image is not None
        self._signal, self._size = signal, size
        colours, plain = signal.image[2], norm == "none"
        names = iter(places(blocks)[1:-1])

        def place(channels: int) -> tuple[str, nn.Module]:
            name = next(names)
            return name, clips.hidden(name, channels, nonlinearity, axis=1)

        kernel, stride, padding = (7, 2, 3) if large else (3, 1, 1)
        self.conv1 = nn.Conv2d(colours, widths[0], kernel, stride, padding, bias=plain)
        self.bn1 = _norms.planes(norm, widths[0]) or nn.Identity()
        stem, self.stem = place(widths[0])
        self.maxpool = nn.MaxPool2d(3, 2, padding=1) if large else nn.Identity()
        found = {stem: self.stem}
        parts: dict[str, tuple[nn.Module, ...]] = {"stem": (self.conv1, self.bn1, self.stem)}
        before = widths[0]
        self._stages: list[Block] = []
        for stage, (width, count) in enumerate(zip(widths, blocks, strict=True), 1):
            row = nn.ModuleList()
            for number in range(count):
                (inside, first), (end, second) = place(width), place(width)
                block = Block(before, width, 2 if stage > 1 and number == 0 else 1, norm, first, second)
                row.append(block)
                found |= {inside: first, end: second}
                parts[end] = (block,)
                before = width
                self._stages.append(block)
            self.add_module(f"layer{stage}", row)
        self.fc = nn.Linear(before, outputs)
        self.first, self.last = clips.edge("input", colours, axis=1), clips.edge("output", outputs)
        edges = {"input": self.first, **found, "output": self.last}
        self.clips = {name: module for name, module in edges.items() if module is not None}
        parts = {"input": _norms.some(self.first), **parts, "output": _norms.some(self.fc, self.last)}
        self.parts = {name: modules for name, modules in parts.items() if modules}
        self._still = [m for m in self.modules() if frozen and isinstance(m, nn.Conv2d | nn.BatchNorm2d)]
        for module in self._still:
            module.requires_grad_(False)

    def train(self, mode: bool = True) -> "ResidualNetwork":
        super().train(mode)
        for module in self._still:
            module.eval()
        return self

    def forward(self, inputs: Tensor, taps: list[Tensor] | None = None) -> Tensor:
        values = planes(inputs, self._signal)
        if self._size:
            size = (self._size, self._size)
            values = functional.interpolate(values, size, mode="bilinear", align_corners=False)
        if self.first is not None:
            values = self.first(values, taps)
        values = self.maxpool(self.stem(self.bn1(self.conv1(values)), taps))
        for block in self._stages:
            values = block(values, taps)
        said = self.fc(values.mean(dim=(2, 3)))
        return said if self.last is None else self.last(said, taps)  # type: ignore[no-any-return]
