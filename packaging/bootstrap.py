"""Set everything up, then do what was asked: `python3 packaging/bootstrap.py run`.

Needs nothing but Python; the Makefile is a thin layer over this file, and on Windows
`py packaging\\bootstrap.py run` is the way in.  A second call only does the second half.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OLDEST_PYTHON = (3, 11)

STATIC_CHECKS = (
    ("lint", ("-m", "ruff", "check", ".")),
    ("layout", ("-m", "ruff", "format", "--check", ".")),
    ("types", ("-m", "mypy")),
    ("layers", ("-c", "from importlinter.cli import lint_imports_command as go; go()")),
)

SIDE_BY_SIDE = (
    "--numprocesses=auto",
    "--maxprocesses=4",
    "--dist=loadfile",
    "--no-loadscope-reorder",
)
"""How all tests run: file by file, on as many cores as there are, up to four.

The files keep their order, which ends with short ones: they would be sorted by how many tests
are in a file, which says little about how long it takes.
"""

COMMANDS = {
    "run": "open the demo incident; arguments after -- go to main.py demo",
    "test": "run all tests; arguments after -- go to pytest",
    "static": "lint, layout, types and layers, without the tests",
    "check": "the static checks, then all tests",
    "bench": "measure, and write build/bench.json",
    "simulate": "try the sync engine in 10,000 seeded storms; -- --seed N repeats one",
    "shots": "photograph every view into build/shots",
    "lock": "resolve the dependencies again into the two locks",
}


def python_problem(version: tuple[int, ...], executable: str) -> str | None:
    """What is wrong with this Python, and what to do; None when it will do."""
    if version[:2] >= OLDEST_PYTHON:
        return None
    found = ".".join(str(part) for part in version)
    needed = ".".join(str(part) for part in OLDEST_PYTHON)
    return (
        f"Watchfloor needs Python {needed} or newer; {executable} is {found}.\n"
        f"Install a newer one and run the same command with it: python{needed} {sys.argv[0]}"
    )


def main(arguments: Sequence[str]) -> int:
    """Do what the command line asks; the exit code says whether it worked."""
    problem = python_problem(sys.version_info[:3], sys.executable)
    if problem:
        return _stop(problem)
    # Only now: these files, unlike this one, are written for the Python checked above.
    from stopped import SetupStopped

    options = _parser().parse_args(arguments)
    passed_on = [word for word in options.arguments if word != "--"]
    try:
        return _do(options.command, passed_on)
    except SetupStopped as stopped:
        return _stop(str(stopped))


def _do(command: str, arguments: Sequence[str]) -> int:
    from environment import Environment, write_locks

    if command == "lock":
        write_locks(ROOT)
        return 0
    environment = Environment(ROOT)
    python = str(environment.python)
    if command == "run":
        _provide_qt()
        environment.prepare("requirements.lock")
        return _become([python, "main.py", "demo", *arguments])
    _provide_qt(for_tests=command != "static")
    environment.prepare("requirements-dev.lock")
    if command in ("static", "check") and not _static_checks_pass(python):
        return 1
    if command == "static":
        return 0
    modules = {"bench": "tests.benchmarks", "simulate": "tests.simulate", "shots": "tests.shots"}
    if command in modules:
        return _become([python, "-m", modules[command], *arguments])
    return _become([python, "-m", "pytest", *(arguments or SIDE_BY_SIDE)])


def _provide_qt(*, for_tests: bool = False) -> None:
    """Make sure Qt can start, and that tests with real programs find them where they may."""
    from system_packages import (
        DISPLAY_LIBRARIES,
        QT_LIBRARIES,
        TEST_PROGRAMS,
        missing_libraries,
        missing_programs,
        offer,
        require,
    )

    needed = missing_libraries(QT_LIBRARIES)
    on_display = missing_libraries(DISPLAY_LIBRARIES)
    if os.environ.get("DISPLAY"):
        needed += on_display
        on_display = []
    require(needed, "Qt")
    if for_tests:
        offer([*on_display, *missing_programs(TEST_PROGRAMS)], "Some tests with real programs")


def _static_checks_pass(python: str) -> bool:
    """Run every static check, also after one has failed, so that one call shows everything."""
    failed = []
    for name, command in STATIC_CHECKS:
        print(f"== {name}", flush=True)
        if subprocess.call([python, *command], cwd=ROOT) != 0:
            failed.append(name)
    if failed:
        print(f"Failed: {', '.join(failed)}", file=sys.stderr)
    return not failed


def _become(command: Sequence[str]) -> int:
    """Go on as `command`, in the project's folder."""
    os.chdir(ROOT)
    # Bytecode of our own modules saves a second at every start; it is never tracked.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    sys.stdout.flush()
    if os.name != "nt":  # There, exec gives the shell back at once.
        os.execv(command[0], list(command))
    return subprocess.call(command)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description="Set up Watchfloor, then run, test or measure it.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="\n".join(f"  {name:10}{does}" for name, does in COMMANDS.items()),
    )
    parser.add_argument("command", choices=COMMANDS)
    parser.add_argument("arguments", nargs=argparse.REMAINDER, help="passed on, after --")
    return parser


def _stop(message: str) -> int:
    print(message, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
