"""The command line: everything that needs no window."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from app.errors import WatchfloorError

DONE = 0
FAILED = 1


def main(arguments: Sequence[str]) -> int:
    """Run one command; gives back the exit code.

    0 done; 1 it could not be done (the message says why and what to do); 2 the command line is
    wrong; `verify` 1 when a bundle does not hold; `gate` 3 when a service must not be deployed.
    """
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
