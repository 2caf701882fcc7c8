"""What every policy is: a frozen record whose fields describe themselves."""

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from clipviz.core.recipe import Part

Trait = Literal["control", "fixed", "moving", "stability", "sparsity", "export"]


class Policy(Part):
    """One way to clip. Its fields carry title, help, unit, bounds and the values worth sweeping; from them come
    the form, the validation error, the guide's table and the sweep grid.

    The docstring is the guide's text: first one sentence that says the effect, then what one must know. What
    has a form of its own is not repeated there:

    title: its name in pickers. formula: what it computes, LaTeX without dollar signs. gradient: the derivative
    that flows back through it, or, for a gradient clip, what becomes of the direction; LaTeX, words in \\text.
    use: one or two sentences, when to take it and when not. reference: author, title, arXiv id or venue, year.
    widest: values of fields at which it changes nothing; None where it always acts.
    idempotent: whether acting twice with the same bounds equals acting once.
    teaching: whether it is a specimen that shows a known mistake: in the lab and the guide, never offered for
    training unasked, in no sweep.
    traits: what it is good for, from which the Guide's chooser answers. control: somebody says the bound in the
    data's own units; fixed: its bound stays where it is put or fitted; moving: its bound is learned, or follows
    the run; stability: it holds where single values or steps explode; sparsity: it makes exact zeros; export: it
    leaves with the model as operators that every runtime knows, or leaves no trace in it.
    """

    title: ClassVar[str]
    formula: ClassVar[str]
    gradient: ClassVar[str]
    use: ClassVar[str]
    reference: ClassVar[str]
    widest: ClassVar[Mapping[str, Any] | None] = None
    idempotent: ClassVar[bool] = True
    teaching: ClassVar[bool] = False
    traits: ClassVar[frozenset[Trait]] = frozenset()


def extra(unit: str, *sweep: Any, advanced: bool = False) -> dict[str, Any]:
    """The part of a field that pydantic has no word for: its unit ("" for none), the values worth sweeping,
    and whether forms fold it away because its default is rarely wrong."""
    return {"unit": unit, "sweep": list(sweep), "advanced": advanced}
