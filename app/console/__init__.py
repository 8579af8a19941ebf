"""The desktop console: put together here, shut down here."""

from __future__ import annotations

from collections.abc import Sequence


def main(arguments: Sequence[str]) -> int:
    """Open the console as the command line says; gives back the exit code."""
    from app.console.opening import open_console
    from app.console.options import read_options

    return open_console(read_options(arguments))
