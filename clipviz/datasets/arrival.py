"""An upload on its way to disk: hashed as it is written, kept under its hash or not at all."""

import contextlib
import hashlib
import os
import tempfile
from pathlib import Path

from clipviz.core.errors import ClipvizError, UnreadableFile
from clipviz.core.settings import Settings


class Arrival:
    """One file that arrives block by block; only the block at hand is in memory.

    Every method raises ClipvizError when the disk is full or read-only; whatever is raised, no partial file stays.
    """

    def __init__(self, settings: Settings) -> None:
        self._folder, self._limit = settings.uploads, settings.upload_mb
        self._digest = hashlib.sha256()
        self.size = 0
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            descriptor, name = tempfile.mkstemp(dir=self._folder, prefix=".part-")
        except OSError as error:
            raise _not_kept(error) from error
        self._part = Path(name)
        self._file = os.fdopen(descriptor, "wb")

    def write(self, block: bytes) -> None:
        """Append a block; raises UnreadableFile beyond settings.upload_mb."""
        self.size += len(block)
        if self.size > self._limit * 1_000_000:
            self.abandon()
            raise too_large(self._limit)
        try:
            self._file.write(block)
        except OSError as error:
            self.abandon()
            raise _not_kept(error) from error
        self._digest.update(block)

    def keep(self) -> Path:
        """The path uploads/<hash of the bytes>; raises UnreadableFile when nothing arrived."""
        if self.size == 0:
            self.abandon()
            raise UnreadableFile(
                "The file must not be empty", "0 bytes", "Upload a table with a header and rows"
            )
        self._digest.update(b"\x00")  # as core.ids.content_id does
        kept = self._folder / self._digest.hexdigest()[:16]
        try:
            self._file.close()
            self._part.replace(kept)
        except OSError as error:
            self.abandon()
            raise _not_kept(error) from error
        return kept

    def abandon(self) -> None:
        """Leave nothing behind; without effect after `keep`."""
        with contextlib.suppress(OSError):  # what could not be flushed is thrown away
            self._file.close()
        self._part.unlink(missing_ok=True)


def too_large(limit: int) -> UnreadableFile:
    return UnreadableFile(
        f"An upload may have at most {limit:,} MB", "more", "Split the file or raise CLIPVIZ_UPLOAD_MB"
    )


def _not_kept(error: OSError) -> ClipvizError:
    return ClipvizError(
        "The upload could not be kept",
        error.strerror or str(error),
        "Make room on the disk and try again",
    )
