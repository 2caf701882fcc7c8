"""Uploads that nobody can ask for any more: found by what came of them, and removed."""

import json
import time
from collections.abc import Container
from contextlib import suppress

from clipviz.core.ids import is_id
from clipviz.core.settings import Settings
from clipviz.datasets.ingest import STALE_SECONDS


def clear(settings: Settings, deleted: Container[str] = (), busy: Container[str] = ()) -> int:
    """Remove the uploads of a day ago and earlier of which no dataset came, or only deleted ones; gives their number.

    An upload stays as long as its dataset does, which may be read again in another way, and one that could not be read
    stays for a day, to be read in another way. deleted: ids of datasets that nobody will bring back. busy: names of
    uploads that are being read. Beside a record that cannot be read all stay.
    """
    wanted, removed = set(), 0
    for document in settings.datasets.glob("*/dataset.json"):
        with suppress(FileNotFoundError):
            try:
                known = json.loads(document.read_bytes())
                source = None if known["id"] in deleted else known["source"]
            except (ValueError, KeyError, TypeError):
                return 0  # a damaged record may be of any upload
            wanted.add(source)
    for upload in settings.uploads.glob("*"):
        if not is_id(upload.name) or upload.name in wanted or upload.name in busy:
            continue
        with suppress(FileNotFoundError):  # another process was quicker
            if time.time() - upload.stat().st_mtime > STALE_SECONDS:
                upload.unlink()
                removed += 1
    return removed
