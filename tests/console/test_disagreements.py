"""Two sources disagree: a person settles it at one console, and the other shows it."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.console.room import Room
from app.organisation.disagreements import disagreements
from app.views.map_answers import MapAnswers
from tests.console.rooms import WITHIN_MS, OpenRoom
from tests.e2e.programs import say, serve

pytestmark = pytest.mark.real

BACKSTAGE = "service,team,tier\ncheckout,Payments,0\n"
CMDB = "service,team,tier\ncheckout,Checkout,0\n"


def _owner(room: Room) -> str:
    return room.organisation.owner_of("checkout")


def test_a_settled_owner_counts_on_every_console_and_after_the_next_import(
    qtbot: QtBot, tmp_path: Path, open_room: OpenRoom
) -> None:
    (tmp_path / "backstage.csv").write_text(BACKSTAGE)
    (tmp_path / "cmdb.csv").write_text(CMDB)
    files = [str(tmp_path / "backstage.csv"), str(tmp_path / "cmdb.csv")]
    with serve(tmp_path / "server") as server:
        say("import-catalog", *files, server=server)
        say("declare", "Checkout failing", server=server)
        with open_room(server, "one") as one, open_room(server, "two") as two:
            qtbot.waitUntil(lambda: bool(disagreements(one.organisation)), timeout=WITHIN_MS)
            assert _owner(one) == "Payments"

            qtbot.waitUntil(lambda: _opened(one), timeout=WITHIN_MS)
            answers = one.view.findChild(MapAnswers)
            answers.sheet.words.words.setCurrentIndex(1)
            answers.sheet.words.counts.click()

            qtbot.waitUntil(lambda: _owner(two) == "Checkout", timeout=WITHIN_MS)
            (found,) = disagreements(two.organisation)
            assert found.settled is not None
            assert say("import-catalog", *files, server=server)["changes"] == 0

            (tmp_path / "backstage.csv").write_text(BACKSTAGE.replace("Payments", "Platform"))
            say("import-catalog", *files, server=server)
            qtbot.waitUntil(lambda: _owner(two) == "Platform", timeout=WITHIN_MS)
            (found,) = disagreements(two.organisation)
            assert found.is_reopened


def _opened(room: Room) -> bool:
    answers = room.view.findChild(MapAnswers)
    if answers is None:
        return False
    answers.open_service("checkout")
    return answers.sheet.isVisible()
