"""Files that the browser loads from here, never from elsewhere: Plotly's own bundle, and the live chart's code."""

import gzip
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from clipviz.core.ids import content_id

LIVE = Path(__file__).parent / "live"
"""The live chart's code and style, as modules of the browser."""
TYPES = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8"}


@dataclass(frozen=True)
class Asset:
    """A file ready to send."""

    body: bytes
    packed: bytes
    type: str
    tag: str

    @classmethod
    def of(cls, path: Path) -> "Asset":
        body = path.read_bytes()
        return cls(body, gzip.compress(body, 6, mtime=0), TYPES[path.suffix], f'"{content_id(body)}"')


@cache
def plotly() -> Asset:
    """The plotly.min.js inside the installed plotly (4.8 MB, packed 1.4 MB), found without importing plotly."""
    spec = find_spec("plotly")
    assert spec is not None and spec.origin is not None
    return Asset.of(Path(spec.origin).parent / "package_data" / "plotly.min.js")


@cache
def plotly_version() -> str:
    return version("plotly")


@cache
def live() -> dict[str, Asset]:
    """The modules of the live chart by file name."""
    return {path.name: Asset.of(path) for path in sorted(LIVE.iterdir()) if path.suffix in TYPES}


@cache
def live_version() -> str:
    """Changes with any of the live chart's files, so that a browser may keep them for ever."""
    return content_id(*(asset.body for asset in live().values()))
