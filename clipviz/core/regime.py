"""How a network is trained: how long, in which bites, and what ends it."""

from typing import Literal

from pydantic import Field

from clipviz.core.part import Part


class Training(Part):
    """How long, in which bites and in which arithmetic; and what is done to every gradient."""

    epochs: int = Field(300, ge=1, le=1_000_000, title="Epochs", description="Passes over the training rows.")
    batch_size: int = Field(64, ge=1, le=1_000_000, title="Batch size", description="Rows of one step.")
    accumulation: int = Field(
        1,
        ge=1,
        le=10_000,
        title="Accumulation",
        description="Pieces in which a batch goes through the network, to save memory; the gradient of the whole "
        "batch is clipped once, after the last piece.",
        json_schema_extra={"unit": "", "advanced": True},
    )
    precision: Literal["auto", "float32", "bfloat16", "float16"] = Field(
        "float32",
        title="Precision",
        description="Of the layers' arithmetic; weights, gradients, clips and evaluations stay float32. auto: bfloat16 "
        "on a GPU where layers are large enough for it to pay, else float32. With float16 the loss is scaled up and "
        "the gradient down again before the clip.",
        json_schema_extra={"unit": "", "advanced": True},
    )
    clip_scales: Literal["gradient", "step"] = Field(
        "gradient",
        title="The clip shortens",
        description="The gradient before the optimiser sees it, or the step that the optimiser makes of the raw "
        "gradient: a smaller learning rate for that step. The same under plain SGD; Adam hardly notices a short "
        "gradient, but does a short step.",
    )
    l1: float = Field(
        0.0,
        ge=0,
        le=10,
        title="L1",
        description="Multiple of the sum of all |weights| that is minimised with the loss: small weights become 0. "
        "Thresholds are left out.",
        json_schema_extra={"unit": "", "advanced": True},
    )
    gradient_noise: float = Field(
        0.0,
        ge=0,
        le=10,
        title="Gradient noise",
        description="Standard deviation of what is added to each weight's gradient, behind the clip, at the first "
        "step; it fades with the steps.",
        json_schema_extra={"unit": "", "advanced": True},
    )
    sharpness: float = Field(
        0.0,
        ge=0,
        le=10,
        title="Sharpness radius",
        description="Take the gradient from so far up the slope instead of from here, for flat minima; 0 for not. "
        "Twice the work. The clip acts on that second gradient.",
        json_schema_extra={"unit": "", "advanced": True},
    )
    deterministic: bool = Field(
        False,
        title="Deterministic",
        description="Only operations that give the same bits each time, on CUDA too; slower there.",
        json_schema_extra={"unit": "", "advanced": True},
    )
    graph: Literal["auto", "off"] = Field(
        "auto",
        title="CUDA graph",
        description="On a GPU a step is recorded once and then launched as one piece, with the same numbers; where it "
        "cannot be, the run says why. Off: every operation is launched by itself.",
        json_schema_extra={"unit": "", "advanced": True},
    )


class Stopping(Part):
    """What ends a run before its last epoch; the first rule that holds does. The best weights are kept in any case."""

    patience: int = Field(
        20,
        ge=0,
        le=1_000_000,
        title="Patience",
        description="Stop after this many evaluations without a better validation loss; 0 never stops early.",
    )
    most_steps: int | None = Field(
        None,
        ge=1,
        le=1_000_000_000,
        title="Most steps",
        description="Stop after so many; a schedule ends there too.",
        json_schema_extra={"unit": "", "advanced": True},
    )
    most_seconds: float | None = Field(
        None,
        gt=0,
        le=1e9,
        title="Most time",
        description="Stop when training took so long on the clock, all attempts together; of runs that are trained as "
        "one program, when that did. What was reached by then follows from the recipe alone; how far it got does not.",
        json_schema_extra={"unit": "seconds", "advanced": True},
    )
    absolute: float | None = Field(
        None,
        gt=0,
        le=1e9,
        title="Least change",
        description="Stop when the training loss changes by less from one evaluation to the next.",
        json_schema_extra={"unit": "units of the loss", "advanced": True},
    )
    relative: float | None = Field(
        None,
        gt=0,
        lt=1,
        title="Least relative change",
        description="Stop when the training loss changes by a smaller share from one evaluation to the next.",
        json_schema_extra={"unit": "share of the loss", "advanced": True},
    )
    gradient: float | None = Field(
        None,
        gt=0,
        le=1e9,
        title="Least gradient",
        description="Stop when the norm of the gradient before the clip, averaged since the last evaluation, is below.",
        json_schema_extra={"unit": "", "advanced": True},
    )
