"""A command whose reader has gone, as in `status | head`, ends without a word."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from app.cli import UNHEARD, while_heard
from app.log.event_log import EventLog
from app.server.keys import load_keys
from tests.log.writing import LOG, Writer, batch

ROOT = Path(__file__).parents[2]


# What is said goes to the pipe at once, or when much of it was said and in the end.
at_once_or_later = pytest.mark.parametrize("unbuffered", ["1", ""])


def said_to_nobody(*words: str, unbuffered: str) -> tuple[int, str]:
    """Run a command whose output nobody reads; its exit code, and what it says beside."""
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as unread:
        done = subprocess.run(
            [sys.executable, "main.py", *words],
            check=False,
            stdout=unread,
            stderr=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env=os.environ | {"PYTHONUNBUFFERED": unbuffered},
        )
    return done.returncode, done.stderr


@at_once_or_later
def test_a_command_that_nobody_listens_to_does_its_work_and_ends_quietly(
    tmp_path: Path, unbuffered: str
):
    load_keys(tmp_path / "server" / "server.key")
    with EventLog.open(tmp_path / "server" / "server.db") as log:
        log.append([batch(*Writer().notes(3))])
    copy = tmp_path / "copy"

    words = ("backup", "--data", str(tmp_path / "server"), "-o", str(copy))
    assert said_to_nobody(*words, unbuffered=unbuffered) == (UNHEARD, "")

    with EventLog.open(copy / "server.db") as log:
        assert log.head(LOG).position == 3


@at_once_or_later
def test_help_that_nobody_reads_ends_quietly(unbuffered: str):
    assert said_to_nobody("--help", unbuffered=unbuffered) == (UNHEARD, "")


def test_help_on_a_command_that_nobody_reads_ends_quietly():
    assert said_to_nobody("serve", "--help", unbuffered="") == (UNHEARD, "")


def test_another_pipe_that_breaks_is_not_taken_for_the_output():
    def speak() -> int:
        raise BrokenPipeError("a socket of its own")

    with pytest.raises(BrokenPipeError, match="of its own"):
        while_heard(speak)
