"""Colours: safe for colour-blind readers, one per meaning, for a light and a dark page.

Hues after Okabe and Ito (2008), "Color Universal Design"; lightened on dark ground.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Palette:
    """Ink, grid and the meanings that charts share. `series` is for runs, in order of appearance: eight
    that differ in hue, and, for those who see no red or no green, in lightness.

    policies: one for each policy of a family. Each is as far as can be from the others, as eyes see it with and without
    red or green (Ottosson's OKLab; Machado et al., 2009), and those that are likely compared are the farthest apart.
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
    depth: tuple[str, ...]
    """From the first layer of a network to the last: lightness falls all the way, so that no eye mixes them up."""


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
    series=_colours("#0072B2 #D55E00 #159278 #61364D #EB9815 #42ACF8 #4D378F #606060"),
    policies=_colours(
        "#34008C #D55E00 #009E73 #2D95D3 #6E5BDD #B8860B #502371 #4A85FE #56B4E9 "
        "#865872 #AF0439 #650200 #0072B2 #452A2F #CC79A7 #183356 #095807 #8B3113 "
        "#2E40B9 #993F94 #D665CF #8C6BB1 #A65E48 #781E98 #6C3E73 #435947"
    ),
    depth=("#EB9815", "#159278", "#4D378F"),
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
    series=_colours("#56B4E9 #FF8A3D #2BC29B #8F5370 #F5DF5D #438BBD #7F48EF #848484"),
    policies=_colours(
        "#F6E4FE #2BC79B #E8B93C #B16512 #2286A7 #9741B8 #9AD5F5 #AD4C3F #6F6B84 "
        "#7FF077 #595AD9 #C5FFA6 #7D96A9 #A8D391 #56B4E9 #BE296A #F2E309 #28F2C6 "
        "#DF6C32 #EF546C #A3B46B #B79BE0 #029E72 #FF8A3D #BD67E0 #E5A1C6"
    ),
    depth=("#F5DF5D", "#2BC29B", "#7F48EF"),
)


def palette(theme: str | None) -> Palette:
    """The palette of a theme; anything but "dark" is light."""
    return DARK if theme == "dark" else LIGHT
