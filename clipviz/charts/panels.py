"""Which panels a live chart has, from what its runs measure; data only, no Streamlit and no plotly."""

from collections.abc import Sequence
from itertools import chain
from typing import Any

from clipviz.charts import layer_panels
from clipviz.charts.cost_panels import memory, noise, step_time
from clipviz.charts.measured import Has, Names
from clipviz.charts.panel import OF_THE_RUN, Kind, Panel, Series
from clipviz.core.run import Stream


def train_panels(names: Names, layers: Sequence[str] | None = None) -> list[Panel]:
    """The panels of one run, those for which it measures something; the usual ones before it has begun.

    layers: those whose threshold has a panel of its own; all by default.
    """
    has = Has(names or _USUAL)
    drawn = [
        _loss(has),
        _gradient_norm(has),
        _error(has),
        _clipped_share(has),
        _direction(has),
        *layer_panels.thresholds(has, layers),
        layer_panels.of_each(
            has, "step", "saturated", "Saturated share", "share of activations", _SATURATED_HELP
        ),
        layer_panels.of_each(
            has,
            "evaluation",
            "informed",
            "Informing share",
            "share of activations",
            _INFORMED_HELP,
        ),
        layer_panels.of_each(has, "evaluation", "dead", "Dead share", "share of units", _DEAD_HELP),
        layer_panels.of_each(
            has, "step", "norm", "Gradient norm by layer", "L2 norm", _LAYER_HELP, kind="line"
        ),
        _rates(has),
        layer_panels.of_each(
            has,
            "evaluation",
            "update_ratio",
            "Update size by layer",
            "update / weights",
            _RATIO_HELP,
            kind="line",
        ),
        layer_panels.of_each(has, "evaluation", "sparsity", "Sparsity", "share of zeros", _SPARSITY_HELP),
        noise(has),
        step_time(has),
        memory(has),
    ]
    return [panel for panel in drawn if panel.series]


def compare_panels(runs: Sequence[Names]) -> list[Panel]:
    """The panels of several runs drawn over each other: one colour a run, one dash a quantity."""
    both: dict[Stream, tuple[str, ...]] = {
        stream: tuple(dict.fromkeys(name for names in runs for name in names.get(stream, ())))
        for stream in ("step", "evaluation")
    }
    has = Has(both if any(both.values()) else _USUAL)

    def own(stream: Stream, name: str, label: str, **more: Any) -> tuple[Series, ...]:
        return has.series(stream, name, label, OF_THE_RUN, **more)

    metrics = [name for name in has.of("evaluation") if name.startswith("validation/")]
    drawn = [
        Panel("Validation loss", "loss", own("evaluation", "validation_loss", "validation"), True, _VALIDATION_HELP),
        Panel("Training loss", "loss", own("evaluation", "train_loss", "train"), True, _TRAIN_HELP),
        *(
            Panel(f"Validation {_metric(name)}", _unit(name), own("evaluation", name, _metric(name)), help=_RAW_HELP)
            for name in metrics
        ),
        Panel("Gradient norm", "L2 norm", own("step", "gradient_norm", "norm", width=1.2), True, _NORM_HELP),
        Panel("Share of steps clipped", _SHARE_AXIS, own("step", "clipped_share", "clipped", kind="share"),
              help=_CLIPPED_HELP),
        Panel("Direction kept by the clip", "cosine", own("step", "cosine", "cosine", width=1.2), help=_COSINE_HELP),
        Panel("Update size", "update / weights", own("evaluation", "update_ratio", "ratio"), True, _RATIO_HELP),
    ]  # fmt: skip
    return [panel for panel in drawn if panel.series]


_SHARE_AXIS = "share of steps"
_VALIDATION_HELP = "At each evaluation, on rows that are not trained on."
_TRAIN_HELP = "At each evaluation, on the training rows."
_RAW_HELP = "At each evaluation, on raw, unclamped targets."
_NORM_HELP = "Before clipping, every step; a spike stays visible however long the run."
_CLIPPED_HELP = "Share of the last 100 steps whose gradient was clipped."
_COSINE_HELP = (
    "Cosine of the angle between the gradient before and after the clip; 1 where its direction is kept."
)
_RATIO_HELP = "Size of one update relative to the weights; around 0.001 is usual."
_SATURATED_HELP = "Share of activations held at the threshold."
_INFORMED_HELP = "Share of activations that send the layer's threshold a gradient; at 0 it does not move."
_DEAD_HELP = "Share of units that are zero on every validation row looked at."
_SPARSITY_HELP = "Share of the values flowing into each place's clips that are exactly 0, on validation rows."
_LAYER_HELP = "Before clipping, every step."

_USUAL: Names = {
    "step": ("loss", "gradient_norm", "gradient_norm_clipped", "gradient_limit", "fired", "learning_rate"),
    "evaluation": ("train_loss", "validation_loss", "update_ratio"),
}


def _loss(has: Has) -> Panel:
    return Panel(
        "Loss",
        "loss",
        (
            *has.series("step", "loss", "each batch", "each step", width=1.0),
            *has.series("evaluation", "train_loss", "train", "train", width=2.2),
            *has.series("evaluation", "validation_loss", "validation", "validation", dash="dash", width=2.2),
            *has.series(
                "evaluation", "constant_loss", "constant (training rows)", "muted", dash="dot", width=1.4
            ),
            *has.series("evaluation", "validation_loss", "best", "best", kind="best"),
            Series("step", "rule", "stopping rule", "best", kind="events"),
        ),
        log=True,
        help="Unsmoothed. Dotted: what the best constant prediction loses on the training rows (clamped "
        "targets, where they are). The star marks the lowest validation loss: "
        "those weights are kept. A triangle marks where a stopping rule ended it.",
    )


def _error(has: Has) -> Panel:
    """How wrong in units of the target, or how often right: whichever the task measures."""
    errors = [name for name in has.of("evaluation") if name in ("validation/mae", "validation/rmse")]
    kind: Kind = "line" if errors else "share"
    drawn = chain.from_iterable(
        has.series(
            "evaluation", name, _metric(name), str(at + 1), dash=layer_panels.DASHES[at], kind=kind, width=2.2
        )
        for at, name in enumerate(errors or [name for name in has.of("evaluation") if name in _SHARES])
    )
    title, axis = ("Validation error", "units of the target") if errors else ("Validation score", "share")
    return Panel(
        title, axis, tuple(drawn), help=_RAW_HELP if errors else "At each evaluation; higher is better."
    )


def _gradient_norm(has: Has) -> Panel:
    return Panel(
        "Gradient norm",
        "L2 norm",
        (
            *has.series("step", "gradient_norm_clipped", "after clipping", "after", width=1.2),
            *has.series("step", "gradient_norm", "before clipping", "before", width=1.3),
            *has.series("step", "gradient_limit", "limit", "limit", dash="dash", width=2.0),
            *has.series("step", "skipped", "skipped", "skipped", kind="marks"),
            Series("step", "spike", "spike", "spike", kind="events"),
        ),
        log=True,
        help="Every step. The limit is the length from which on a gradient of that direction is cut; an adaptive clip "
        "moves it. Triangles mark spikes, crosses mark skipped steps.",
    )


def _clipped_share(has: Has) -> Panel:
    share = has.series("step", "clipped_share", "clipped", "clipped", kind="share", width=2.0)
    return Panel("Share of steps clipped", _SHARE_AXIS, share, help=_CLIPPED_HELP)


def _direction(has: Has) -> Panel:
    cosine = has.series("step", "cosine", "cosine", "after", width=1.2)
    return Panel("Direction kept by the clip", "cosine", cosine, help=_COSINE_HELP)


def _rates(has: Has) -> Panel:
    return Panel(
        "Learning rate and update size",
        "rate, update / weights",
        (
            *has.series("step", "learning_rate", "learning rate", "1", width=2.0),
            *has.series("evaluation", "update_ratio", "update / weights", "3", dash="dash", width=2.0),
        ),
        log=True,
        help=_RATIO_HELP,
    )


_SHARES = ("validation/accuracy", "validation/macro_f1", "validation/macro_recall")
_METRICS = {
    "mae": "MAE",
    "rmse": "RMSE",
    "r2": "R²",
    "macro_f1": "macro F1",
    "macro_recall": "macro recall",
    "log_loss": "log loss",
}


def _metric(name: str) -> str:
    short = name.removeprefix("validation/")
    return _METRICS.get(short, short)


def _unit(name: str) -> str:
    return "units of the target" if name in ("validation/mae", "validation/rmse") else _metric(name)
