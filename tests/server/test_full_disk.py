"""A server whose disk is full is read from as before, and says what works and what does not."""

from __future__ import annotations

import os
import subprocess
import sys

import msgspec
import pytest

from tests.server.full_disk import FullServer
from tests.server.process import ROOT

pytestmark = [pytest.mark.real, pytest.mark.timeout(180)]

DISK_MEGABYTES = 8


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> tuple[FullServer, str]:
    """What a server did on a small disk of its own in a mount namespace, and what it logged."""
    disk, home = tmp_path_factory.mktemp("disk"), tmp_path_factory.mktemp("home")
    unshare = ["unshare", "-m"] if os.geteuid() == 0 else ["unshare", "-rm"]
    mount = f"mount -t tmpfs -o size={DISK_MEGABYTES}m tmpfs {disk}"
    if subprocess.run([*unshare, "sh", "-c", mount], check=False, capture_output=True).returncode:
        pytest.skip("this system lets nobody mount a small disk")
    program = f"{mount} && exec {sys.executable} -m tests.server.full_disk {disk} {home}"
    done = subprocess.run(
        [*unshare, "sh", "-c", program], check=False, capture_output=True, text=True, cwd=ROOT,
        env=os.environ | {"WATCHFLOOR_DATA": str(home)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return msgspec.json.decode(done.stdout, type=FullServer), done.stderr


def test_what_is_recorded_can_be_read_while_nothing_new_is_taken(full: tuple[FullServer, str]):
    outcome, _ = full

    assert outcome.recorded_before == 20
    assert {code for code, _ in outcome.refusals} == {507}
    assert "storage-full" in outcome.refusals[0][1]
    assert outcome.read_while_full == 20 + outcome.recorded_on_the_full_disk


def test_a_terminal_reads_the_status_of_an_incident(full: tuple[FullServer, str]):
    outcome, _ = full

    assert outcome.status_code == 0, outcome.status
    assert f"position: {outcome.read_while_full}\n" in outcome.status


def test_a_server_goes_on_for_a_while_in_the_room_it_took_when_it_started(
    full: tuple[FullServer, str],
):
    outcome, _ = full

    assert outcome.recorded_on_the_full_disk > 50


def test_a_terminal_that_writes_is_told_what_works_and_what_to_do(full: tuple[FullServer, str]):
    outcome, _ = full

    assert outcome.note_code != 0
    assert "Everything recorded can be read. Free some space" in outcome.note
    assert "has to be given again" in outcome.note


def test_the_server_says_so_without_a_trace_and_goes_on_once_there_is_room(
    full: tuple[FullServer, str],
):
    outcome, logged = full

    assert "reading goes on" in logged
    assert "Traceback" not in logged
    assert outcome.recorded_after == 5
