"""The drawings behind the icons, read from the Lucide package's table of SVG texts.

Importing the package itself would load an HTTP client for its search of icons, and it opens its
table anew for every icon: a tenth of the time in which the console opens.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import closing
from importlib.util import find_spec
from pathlib import Path

PACKAGE = "lucide"
TABLE = Path("data", "lucide-icons.db")


def drawings(names: Iterable[str]) -> Mapping[str, str]:
    """The SVG text of each of the names, as the package has it.

    They are drawn with strokes 2 wide (of 24) in the colour `currentColor`.
    """
    spec = find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(PACKAGE)
    table = Path(spec.origin).parent / TABLE
    with closing(sqlite3.connect(f"{table.as_uri()}?mode=ro&immutable=1", uri=True)) as found:
        one = "SELECT name, svg FROM icons WHERE name = ?"
        return dict(row for name in names for row in found.execute(one, (name,)))
