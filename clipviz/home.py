"""The home of the environment's settings, opened for a verb; and who asks."""

import getpass
from collections.abc import Iterator
from contextlib import contextmanager

from pydantic import ValidationError

import clipviz.store
from clipviz.core.errors import ClipvizError
from clipviz.core.settings import Settings
from clipviz.store import Store


@contextmanager
def home() -> Iterator[tuple[Settings, Store]]:
    """The settings and their store; raises ClipvizError for a variable that cannot be, StoreUnavailable."""
    try:
        settings = Settings.from_environment()
    except ValidationError as error:
        first = error.errors()[0]
        field = f"CLIPVIZ_{str(first['loc'][0]).upper()}"
        raise ClipvizError(
            f"{field}: {first['msg']}", repr(first["input"]), "Change this variable"
        ) from error
    with clipviz.store.open(settings.store_url) as store:
        yield settings, store


def me() -> str:
    """The user's name at this machine; "" for one without a name, as in a container."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return ""
