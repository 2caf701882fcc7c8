"""Names of months in other languages than English, made English, so that dates with them can be read."""

from clipviz.datasets.staging import literal

ENGLISH = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
OTHERS = (
    "januar jänner jan janvier janv enero ene gennaio gen janeiro januari",
    "februar feb février fevrier févr fevr febrero febbraio fevereiro fev februari",
    "märz maerz mär mrz mars marzo mar março marco maart",
    "april apr avril avr abril abr aprile",
    "mai mayo maggio mag maio mei",
    "juni jun juin junio giugno giu junho",
    "juli jul juillet juil julio luglio lug julho",
    "august aug août aout agosto ago augustus",
    "september sep sept septembre septiembre settembre set setembro",
    "oktober okt octobre oct octubre ottobre ott outubro out",
    "november nov novembre noviembre novembro",
    "dezember dez décembre decembre déc dec diciembre dic dicembre dezembro december",
)
"""German, French, Spanish, Italian, Portuguese, Dutch, month by month; no name stands for two months."""
WORD = r"\pL{3,}\.?"


def english_sql(cell: str) -> str:
    """SQL for a cell with the name of a month in English, three letters long, and without "de" and "1er";
    another cell as it is.
    """
    pairs = [(word, name) for name, words in zip(ENGLISH, OTHERS, strict=True) for word in words.split()]
    known = f"[{', '.join(literal(word) for word, _ in pairs)}]"
    names = f"[{', '.join(literal(name) for _, name in pairs)}]"
    place = f"list_position({known}, rtrim(lower(regexp_extract({cell}, '{WORD}')), '.'))"
    bare = f"replace(regexp_replace({cell}, '^1er ', '1 '), ' de ', ' ')"
    return f"CASE WHEN {place} > 0 THEN regexp_replace({bare}, '{WORD}', {names}[{place}]) ELSE {cell} END"
