"""A stranger's first minutes: a real window, a real keyboard, a real server that dies."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.events.event import Draft
from app.incident.kinds.decisions import Verdict
from app.incident.kinds.work import NoteWritten
from app.incident.projections.decisions import Decision
from tests.e2e.desktop import desktop
from tests.e2e.programs import console, eventually, serve
from tests.patience import PATIENCE
from tests.scenarios.onlooker import Onlooker, newest_incident, onlookers

pytestmark = pytest.mark.real

STORY_WITHIN = 3 * PATIENCE
"""Seconds: it is a hundred events long."""

LINE = "/d rollback checkout to v41 because error rate 40% @maria !go"


def _told(console: Onlooker) -> bool:
    """Whether the demo story has been told to its end."""
    decision = console.state.open_decision
    return decision is not None and decision.poll is not None and bool(decision.poll.objections)


def _rollback(console: Onlooker) -> Decision | None:
    """The decision that was typed, once it was proposed and decided."""
    found = [one for one in console.state.decisions if one.title == "rollback checkout to v41"]
    return found[0] if found and found[0].ruling is not None else None


def test_a_decision_typed_into_a_real_window_is_in_the_other_consoles_decision_log(tmp_path: Path):
    with desktop(tmp_path) as screen, serve(tmp_path / "server", story=True) as server:
        incident = newest_incident(server.url, server.token)
        with onlookers(server.url, server.token, incident, ["tom"], tmp_path) as (tom,):
            eventually(lambda: _told(tom), STORY_WITHIN)
            with console(
                server, "typed", {**screen.environment, "WATCHFLOOR_DATA": str(tmp_path)}
            ):
                screen.window("INC-2417")

                screen.press("slash")
                screen.press("BackSpace")
                screen.type(LINE)
                screen.press("Return")

                eventually(lambda: _rollback(tom) is not None)
                screen.picture(tmp_path / "typed.png")

            decision = _rollback(tom)
            assert decision is not None
            assert decision.owner_name == "Maria Silva"
            assert decision.reason == "error rate 40%"
            assert decision.services == ("checkout",)
            assert decision.ruling is not None
            assert decision.ruling.verdict is Verdict.GO
            assert decision.proposed_by == "priya"


def test_both_consoles_write_on_without_a_server_and_agree_when_it_is_back(tmp_path: Path):
    folder = tmp_path / "server"
    with serve(folder, story=True) as server:
        incident = newest_incident(server.url, server.token)
        with onlookers(server.url, server.token, incident, ["tom", "lena"], tmp_path) as both:
            tom, lena = both
            eventually(lambda: _told(tom) and _told(lena), STORY_WITHIN)
            server.kill()
            eventually(lambda: not tom.is_live and not lena.is_live)

            for number in range(5):
                tom.write(Draft(fact=NoteWritten(text=f"tom alone {number}")))
                lena.write(Draft(fact=NoteWritten(text=f"lena alone {number}")))
            assert sum(row.is_pending for row in tom.state.timeline) == 5

            with serve(folder, port=server.port):
                eventually(lambda: _is_settled(tom) and _is_settled(lena))
                eventually(lambda: tom.state.timeline == lena.state.timeline)
                texts = [row.text for row in tom.state.timeline if "alone" in row.text]

    assert sorted(texts) == sorted(f"{who} alone {n}" for who in ("tom", "lena") for n in range(5))


def _is_settled(console: Onlooker) -> bool:
    return console.is_live and console.state.pending == 0 and console.state.position > 0
