"""A file from the network: once, checked, taken up again where it broke off; or found where a person put it."""

import hashlib
import http.client
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

from filelock import FileLock

from clipviz.core.errors import ClipvizError, UnreadableFile

BLOCK = 1 << 18
PATIENCE = 30.0  # seconds without a byte
Progress = Callable[[int, int], None]
"""Called with (bytes that are here, bytes in all or 0 when nobody says)."""


def fetch(
    url: str, target: Path, digest: str = "", most: int = 2**31, progress: Progress | None = None
) -> Path:
    """The file `target`, downloaded from `url` when it is not there yet.

    digest: "sha256:..." or "md5:..."; "" checks nothing. most: bytes that it may have. What arrived before a broken
    connection is kept beside it and continued by an HTTP range, from the same version only. Raises ClipvizError without
    a network, with the place where a file downloaded by hand is found; UnreadableFile for bytes of another digest.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(f"{target}.lock"):
        if not target.is_file():
            part = target.with_name(f"{target.name}.part")
            try:
                _continued(url, part, most, progress or (lambda here, whole: None))
            except (urllib.error.URLError, http.client.HTTPException, OSError) as error:
                raise _away(url, target, error) from error
            _check(part, digest, url, part.unlink)
            part.replace(target)
            _version(part).unlink(missing_ok=True)
        else:
            _check(target, digest, url)
    return target


def _continued(url: str, part: Path, most: int, progress: Progress) -> None:
    """Append to `part` what it lacks; start anew when the server has another version or knows no ranges."""
    here = part.stat().st_size if part.is_file() else 0
    version = _version(part).read_text("ascii") if here and _version(part).is_file() else ""
    headers = {"User-Agent": "clipviz"}
    if here and version:
        headers |= {"Range": f"bytes={here}-", "If-Range": version}
    try:
        answer = urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=PATIENCE)
    except urllib.error.HTTPError as error:
        if error.code != 416 or not here:
            raise
        part.unlink()
        _continued(url, part, most, progress)
        return
    with answer:
        goes_on = answer.status == 206 and answer.headers.get("Content-Range", "").startswith(
            f"bytes {here}-"
        )
        here = here if goes_on else 0
        left = int(answer.headers.get("Content-Length") or 0)
        tag = answer.headers.get("ETag") or answer.headers.get("Last-Modified") or ""
        _version(part).write_text("" if tag.startswith("W/") else tag, "ascii", "ignore")
        with part.open("ab" if goes_on else "wb") as taken:
            expected = here + left if left else 0
            while block := answer.read(BLOCK):
                taken.write(block)
                here += len(block)
                if here > most:
                    raise UnreadableFile(
                        f"The download may have at most {most:,} bytes",
                        f"more from {url}",
                        "Upload it by hand",
                    )
                progress(here, expected)
    if expected and here < expected:
        raise http.client.IncompleteRead(b"", expected - here)


def _version(part: Path) -> Path:
    return part.with_name(f"{part.name}.version")


def _check(path: Path, digest: str, url: str, otherwise: Callable[[], None] | None = None) -> None:
    if not digest:
        return
    kind, _, expected = digest.partition(":")
    found = hashlib.new(kind, usedforsecurity=False)
    with path.open("rb") as stream:
        while block := stream.read(BLOCK):
            found.update(block)
    if found.hexdigest() != expected:
        if otherwise is not None:
            otherwise()
        raise UnreadableFile(
            f"The file must be the published one, with {kind} {expected}",
            f"{found.hexdigest()} in {path.name.removesuffix('.part')}",
            f"Remove {path} if it is there, and try again, or download {url} by hand",
        )


def _away(url: str, target: Path, error: BaseException) -> ClipvizError:
    reason = getattr(error, "reason", None) or error
    return ClipvizError(
        f"{target.name} could not be downloaded",
        f"{type(error).__name__}: {str(reason)[:150]}",
        f"Try again: what arrived is kept. Without a network, download {url} elsewhere and put it at "
        f"{target.absolute()}",
    )
