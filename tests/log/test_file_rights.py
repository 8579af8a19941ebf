"""What a server records is for its own account only, wherever its folder came from."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from app.log.backup import back_up, restore
from app.log.event_log import EventLog
from tests.log.writing import Writer, batch

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has other file rights")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder that somebody made before, open to everybody."""
    folder = tmp_path / "made before"
    folder.mkdir()
    folder.chmod(0o755)
    return folder


def open_to_others(folder: Path) -> list[str]:
    """The files in `folder` that others than their owner may read or write."""
    return sorted(one.name for one in folder.iterdir() if one.stat().st_mode & 0o077)


def test_a_database_is_for_its_owner_only_in_a_folder_that_was_there(folder: Path) -> None:
    with EventLog.open(folder / "server.db") as log:
        log.append([batch(Writer().note())])
        assert (folder / "server.db-wal").exists()

        assert open_to_others(folder) == []


def test_a_copy_of_it_is_so_too(folder: Path, tmp_path: Path) -> None:
    with EventLog.open(tmp_path / "server.db") as log:
        log.append([batch(Writer().note())])
        back_up(log, folder / "backup.db")
    restore(folder / "backup.db", folder / "server.db")

    assert open_to_others(folder) == []
