"""Gives imports back to Python once Qt is loaded."""

from __future__ import annotations

import builtins
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def plain_imports() -> Iterator[None]:
    """Within the block Qt may be imported for the first time; after it imports are Python's own.

    Loading QtCore replaces the import function by one that reads the source text of every module
    imported from then on, and keeps it, to find out whether `from __feature__ import ...` may
    matter to it.  Nothing here uses that switch; it cost a fifth of the time of opening, and
    13 MB of text that nobody reads.
    """
    own = builtins.__import__
    try:
        yield
    finally:
        builtins.__import__ = own
