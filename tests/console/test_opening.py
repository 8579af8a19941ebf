"""What the last known state needs to be shown is loaded before it; everything else after."""

from __future__ import annotations

import subprocess
import sys

PROGRAM = """
import sys
from app.console.plain_imports import plain_imports
with plain_imports():
    from PySide6.QtWidgets import QApplication
import app.console.opening, app.console.timing, app.views.window
for_the_window = set(sys.modules)
import app.console.room, app.commands.entries, app.console.acting, app.console.apart
import app.console.worker_link, app.commands.vocabulary, app.console.first_look
import app.protocol.kinds
print("\\n".join(sorted({name for name in for_the_window if name.startswith("app.")})))
print("----")
print("\\n".join(sorted(sys.modules)))
"""

FOLLOWS = (
    "httpx", "keyring", "networkx", "numpy", "pyqtgraph", "rich", "rustworkx", "scipy",
    "sqlalchemy", "app.console.mapping", "app.graph.answers",
)  # fmt: skip


def loaded() -> tuple[set[str], set[str]]:
    """The modules of ours behind the empty window, and all behind the first state."""
    program = subprocess.run(
        [sys.executable, "-c", PROGRAM], check=True, capture_output=True, text=True
    )
    window, _, state = program.stdout.partition("----\n")
    return set(window.split()), set(state.split())


def test_database_network_and_map_are_loaded_after_the_first_state_is_shown() -> None:
    assert not loaded()[1].intersection(FOLLOWS)


def test_the_empty_window_needs_nothing_that_knows_of_incidents() -> None:
    window = loaded()[0]

    assert "app.views.window" in window
    assert not {name for name in window if name.startswith(("app.incident", "app.log"))}
