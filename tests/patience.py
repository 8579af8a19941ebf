"""How long a test waits for what is to happen: such a wait ends as soon as it has.

So it may be long: it is over only where something is wrong, however slow the machine is.
"""

PATIENCE = 60.0
"""Seconds."""

PATIENCE_MS = round(PATIENCE * 1_000)
"""The same in milliseconds, as Qt counts."""
