"""Panels of what a step is worth and what it costs: noise of the gradient, time, memory."""

from clipviz.charts.measured import Has
from clipviz.charts.panel import Panel

NOISE_HELP = (
    "The batch size at which noise and signal of the gradient are equal; a larger batch pays less (McCandlish 2018). "
    "Not measured where many networks train in one program."
)
STEP_HELP = "Milliseconds a step since the evaluation before, evaluations left out."


def noise(has: Has) -> Panel:
    scale = has.series("sampled", "noise_scale", "noise scale", "1", width=2.0)
    return Panel("Gradient noise scale", "rows", scale, log=True, help=NOISE_HELP)


def step_time(has: Has) -> Panel:
    return Panel(
        "Step time", "ms", has.series("sampled", "step_ms", "step time", "1", width=2.0), help=STEP_HELP
    )


def memory(has: Has) -> Panel:
    held = (
        *has.series("sampled", "host_mb", "process", "1", width=2.0),
        *has.series("sampled", "device_mb", "GPU tensors", "2", dash="dash", width=2.0),
    )
    return Panel("Memory", "MB", held, help="Held by the training process, and by tensors on the GPU.")
