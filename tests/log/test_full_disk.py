"""On a full disk everything can be read, and the reserve takes what a person types."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from tests.log.full_disk import FullDisk

ROOT = Path(__file__).parents[2]
DISK_MEGABYTES = 24
MEBIBYTE = 1024 * 1024


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> FullDisk:
    """What a process could do on a small disk of its own, in a mount namespace."""
    folder = tmp_path_factory.mktemp("disk")
    unshare = ["unshare", "-m"] if os.geteuid() == 0 else ["unshare", "-rm"]
    mount = f"mount -t tmpfs -o size={DISK_MEGABYTES}m tmpfs {folder}"
    if subprocess.run([*unshare, "sh", "-c", mount], check=False, capture_output=True).returncode:
        pytest.skip("this system lets nobody mount a small disk")
    program = f"{mount} && exec {sys.executable} -m tests.log.full_disk {folder}"
    done = subprocess.run(
        [*unshare, "sh", "-c", program], check=False, capture_output=True, text=True, cwd=ROOT
    )
    assert done.returncode == 0, done.stderr
    return msgspec.json.decode(done.stdout, type=FullDisk)


def test_reading_goes_on_when_the_disk_is_full(outcome: FullDisk):
    assert outcome.read_after == outcome.read_before == 50


def test_the_reserve_takes_what_is_typed_when_the_disk_is_full(outcome: FullDisk):
    assert outcome.bytes_kept > MEBIBYTE
    assert outcome.kept_from_reserve > 200


def test_what_was_said_to_be_kept_is_there_when_the_profile_opens_again(outcome: FullDisk):
    assert outcome.waiting_when_opened_again == outcome.kept_from_reserve


def test_the_message_says_what_happened_and_what_to_do(outcome: FullDisk):
    assert "no room left" in outcome.sentence
    assert "Free some disk space" in outcome.advice


def test_writing_goes_on_once_there_is_room(outcome: FullDisk):
    assert outcome.kept_once_there_was_room
