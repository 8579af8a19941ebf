"""Back at an older version: a real window asks, and a real keyboard changes nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.log.profile_key import profile_key
from tests.e2e.desktop import Desktop, desktop
from tests.e2e.programs import console, eventually, say, serve
from tests.log.newer import GROWN, files_in, let_newer_write

pytestmark = pytest.mark.real

LAYOUT = "layout.ini"
"""Where the window was: it is noted before anything is known of the log."""


def _files(folder: Path) -> dict[str, bytes]:
    return {name: data for name, data in files_in(folder).items() if name != LAYOUT}


def _answered_with_enter(screen: Desktop) -> bool:
    """Press Enter, which in an empty bar does nothing; whether the incident shows."""
    screen.press("Return")
    return screen.shows("INC-")


def test_enter_opens_the_log_of_a_newer_version_and_what_is_typed_changes_no_file(tmp_path: Path):
    with desktop(tmp_path) as screen, serve(tmp_path / "server") as server:
        say("declare", "Checkout failing", server=server)
        environment = {**screen.environment, "WATCHFLOOR_DATA": str(tmp_path)}
        folder = tmp_path / "profiles" / "back"

        # given a console that was at work, and a newer version after it
        with console(server, "back", environment):
            screen.window("INC-")
        key = profile_key(folder, profile="back", ask_passphrase=None, environment={})
        let_newer_write(folder / "profile.db", key.key, *GROWN)
        before, position = _files(folder), say("status", server=server)["position"]

        # when this version is opened again, Enter answers it, and somebody writes
        with console(server, "back", environment) as process:
            screen.window("Watchfloor")
            eventually(lambda: _answered_with_enter(screen))
            screen.press("slash")
            screen.press("BackSpace")
            screen.type("pool is full")
            screen.press("Return")
            screen.picture(tmp_path / "read_only.png")
            assert process.poll() is None

        # then nothing is changed, and nothing was sent
        assert _files(folder) == before
        assert say("status", server=server)["position"] == position
