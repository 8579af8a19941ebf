"""`serve` on a database that a newer version wrote."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import sqlcipher3.dbapi2

from app.log.event_log import EventLog
from app.protocol.bodies import ENDED_AS_NEWER
from tests.e2e.programs import MAIN
from tests.log.newer import RAISED
from tests.patience import PATIENCE


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Data of a server whose schema is one that this version does not know."""
    EventLog.open(tmp_path / "server.db").close()
    connection = sqlcipher3.dbapi2.connect(str(tmp_path / "server.db"), isolation_level=None)
    connection.execute(RAISED)
    connection.close()
    return tmp_path


def _served(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(MAIN), "serve", "--port", "0", "--data", str(folder), *words],
        capture_output=True, text=True, check=False, timeout=PATIENCE, stdin=subprocess.DEVNULL,
    )  # fmt: skip


@pytest.mark.real
def test_a_server_says_that_a_newer_version_wrote_its_data_and_what_to_do(folder: Path) -> None:
    ended = _served(folder)

    assert ended.returncode == 1
    assert ended.stdout == ""
    assert "Install the newer version again" in ended.stderr
    assert "Traceback" not in ended.stderr


@pytest.mark.real
def test_the_server_of_a_console_leaves_it_to_the_console_to_say_so(folder: Path) -> None:
    ended = _served(folder, "--child")

    assert ended.returncode == ENDED_AS_NEWER
    assert (ended.stdout, ended.stderr) == ("", "")
