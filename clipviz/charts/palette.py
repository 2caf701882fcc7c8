"""Colours: safe for colour-blind readers, one per meaning, for a light and a dark page.

Hues after Okabe and Ito (2008), "Color Universal Design"; lightened on dark ground.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Palette:
    """Ink, grid and the meanings that charts share. `series` is for runs, in order of appearance.

    policies: one for each policy of a family. The first seven are those of `series`; each further one is as far as can
    be from all before it, as eyes see it with and without red or green (Ottosson's OKLab; Machado et al., 2009).
    """

    ink: str
    muted: str
    grid: str
    faint: str
    """Many lines that stand behind the one that counts."""
    ground: str
    value: str
    """Values as they are."""
    clamped: str
    """Values after a clamp, and the clamp itself."""
    bound: str
    warning: str
    series: tuple[str, ...]
    policies: tuple[str, ...]


def _colours(written: str) -> tuple[str, ...]:
    return tuple(written.split())


LIGHT = Palette(
    ink="#1D2529",
    muted="#5E6B70",
    grid="#DADDD6",
    faint="#A9BDC7",
    ground="#FBFBF9",
    value="#0072B2",
    clamped="#D55E00",
    bound="#D55E00",
    warning="#B3261E",
    series=("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#B8860B", "#56B4E9", "#8C6BB1", "#7A7A7A"),
    policies=_colours(
        "#0072B2 #D55E00 #009E73 #CC79A7 #B8860B #56B4E9 #8C6BB1 #650200 #34008C "
        "#AF0439 #6C3E73 #4A85FE #183356 #2E40B9 #435947 #095807 #6E5BDD #A65E48 "
        "#993F94 #452A2F #781E98 #865872 #2D95D3 #D665CF #502371 #8B3113"
    ),
)
DARK = Palette(
    ink="#E6EAE8",
    muted="#9AA7AB",
    grid="#354046",
    faint="#5A6C75",
    ground="#14191C",
    value="#56B4E9",
    clamped="#FF8A3D",
    bound="#FF8A3D",
    warning="#FF8A80",
    series=("#56B4E9", "#FF8A3D", "#2BC79B", "#E5A1C6", "#E8B93C", "#9AD5F5", "#B79BE0", "#B0B0B0"),
    policies=_colours(
        "#56B4E9 #FF8A3D #2BC79B #E5A1C6 #E8B93C #9AD5F5 #B79BE0 #BE296A #595AD9 "
        "#C5FFA6 #B16512 #2286A7 #EF546C #BD67E0 #28F2C6 #F6E4FE #F2E309 #029E72 "
        "#7D96A9 #A8D391 #9741B8 #DF6C32 #6F6B84 #A3B46B #7FF077 #AD4C3F"
    ),
)


def palette(theme: str | None) -> Palette:
    """The palette of a theme; anything but "dark" is light."""
    return DARK if theme == "dark" else LIGHT
