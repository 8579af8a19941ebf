"""The command line: everything that needs no window."""

from __future__ import annotations

import os
import select
import sys
from collections.abc import Callable, Sequence

from app.errors import WatchfloorError

DONE = 0
FAILED = 1
UNHEARD = 141
"""What a shell says of a program that ended because nobody reads it: 128 and SIGPIPE's number."""


def main(arguments: Sequence[str]) -> int:
    """Run one command; gives back the exit code.

    0 done; 1 it could not be done (the message says why and what to do); 2 the command line is
    wrong; `verify` 1 when a bundle does not hold; `gate` 3 when a service must not be deployed;
    141 when what reads the output ended before all of it was said, as `head` does.
    """
    return while_heard(lambda: _run(arguments))


def while_heard(speak: Callable[[], int]) -> int:
    """What `speak` gives back; 141, without a word, once nobody reads standard output any more.

    Another pipe that breaks is a matter of its own: its `BrokenPipeError` is passed on.
    """
    try:
        try:
            return speak()
        finally:
            print(end="", flush=True)
    except BrokenPipeError:
        if _is_heard():
            raise
        # What is left to say goes nowhere, also when the interpreter ends (library/signal.html).
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
        return UNHEARD


def _is_heard() -> bool:
    """Whether somebody can still read standard output, where the system has a way to ask."""
    if sys.platform == "win32":
        return False
    output = select.poll()
    output.register(sys.stdout, select.POLLOUT)
    return not any(happened & (select.POLLERR | select.POLLHUP) for _, happened in output.poll(0))


def _run(arguments: Sequence[str]) -> int:
    from app.cli.arguments import parsed
    from app.cli.dispatch import run

    typed = parsed(arguments)
    try:
        return run(typed)
    except WatchfloorError as error:
        print(f"{error}\n{error.advice}", file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        return FAILED
