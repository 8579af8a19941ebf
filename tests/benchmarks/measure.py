"""Run one benchmark module and write its figures: `python -m tests.benchmarks.measure NAME FILE`.

A benchmark has a process of its own, so that it starts cold and cannot take others down.
"""

from __future__ import annotations

import importlib
import json
import sys
from dataclasses import asdict
from pathlib import Path


def main(name: str, file: str) -> None:
    """Call `measure()` of the module and write what it yields as a JSON list."""
    module = importlib.import_module(f"tests.benchmarks.{name}")
    figures = [asdict(figure) for figure in module.measure()]
    Path(file).write_text(json.dumps(figures), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
