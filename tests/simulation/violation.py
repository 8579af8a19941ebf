"""What it means that an invariant does not hold."""

from __future__ import annotations


class Violation(AssertionError):
    """An invariant does not hold; the message begins with its name."""


def require(holds: bool, name: str, detail: str = "") -> None:
    """Raise `Violation` unless it holds."""
    if not holds:
        raise Violation(f"{name}: {detail}")
