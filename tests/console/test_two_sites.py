"""One profile at two sites: each keeps what is its own, and neither hears of the other."""

from __future__ import annotations

from contextlib import ExitStack
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from pytestqt.qtbot import QtBot

from app.protocol.sync_status import SyncKind
from tests.console.rooms import WITHIN_MS, OpenRoom, log_line
from tests.console.sites import (
    another_site_at,
    consoles,
    is_recorded,
    lose_and_write,
    recorded,
    site,
    texts,
    wait_until_sent,
    write_without_server,
)
from tests.e2e.programs import say, serve

pytestmark = [pytest.mark.real, pytest.mark.timeout(900)]


def test_what_is_written_for_one_site_reaches_that_site_only(
    qtbot: QtBot, tmp_path: Path, open_room: OpenRoom
) -> None:
    with (
        site(tmp_path / "first", "Checkout failing") as first,
        site(tmp_path / "second", "Payments slow") as second,
    ):
        # given a profile of the first site, with a line that could not be sent
        lose_and_write(qtbot, open_room, first, "pool is full")
        before = recorded(second)

        # when the same profile is used at another site
        with open_room(second) as room:
            assert room.state.situation.title == "Payments slow"
            qtbot.waitUntil(lambda: room.sync.kind is SyncKind.LIVE, timeout=WITHIN_MS)
            assert room.sync.queued == 0
            assert recorded(second) == before

            # then only what is written there goes there
            log_line(qtbot, room, "replica lags")
            wait_until_sent(qtbot, room, "replica lags")
            assert "pool is full" not in texts(room)
        assert len(recorded(second)) == len(before) + 1

        # and what waited for the first goes to the first, as soon as that is back
        with serve(tmp_path / "first", port=first.port) as back, open_room(back) as room:
            assert room.state.situation.title == "Checkout failing"
            wait_until_sent(qtbot, room, "pool is full")
            assert "replica lags" not in texts(room)
            assert not is_recorded(back, "replica lags")


def test_another_site_at_the_same_address_is_told_nothing_and_shown_in_a_profile_of_its_own(
    qtbot: QtBot, tmp_path: Path, open_room: OpenRoom
) -> None:
    with site(tmp_path / "first", "Checkout failing") as first:
        with open_room(first):
            pass
        first.kill()
    with another_site_at(first, tmp_path / "second") as second:
        # given another site where the first one was
        say("declare", "Payments slow", server=second)
        before, known = recorded(second), consoles(second)

        # when the console is opened there, and somebody writes
        with open_room(first) as room:
            assert room.state.situation.title == "Checkout failing"
            log_line(qtbot, room, "pool is full")
            qtbot.waitUntil(lambda: room.sync.kind is SyncKind.OTHER_SITE, timeout=WITHIN_MS)
            qtbot.waitUntil(lambda: room.state.pending == 1, timeout=WITHIN_MS)

        # then that site heard of nothing, and is shown the next time
        assert (recorded(second), consoles(second)) == (before, known)
        with open_room(first) as room:
            assert room.state.situation.title == "Payments slow"

            # and when the first comes back to that address, it hears nothing of the second
            second.kill()
            write_without_server(qtbot, room, "replica lags")
            with serve(tmp_path / "first", port=first.port) as back:
                qtbot.waitUntil(lambda: room.sync.kind is SyncKind.OTHER_SITE, timeout=WITHIN_MS)
                assert room.state.pending == 1
                assert not is_recorded(back, "replica lags")

    # and what waited for the first goes there
    with serve(tmp_path / "first", port=first.port) as back, open_room(back) as room:
        assert room.state.situation.title == "Checkout failing"
        wait_until_sent(qtbot, room, "pool is full")
        assert not is_recorded(back, "replica lags")


def test_a_site_that_comes_back_while_its_window_is_open_gets_what_waited(
    qtbot: QtBot, tmp_path: Path, open_room: OpenRoom
) -> None:
    with site(tmp_path / "first", "Checkout failing") as first, open_room(first) as room:
        first.kill()
        with another_site_at(first, tmp_path / "second") as second:
            write_without_server(qtbot, room, "pool is full")
            qtbot.waitUntil(lambda: room.sync.kind is SyncKind.OTHER_SITE, timeout=WITHIN_MS)
            assert consoles(second) == 0
        with serve(tmp_path / "first", port=first.port):
            wait_until_sent(qtbot, room, "pool is full")
            qtbot.waitUntil(lambda: room.sync.kind is SyncKind.LIVE, timeout=WITHIN_MS)


def test_another_site_that_is_not_there_yet_is_waited_for_and_shown_nothing_of_the_first(
    qtbot: QtBot, tmp_path: Path, open_room: OpenRoom
) -> None:
    # given a profile of the first site, with a line that could not be sent, and no server at all
    with site(tmp_path / "second", "Payments slow") as second:
        second.kill()
    with site(tmp_path / "first", "Checkout failing") as first:
        lose_and_write(qtbot, open_room, first, "pool is full")

    # when it is opened at the second one, which comes later
    with ExitStack() as later:
        start = partial(serve, tmp_path / "second", port=second.port)
        QTimer.singleShot(1_500, lambda: later.enter_context(start()))
        with open_room(second) as room:
            # then the first incident that shows is that of the second site
            assert room.state.situation.title == "Payments slow"
            log_line(qtbot, room, "replica lags")
            wait_until_sent(qtbot, room, "replica lags")
            assert not is_recorded(second, "pool is full")


def test_a_site_at_another_address_keeps_its_profile(
    qtbot: QtBot, tmp_path: Path, open_room: OpenRoom
) -> None:
    with site(tmp_path / "first", "Checkout failing") as first:
        lose_and_write(qtbot, open_room, first, "pool is full")

    with serve(tmp_path / "first") as moved:
        assert moved.url != first.url
        with open_room(moved) as room:
            assert room.state.situation.title == "Checkout failing"
            wait_until_sent(qtbot, room, "pool is full")
    assert [folder.name for folder in (tmp_path / "data" / "profiles").iterdir()] == ["priya"]
