"""What a window does not need in order to open is not loaded for it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
SCRIPT = """
import sys
import app.console.room, app.views.commander_view, app.views.service_map.service_map
import app.views.metric_curves, app.console.mapping
print([name for name in ("pyqtgraph", "scipy", "igraph", "networkx") if name in sys.modules])
"""


def test_the_views_are_there_without_any_library_for_plots():
    found = subprocess.run(
        [sys.executable, "-c", SCRIPT], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert "pyqtgraph" not in found.stdout
