"""The encodings that a person may pick, by what is written in them."""

from clipviz.ui.text import plain

_ENCODINGS = {
    "utf-8": "utf-8",
    "windows-1252": "windows-1252, Western",
    "latin-1": "latin-1, Western",
    "iso8859_15": "ISO-8859-15, Western with €",
    "mac_roman": "Mac Roman, Western",
    "cp850": "DOS 850, Western",
    "cp1250": "windows-1250, Central European",
    "iso8859_2": "ISO-8859-2, Central European",
    "cp1251": "windows-1251, Cyrillic",
    "koi8_r": "KOI8-R, Cyrillic",
    "cp866": "DOS 866, Cyrillic",
    "cp1253": "windows-1253, Greek",
    "cp1254": "windows-1254, Turkish",
    "cp1255": "windows-1255, Hebrew",
    "cp1256": "windows-1256, Arabic",
    "cp1257": "windows-1257, Baltic",
    "cp1258": "windows-1258, Vietnamese",
    "cp874": "windows-874, Thai",
    "shift_jis": "Shift-JIS, Japanese",
    "euc_jp": "EUC-JP, Japanese",
    "gb18030": "GB18030, Chinese",
    "big5": "Big5, Chinese",
    "euc_kr": "EUC-KR, Korean",
    "utf-16": "utf-16",
    "utf-16-le": "utf-16-le",
    "utf-16-be": "utf-16-be",
    "utf-32": "utf-32",
}


def offered(now: str | None) -> dict[str, str]:
    """What the picker offers, by the name that a reading holds; the present one among them."""
    return _ENCODINGS if now is None or now in _ENCODINGS else {now: plain(now, 40), **_ENCODINGS}
