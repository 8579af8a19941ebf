"""A profile folder that cannot be used is named in the window, and nothing breaks."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from app.console.backstage import Backstage
from app.console.bridge import Bridge, Notice
from app.console.options import Options


async def at_once() -> None:
    """Nobody has to see anything first."""


def test_a_profile_folder_that_cannot_be_made_is_said_with_what_to_do(
    qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given something that is no folder where the profiles should go
    (tmp_path / "profiles").write_text("in the way")
    monkeypatch.setenv("WATCHFLOOR_DATA", str(tmp_path))
    bridge = Bridge()
    notices: list[Notice] = []
    bridge.noticed.connect(notices.append)

    # when the console opens
    asyncio.run(Backstage(Options(), bridge, at_once).run())

    # then it says which folder, and what a person can do; what was there is kept
    assert [str(tmp_path / "profiles") in notice.sentence for notice in notices] == [True]
    assert "right to read and write this folder" in notices[0].advice
    assert (tmp_path / "profiles").read_text() == "in the way"
