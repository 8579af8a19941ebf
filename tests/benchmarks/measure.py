"""Run one benchmark module and write its figures: `python -m tests.benchmarks.measure NAME FILE`.

A benchmark has a process of its own, so that it starts cold and cannot take others down.
"""

from __future__ import annotations

import importlib
import json
import sys
from dataclasses import asdict
from pathlib import Path

from tests.benchmarks.figure import NotMeasurable


def main(name: str, file: str) -> None:
    """Call `measure()` of the module and write what it yields as a JSON list.

    If the module cannot be measured on this machine, what is written is the reason: a string.
    """
    module = importlib.import_module(f"tests.benchmarks.{name}")
    result: list[dict[str, object]] | str
    try:
        result = [asdict(figure) for figure in module.measure()]
    except NotMeasurable as reason:
        result = str(reason)
    Path(file).write_text(json.dumps(result), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
