"""A record changed on disk marks its row in the window, until the records came again."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from random import Random

import pytest
from pytestqt.qtbot import QtBot

from app.console import backstage
from app.console.bridge import Notice
from app.console.records_check import tell_of_damage
from app.console.remembered import PROFILE_FILE
from app.console.room import Room
from app.incident import replay as incident_folding
from app.incident.projections.timeline import TimelineEntry
from app.incident.state import BEFORE_ANYTHING
from app.log.local_log import LocalLog
from app.log.profile import open_profile
from app.log.profile_key import profile_key
from app.proof.merkle import CompactRange
from app.protocol.doubt import Doubt
from app.protocol.kinds import full_codec
from app.sync.folders import profile_folder
from app.sync.keeping import IncidentKeeping
from app.sync.locating import Prove
from app.sync.log_copy import LogCopy
from app.sync.profile_store import ProfileStore
from tests.console.rooms import WITHIN_MS, OpenRoom, log_line
from tests.e2e.programs import say, serve
from tests.log.writing import NOON, Writer


@pytest.fixture
def found(monkeypatch: pytest.MonkeyPatch) -> list[Sequence[Doubt]]:
    """What each check of the records came to; they are checked at once."""
    found: list[Sequence[Doubt]] = []

    async def check_at_once(
        local: LocalLog,
        tell: Callable[[Notice], None],
        doubt: Callable[[Sequence[Doubt]], None],
        *,
        prove: Prove,
    ) -> None:
        def note(doubts: Sequence[Doubt]) -> None:
            found.append(doubts)
            doubt(doubts)

        await tell_of_damage(local, tell, note, prove=prove, after=0)

    monkeypatch.setattr(backstage, "tell_of_damage", check_at_once)
    return found


@contextmanager
def file_of(profile: str) -> Iterator[LocalLog]:
    """The file of a profile while its console is closed."""
    folder = profile_folder(profile)
    key = profile_key(folder, profile=profile, ask_passphrase=None, environment=os.environ)
    with open_profile(folder / PROFILE_FILE, key.key, clock=lambda: NOON).log as local:
        yield local


def keep_state(local: LocalLog, log: str) -> None:
    """Keep the state of a log, as is done with long ones: the next opening is quick."""
    copy = LogCopy(
        log=log, store=ProfileStore(local, lambda: NOON), author=Writer().author,
        codec=full_codec(), folding=incident_folding, start=BEFORE_ANYTHING, random=Random(1),
        keeping=IncidentKeeping(), keep_after=1,
    )  # fmt: skip
    keepsake = copy.to_keep()
    assert keepsake is not None
    copy.keep(keepsake, keepsake.kept())


def change_record(local: LocalLog, log: str, position: int) -> int:
    """Change the text of a record; the first position that nobody here vouches for then."""
    with local._transaction() as connection:
        changed = connection.exec_driver_sql(
            "UPDATE confirmed SET line = CAST(replace(line, 'pool', 'cool') AS BLOB)"
            " WHERE log = ? AND position = ?",
            (log, position),
        )
    assert changed.rowcount == 1
    cursor = local.cursor(log)
    assert cursor is not None
    vouched = [size for size, _ in CompactRange.from_bytes(cursor.tree).beginnings()]
    return 1 + max((size for size in vouched if size < position), default=0)


def marked(room: Room) -> list[TimelineEntry]:
    """The entries that say that they did not verify."""
    model = room.view.body.timeline.model
    entries = [row for row in model.rows if isinstance(row, TimelineEntry)]
    return [one for one in entries if "not verified" in model.sentence(one)]


def logged_note(qtbot: QtBot, room: Room) -> tuple[str, int]:
    """Log a note, and wait for the server to record it; its log and position."""

    def recorded() -> list[int]:
        return [
            one.position
            for one in room.state.timeline
            if one.text == "pool refilled" and not one.is_pending
        ]

    log_line(qtbot, room, "pool refilled")
    qtbot.waitUntil(lambda: bool(recorded()), timeout=WITHIN_MS)
    log = room.worker.ask(_log_shown).result(WITHIN_MS / 1_000)
    return log, recorded()[0]


async def _log_shown(stage: backstage.Backstage) -> str:
    assert stage._incident is not None
    return stage._incident.log


@pytest.mark.real
@pytest.mark.timeout(180)
def test_a_record_changed_behind_the_console_marks_its_row_until_the_records_came_again(
    qtbot: QtBot, tmp_path: Path, open_room: OpenRoom, found: list[Sequence[Doubt]]
) -> None:
    with serve(tmp_path / "server") as server:
        say("declare", "Checkout failing", server=server)

        # given an incident whose state was kept, and a note of it that was changed on the disk
        with open_room(server, "priya") as room:
            log, position = logged_note(qtbot, room)
            assert room.view.body.timeline.doubt_line.isHidden()
        with file_of("priya") as local:
            keep_state(local, log)
            first = change_record(local, log, position)

        # when the console opens again
        with open_room(server, "priya") as room:
            timeline = room.view.body.timeline
            qtbot.waitUntil(timeline.doubt_line.isVisible, timeout=WITHIN_MS)

            # then the rows that nobody vouches for are marked, and the window says from when on
            since = min(one.at for one in marked(room))
            words = f"Rows from {timeline.desk.times.minute(since)} on are marked."
            assert timeline.doubt_line.sentence.endswith(words)
            assert position in {one.position for one in marked(room)}
            assert all(one.position >= first for one in marked(room))

        # and when the records came again, nothing is
        found.clear()
        with open_room(server, "priya") as room:
            qtbot.waitUntil(lambda: bool(found), timeout=WITHIN_MS)
            qtbot.waitUntil(lambda: room.state.position >= position, timeout=WITHIN_MS)
            assert found == [[]]
            assert room.view.body.timeline.doubt_line.isHidden()
            assert not marked(room)
