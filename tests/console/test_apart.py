"""The cable is pulled: what a person sees, and that everything arrives afterwards."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.cli import main as run_command
from app.console.backstage import Backstage
from app.console.queue_questions import Closing
from app.console.room import Room
from app.events.event import Draft
from app.incident.kinds.roles import COMMANDER, RoleAssigned
from app.incident.kinds.situation import SeverityChanged
from app.models.queue_model import QueueStanding
from app.models.timeline_model import ConnectionLost
from app.protocol.sync_status import SyncKind
from app.sync.queue_file import read_queue_file
from tests.console.answering import Answers
from tests.console.rooms import WITHIN_MS, OpenRoom, log_line
from tests.e2e.programs import RunningServer, say, serve
from tests.scenarios.onlooker import newest_incident, onlookers

pytestmark = pytest.mark.real


def _log(qtbot: QtBot, room: Room, line: str) -> None:
    count = room.apart.queue.waiting + room.apart.queue.sent
    log_line(qtbot, room, line)
    qtbot.waitUntil(
        lambda: room.apart.queue.waiting + room.apart.queue.sent > count, timeout=WITHIN_MS
    )


def _pull(qtbot: QtBot, room: Room, server: RunningServer) -> None:
    qtbot.waitUntil(lambda: room._progress["incident"].is_connected, timeout=WITHIN_MS)
    server.kill()
    qtbot.waitUntil(lambda: room.sync.is_offline, timeout=WITHIN_MS)


def _standings(room: Room) -> list[QueueStanding]:
    return [row.standing for row in room.apart.queue.rows]


def test_what_is_logged_offline_waits_in_sight_and_arrives_when_the_server_is_back(
    qtbot: QtBot, tmp_path: Path, open_room: OpenRoom
) -> None:
    with serve(tmp_path / "server") as server:
        say("declare", "Checkout failing", server=server)
        with open_room(server, "priya") as room:
            message = room.view.capture.parse_line
            _pull(qtbot, room, server)

            assert message.message.startswith("Offline since ")
            assert "Everything is saved on this device." in message.message
            losses = room.view.body.timeline.model.rows
            assert any(isinstance(row, ConnectionLost) for row in losses)

            _log(qtbot, room, "pool is full")
            _log(qtbot, room, "/d roll back checkout")
            room.view.sync_pressed.emit()

            sheet = room.apart.queue_sheet
            assert sheet.isVisible()
            assert sheet.counts.text().endswith("waiting")
            assert {"pool is full"} <= {row.text for row in sheet.model.rows}
            assert room.state.decisions[0].label == "D-1*"
            qtbot.keyClick(sheet.list, Qt.Key.Key_Escape)
            assert not sheet.isVisible()

            with serve(tmp_path / "server", port=server.port):
                qtbot.waitUntil(
                    lambda: message.message.startswith("Back online. Sent "), timeout=WITHIN_MS
                )

                assert set(_standings(room)) == {QueueStanding.SENT}
                assert room.apart.queue.waiting == 0
                assert not any(entry.is_pending for entry in room.state.timeline)
                assert room.state.decisions[0].label == "D-1"


def test_a_queue_in_a_file_is_recorded_from_another_machine_as_its_author_wrote_it(
    qtbot: QtBot, tmp_path: Path, open_room: OpenRoom, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "stick.watchfloor-queue"
    with serve(tmp_path / "server") as server:
        say("declare", "Checkout failing", server=server)
        with open_room(server, "priya") as room:
            _pull(qtbot, room, server)
            _log(qtbot, room, "pool is full")
            room.apart.questions = Answers(file=file)
            room.apart.export()
            qtbot.waitUntil(file.exists, timeout=WITHIN_MS)

    typed = tmp_path / "typed.watchfloor-queue"
    assert run_command(["queue", "export", "-o", str(typed), "--profile", "priya"]) == 0
    assert read_queue_file(typed) == read_queue_file(file)

    with serve(tmp_path / "server") as server:
        incident = newest_incident(server.url, server.token)
        with onlookers(server.url, server.token, incident, ["tom"], tmp_path) as (tom,):
            code = run_command(
                ["queue", "import", str(file), "--server", server.url,
                 "--token-file", str(server.token_file)]
            )  # fmt: skip
            qtbot.waitUntil(
                lambda: any(row.text == "pool is full" for row in tom.state.timeline),
                timeout=WITHIN_MS,
            )
            row = next(row for row in tom.state.timeline if row.text == "pool is full")

    assert code == 0
    assert "recorded as their authors wrote them" in capsys.readouterr().out
    assert row.actor == "person:priya"
    assert not row.is_quarantined


def test_a_queue_brought_to_a_console_without_server_goes_on_from_there(
    qtbot: QtBot, tmp_path: Path, open_room: OpenRoom
) -> None:
    # given what one console wrote while apart, and has closed
    file = tmp_path / "stick.watchfloor-queue"
    with serve(tmp_path / "server") as server:
        say("declare", "Mail is slow", server=server)
        mail = newest_incident(server.url, server.token)
        with open_room(server, "priya") as room:
            _pull(qtbot, room, server)
            _log(qtbot, room, "mail queue is long")
    assert run_command(["queue", "export", "-o", str(file), "--profile", "priya"]) == 0

    # when it is brought to one that has no server either, and another incident open
    with serve(tmp_path / "server") as server:
        say("declare", "Checkout failing", server=server)
        with open_room(server, "tom") as room:
            _pull(qtbot, room, server)
            room.apart.questions = Answers(file=file)
            room.apart.bring()
            room.apart.bring()
            qtbot.waitUntil(lambda: room.apart.queue.waiting == 1, timeout=WITHIN_MS)
            assert room.state.situation.title == "Checkout failing"

            # then it is sent from there once the server is back, as its author signed it
            with serve(tmp_path / "server", port=server.port) as back:
                qtbot.waitUntil(lambda: room.apart.queue.waiting == 0, timeout=WITHIN_MS)
                with onlookers(back.url, back.token, mail, ["lena"], tmp_path) as (lena,):
                    qtbot.waitUntil(lambda: lena.is_live, timeout=WITHIN_MS)
                    rows = [one for one in lena.state.timeline if "queue is long" in one.text]
                    assert [one.actor for one in rows] == ["person:priya"]


def test_a_window_with_a_queue_closes_only_when_its_person_says_so(
    qtbot: QtBot, tmp_path: Path, open_room: OpenRoom
) -> None:
    file = tmp_path / "last.watchfloor-queue"
    answers = Answers(file=file)
    with serve(tmp_path / "server") as server:
        say("declare", "Checkout failing", server=server)
        with open_room(server, "priya") as room:
            assert room.apart.may_close()
            _pull(qtbot, room, server)
            _log(qtbot, room, "pool is full")

            room.apart.questions = answers
            assert not room.apart.may_close()
            answers.closing = Closing.EXPORT
            assert room.apart.may_close()
            assert file.exists()
            answers.closing = Closing.CLOSE
            assert room.apart.may_close()

    assert set(answers.asked) == {"1 event is only on this device. Close anyway?"}


def test_what_two_set_while_apart_is_settled_with_one_key(
    qtbot: QtBot, tmp_path: Path, open_room: OpenRoom
) -> None:
    with serve(tmp_path / "server") as server:
        say("declare", "Checkout failing", server=server)
        incident = newest_incident(server.url, server.token)
        with (
            onlookers(server.url, server.token, incident, ["tom"], tmp_path) as (tom,),
            open_room(server, "priya") as room,
        ):
            takes = RoleAssigned(role=COMMANDER, person="priya", name="Priya Raman")
            tom.write(Draft(fact=takes))
            qtbot.waitUntil(lambda: room.state.commander is not None, timeout=WITHIN_MS)
            _pull(qtbot, room, server)
            _log(qtbot, room, "/sev 2")
            tom.write(Draft(fact=SeverityChanged(severity=1, reason="all of EU")))
            with serve(tmp_path / "server", port=server.port):
                qtbot.waitUntil(lambda: room.sync.kind is SyncKind.CONFLICT, timeout=WITHIN_MS)

                banner = room.view.banner
                assert banner.banner is not None
                assert "while apart" in banner.banner.text
                room.view.sync_pressed.emit()
                sheet = room.apart.settle_sheet
                assert sheet.isVisible()
                assert [one.author.text().split(" ")[0] for one in sheet.cards[0].versions]
                qtbot.keyClick(sheet, Qt.Key.Key_2)

                qtbot.waitUntil(lambda: not sheet.isVisible(), timeout=WITHIN_MS)
                qtbot.waitUntil(lambda: room.sync.kind is SyncKind.LIVE, timeout=WITHIN_MS)
                qtbot.waitUntil(lambda: tom.state.situation.severity == 2, timeout=WITHIN_MS)
                assert not tom.state.situation.is_severity_contested
                assert room.view.banner.banner is None


def test_a_line_that_was_being_typed_comes_back_with_its_time(
    qtbot: QtBot, tmp_path: Path, open_room: OpenRoom
) -> None:
    with serve(tmp_path / "server") as server:
        say("declare", "Checkout failing", server=server)
        with open_room(server, "priya") as room:
            began = room._clock.live()
            room.view.capture.begin("pool is full")
            typed = room._clock.live()
            with qtbot.waitSignal(room.view.draft_changed, timeout=WITHIN_MS):
                pass
            _log_is_kept(qtbot, room)
        with open_room(server, "priya") as again:
            qtbot.waitUntil(
                lambda: again.view.capture.field.line == "pool is full", timeout=WITHIN_MS
            )
            qtbot.keyClick(again.view.capture.field, Qt.Key.Key_Return)
            qtbot.waitUntil(
                lambda: any(one.text == "pool is full" for one in again.state.timeline),
                timeout=WITHIN_MS,
            )
            entry = next(one for one in again.state.timeline if one.text == "pool is full")

    by_this_clock = entry.at + entry.skew  # as far as the server could measure it
    assert began <= by_this_clock <= typed


def _log_is_kept(qtbot: QtBot, room: Room) -> None:
    """Wait until the worker has done what it was asked before."""

    async def answer(_stage: Backstage) -> None:
        pass

    done = room.worker.ask(answer)
    qtbot.waitUntil(done.done, timeout=WITHIN_MS)
