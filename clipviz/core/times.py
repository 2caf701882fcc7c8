"""Moments in words."""

from datetime import datetime

_UNITS = (("day", 86_400.0), ("hour", 3_600.0), ("minute", 60.0), ("second", 1.0))


def ago(moment: datetime, now: datetime) -> str:
    """How long before `now` a moment was, in its largest whole unit: "3 minutes ago", "just now"."""
    seconds = (now - moment).total_seconds()
    for unit, length in _UNITS:
        count = int(seconds // length)
        if count >= 1:
            return f"{count} {unit}{'s' if count > 1 else ''} ago"
    return "just now"
