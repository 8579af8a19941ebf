"""The failures we expect, each with advice for a person."""

from __future__ import annotations


class WatchfloorError(Exception):
    """A failure somebody can act on.  Anything else that is raised is a bug.

    The message says what happened and what still works; `advice` says what to do next.
    """

    advice = "Try again; if it keeps happening, send the log file to your support team."


def told(happened: str, advice: str) -> str:
    """What happened and what to do about it, in whole sentences; either may be empty."""
    begun = f"{happened[:1].upper()}{happened[1:]}"
    ended = begun if begun.endswith((".", "!", "?", "…")) or not begun else f"{begun}."
    return f"{ended} {advice}".strip()


class InvalidInput(WatchfloorError):
    """Something from outside cannot be read.  Names the field, and what was kept."""

    advice = "Correct the named field and send it again."

    def __init__(self, reason: str, *, field: str = "", kept: str = "") -> None:
        where = f"{field}: " if field else ""
        after = f" ({kept})" if kept else ""
        super().__init__(f"{where}{reason}{after}")
        self.reason = reason
        self.field = field
        self.kept = kept
