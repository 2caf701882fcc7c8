"""Errors that a person can act on: the rule, what was received, the remedy."""


class ClipvizError(Exception):
    """A rule was broken; the message says which, by what, and what to do.

    rule: one sentence in the user's words, e.g. "A test split needs at least one row".
    received: what came instead, shown as text; user text is passed raw and escaped where it is drawn.
    remedy: one sentence that says how to go on.
    """

    def __init__(self, rule: str, received: object = None, remedy: str = "") -> None:
        self.rule = rule.rstrip(".")
        self.received = received
        self.remedy = remedy.rstrip(".")
        super().__init__(str(self))

    def __str__(self) -> str:
        parts = [self.rule]
        if self.received is not None:
            parts.append(f"received {self.received}")
        sentence = "; ".join(parts) + "."
        return f"{sentence} {self.remedy}." if self.remedy else sentence

    def __reduce__(self) -> tuple[type, tuple[str, object, str]]:
        return type(self), (self.rule, self.received, self.remedy)


class NotFound(ClipvizError):
    """An object that a link or an id names does not exist, or was deleted."""


class Deleted(NotFound):
    """An object that somebody deleted; it can be restored."""


class Conflict(ClipvizError):
    """Somebody else changed the same object in between; nothing was overwritten."""


class UnreadableFile(ClipvizError):
    """A file could not be turned into a dataset; the upload is kept."""


class InvalidRecipe(ClipvizError):
    """A recipe cannot be trained as it stands."""


class TrainingFailed(ClipvizError):
    """A run ended for a reason of its own: diverged, out of memory, nothing to learn."""


class StoreUnavailable(ClipvizError):
    """The database is locked, full or unreachable; nothing was written."""


class StaleAttempt(ClipvizError):
    """This process no longer owns the run; another attempt does, so its writes are refused."""


class Cancelled(ClipvizError):
    """Somebody ended this work on purpose; nothing of it was kept."""
