"""What every policy is: a frozen record whose fields describe themselves."""

from typing import Any, ClassVar

from clipviz.core.recipe import Part


class Policy(Part):
    """One way to clip. Its fields carry title, help, unit, bounds and the values worth sweeping.

    From them come the form, the validation error, the guide's table and the sweep grid; the class
    docstring is the guide's text.
    """

    title: ClassVar[str]


def extra(unit: str, *sweep: Any, advanced: bool = False) -> dict[str, Any]:
    """The part of a field that pydantic has no word for: its unit ("" for none), the values worth sweeping,
    and whether forms fold it away because its default is rarely wrong."""
    return {"unit": unit, "sweep": list(sweep), "advanced": advanced}
