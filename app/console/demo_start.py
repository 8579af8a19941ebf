"""Starts the demo beside this console: its own process, window, server and profile."""

from __future__ import annotations

import sys
from pathlib import Path

from PySide6.QtCore import QProcess

_MAIN = Path(__file__).parent.parent.parent / "main.py"

OPENS = "The demo opens in a window of its own. Nothing in it touches what is here."
DID_NOT_START = "The demo did not start. In a terminal: python main.py demo."


def start_demo(program: str = sys.executable) -> bool:
    """Start the demo without waiting for it; whether `program`, a Python, could be started."""
    demo = QProcess()
    demo.setProgram(program)
    demo.setArguments([str(_MAIN), "demo"])
    demo.setStandardOutputFile(QProcess.nullDevice())  # ours may be gone before it is
    has_started, _ = demo.startDetached()
    return bool(has_started)
