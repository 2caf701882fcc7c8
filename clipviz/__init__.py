"""clipviz: does clipping help on my data, which policy, by how much, and am I fooling myself?

In a notebook: `clipviz.train("houses.csv", target="price", seed=1)`. The verbs are those of the command
line; `runs`, `policies` and `catalogue` are called `list_runs`, `list_policies` and `list_catalogue` here, where those
names are packages.
`clipviz.add_clips(network, "learned_tanh", example=batch)` gives any network of torch.nn clips at its activations.
`clipviz.load("model.safetensors").predict({"area": [54, None], ...})` uses a model that was taken away.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from clipviz.facade import catalogue as list_catalogue
    from clipviz.facade import policies as list_policies
    from clipviz.facade import profile, show, sweep, train
    from clipviz.facade import runs as list_runs
    from clipviz.models._insert import add_clips
    from clipviz.recommending import recommend
    from clipviz.training.predictor import load

__all__ = [
    "add_clips",
    "list_catalogue",
    "list_policies",
    "list_runs",
    "load",
    "profile",
    "recommend",
    "show",
    "sweep",
    "train",
]


def __getattr__(name: str) -> Any:
    """The verbs are loaded when they are first used, so that importing a part of clipviz stays cheap."""
    if name not in __all__:
        raise AttributeError(f"module 'clipviz' has no attribute {name!r}")
    if name == "add_clips":
        from clipviz.models._insert import add_clips

        return add_clips
    if name == "load":
        from clipviz.training.predictor import load

        return load
    if name == "recommend":
        from clipviz.recommending import recommend

        return recommend
    from clipviz import facade

    return getattr(facade, name.removeprefix("list_"))


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
