"""All benchmarks, or those whose name starts with the given word: `python -m tests.benchmarks`.

A benchmark is a module `bench_*.py` here with `measure()`, which yields `Figure`s.  The result
is build/bench.json, a list of {"name", "value", "unit", "n", "note"}.  A module that needs
what this machine does not have raises `NotMeasurable`: its reason is printed, nothing fails.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
RESULT = Path("build/bench.json")
TIMEOUT_SECONDS = 900

Row = dict[str, Any]


def main(prefix: str) -> int:
    """Measure, merge with the figures that were not measured again, print; 1 if any failed."""
    names = [path.stem for path in sorted(HERE.glob("bench_*.py"))]
    chosen = [name for name in names if name.removeprefix("bench_").startswith(prefix)]
    if not chosen:
        print(f"no benchmark starts with {prefix!r}; there are: {', '.join(names)}")
        return 1
    measured: list[Row] = []
    failed, skipped = [], []
    for name in chosen:
        print(f"measuring {name}", flush=True)
        figures = measure_apart(name)
        if isinstance(figures, str):
            skipped.append(f"SKIPPED {name}: {figures}")
        elif figures:
            measured += figures
        else:
            failed.append(f"FAILED {name}")
    rows = merged(read(RESULT) if prefix else [], measured)
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(json.dumps(rows, indent=2) + "\n", encoding="utf-8")
    print("\n".join([*table(measured), *skipped, *failed]))
    return 1 if failed else 0


def measure_apart(name: str) -> list[Row] | str | None:
    """The figures of one module, measured in a process of its own.

    A string if it cannot be measured here, saying why; None if it failed.
    """
    with tempfile.TemporaryDirectory(prefix="watchfloor-bench-") as folder:
        file = Path(folder, "figures.json")
        command = [sys.executable, "-m", "tests.benchmarks.measure", name, str(file)]
        try:
            subprocess.run(command, check=True, timeout=TIMEOUT_SECONDS)
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
            print(error)
            return None
        result: list[Row] | str = json.loads(file.read_text(encoding="utf-8"))
        return result


def read(file: Path) -> list[Row]:
    """The rows in a result file; none if there is no such file yet."""
    return json.loads(file.read_text(encoding="utf-8")) if file.is_file() else []


def merged(known: Iterable[Row], measured: Iterable[Row]) -> list[Row]:
    """All rows by name, the newly measured ones in place of the old."""
    by_name = {row["name"]: row for row in [*known, *measured]}
    return [by_name[name] for name in sorted(by_name)]


def table(rows: Iterable[Row]) -> list[str]:
    """The rows as aligned lines for a person."""
    return [
        f"{row['name']:<44}{row['value']:>14,.2f} {row['unit']:<6} n={row['n']:<8}{row['note']}"
        for row in rows
    ]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1].removeprefix("bench_") if len(sys.argv) > 1 else ""))
