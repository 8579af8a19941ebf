"""Loading Qt leaves imports as Python makes them."""

from __future__ import annotations

import subprocess
import sys

PROGRAM = """
import builtins, linecache
before = builtins.__import__
from app.console.plain_imports import plain_imports
with plain_imports():
    from PySide6.QtWidgets import QApplication
import sqlite3.dump, html.parser
from PySide6 import QtSvg
assert builtins.__import__ is before
assert not any("html" in name for name in linecache.cache)
assert QtSvg.QSvgRenderer.__name__ == "QSvgRenderer"
"""


def test_modules_imported_after_qt_are_not_read_as_text() -> None:
    subprocess.run([sys.executable, "-c", PROGRAM], check=True)
