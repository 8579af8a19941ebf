"""How a process that may be killed at any moment tells what it did."""

from __future__ import annotations

import os

_STANDARD_OUTPUT = 1


def tell(words: str) -> None:
    """Print a line whole or not at all.

    `print` writes the words and the end of the line one after the other where the environment
    asks Python not to buffer; whoever is killed in between leaves half a line, to which the next
    process adds its own.
    """
    os.write(_STANDARD_OUTPUT, f"{words}\n".encode())
