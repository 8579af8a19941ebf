"""Opens the console; `main.py demo` with the demo incident, other words are commands."""

from __future__ import annotations

import sys


def main() -> int:
    """Run what the command line asks for; gives back the exit code."""
    arguments = sys.argv[1:]
    if arguments in (["-h"], ["--help"]):
        from app.cli import while_heard

        return while_heard(explain)
    is_command = bool(arguments) and not arguments[0].startswith("-") and arguments[0] != "demo"
    if is_command:
        from app.cli import main as run_command

        return run_command(arguments)
    from app.console import main as open_console

    return open_console(arguments)


def explain() -> int:
    """Say how to open the console, and which commands there are."""
    from app.cli.arguments import build_parser
    from app.console.options import console_parser

    sys.stdout.write(f"{console_parser().format_help()}\n{build_parser().format_help()}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
