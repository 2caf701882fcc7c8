"""One colour and one dash for each policy, the same in every chart and on every page."""

from dataclasses import dataclass

from clipviz.charts.palette import Palette
from clipviz.core.discovery import discover

DASHES = ("solid", "dash", "dot", "dashdot", "longdash")
LIKE = 7
"""Policies in a row that share a dash; of the colours, so many are told apart at first sight."""


@dataclass(frozen=True)
class Look:
    """How a policy is drawn; the dash tells two of one hue apart, so that it is never colour alone."""

    colour: str
    dash: str

    def again(self, times: int) -> "Look":
        """The look of the same policy drawn once more, with other settings."""
        return Look(self.colour, DASHES[(DASHES.index(self.dash) + times) % len(DASHES)])

    def faint(self, alpha: float) -> str:
        """The colour, partly see-through, as CSS."""
        red, green, blue = (int(self.colour[at : at + 2], 16) for at in (1, 3, 5))
        return f"rgba({red},{green},{blue},{alpha:g})"


def looks(family: str, colours: Palette) -> dict[str, Look]:
    """The look of every policy of a family by id: a colour that no other one of it has, as long as there are 26.
    `none` is grey."""
    hues, grey = colours.policies, colours.series[-1]
    known = [id for id in discover(f"clipviz.policies.{family}") if id != "none"]
    found = {
        id: Look(hues[place % len(hues)], DASHES[place // LIKE % len(DASHES)])
        for place, id in enumerate(known)
    }
    return {"none": Look(grey, "dash")} | found
