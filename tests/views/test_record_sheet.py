"""Enter shows a decision, or an entry of the timeline, in full."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, timedelta

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.events.sensitivity import Sensitivity
from app.incident.kinds.decisions import (
    DecisionDecided,
    DecisionProposed,
    DecisionReversed,
    Verdict,
)
from app.incident.kinds.work import NoteWritten
from app.incident.projections.timeline import TimelineEntry
from app.incident.replay import replay
from app.incident.state import IncidentState
from app.models.finding_model import Finding
from app.protocol.doubt import Doubt
from app.views.commander_view import CommanderView
from app.views.record_words import decision_findings, entry_findings, proof_of
from app.views.times import TimeDisplay
from tests.views.checkout_incident import LogWriter, at, checkout_log

ROLLBACK = DecisionProposed(
    title="rollback checkout to v41",
    reason="error rate 40%",
    owner="maria",
    owner_name="Maria Silva",
    services=("checkout",),
    exception="EX-1",
)


def decide(writer: LogWriter) -> str:
    """An eighth decision in the checkout incident, with an owner, a reason and a service."""
    writer.log = checkout_log()
    decision = writer.add("14:39:20", "priya", ROLLBACK)
    go = DecisionDecided(
        decision=decision,
        verdict=Verdict.GO,
        decided_by="priya",
        reason=ROLLBACK.reason,
        revisit_at=at("14:54:20"),
    )
    writer.add("14:39:20", "priya", go)
    return decision


@pytest.fixture
def decided() -> IncidentState:
    """The checkout incident with that decision."""
    writer = LogWriter()
    decide(writer)
    return replay(writer.log)


@pytest.fixture
def times(qapp: object) -> TimeDisplay:
    return TimeDisplay(UTC)


def words(view: CommanderView) -> list[str]:
    """What the sheet says, line by line."""
    return [row.text for row in view.record_sheet.model.rows]


def test_a_row_of_the_decision_log_says_who_owns_it_and_why(
    view: CommanderView, decided: IncidentState
) -> None:
    view.show_state(decided)

    model = view.body.decisions.model
    row = next(one for one in model.rows if one.decision.label == "D-8")

    assert row.answerable == "Maria Silva"
    assert model.sentence(row) == (
        "D-8, rollback checkout to v41, Go, Priya Raman, owner Maria Silva, error rate 40%"
    )


def test_enter_in_the_decision_log_shows_owner_reason_service_and_verdict(
    qtbot: QtBot, view: CommanderView, decided: IncidentState
) -> None:
    view.show_state(decided)
    decisions = view.body.decisions.list
    decisions.setFocus()

    qtbot.keyClick(decisions, Qt.Key.Key_Return)

    assert view.record_sheet.isVisible()
    assert view.record_sheet.title.text() == "Decision D-8"
    assert words(view) == [
        "D-8 proposed",
        "rollback checkout to v41",
        "Reason: error rate 40%",
        "By Priya Raman, 14:39:20",
        "Owner: Maria Silva",
        "Services: checkout",
        "Freeze exception: EX-1, checkout to v41",
        "Verdict",
        "Go by Priya Raman, 14:39:20",
        "Revisit at 14:54",
    ]

    qtbot.keyClick(view.record_sheet.list, Qt.Key.Key_Escape)
    assert not view.record_sheet.isVisible()
    assert view.focusWidget() is decisions


def test_an_open_sheet_follows_what_becomes_of_the_decision(
    view: CommanderView, decided: IncidentState
) -> None:
    view.show_state(decided)
    view.body.decisions.decision_opened.emit(decided.decisions[-1])

    writer = LogWriter()
    reversal = DecisionReversed(decision=decide(writer), reason="v41 has the same pool")
    writer.add("14:39:23", "maria", reversal)
    view.show_state(replay(writer.log))

    assert words(view)[-2:] == [
        "Reversed by Maria Silva, 14:39:23",
        "Reason: v41 has the same pool",
    ]


def test_a_sheet_closes_where_its_decision_is_not_known_yet(
    view: CommanderView, state: IncidentState, decided: IncidentState
) -> None:
    view.show_state(decided)
    view.body.decisions.decision_opened.emit(decided.decisions[-1])
    assert view.record_sheet.isVisible()

    view.show_past(state, at("14:38"))

    assert not view.record_sheet.isVisible()


def test_enter_in_the_timeline_shows_the_entry_and_the_decision_it_is_about(
    qtbot: QtBot, view: CommanderView
) -> None:
    rows = view.body.timeline.list
    rows.setFocus()
    newest = view.body.timeline.model.rows[0]
    assert isinstance(newest, TimelineEntry)

    qtbot.keyClick(rows, Qt.Key.Key_Return)

    said = words(view)
    assert said[0:3] == ["Entry", newest.text, "Jae Park, 14:39:20"]
    assert f"Record {newest.position} of the log, not signed by the server yet" in said
    assert "D-7 proposed" in said
    assert "Jae Park objects: migration 0093 may not reverse" in said
    assert "No answer: Lena Vogt" in said
    assert said[-1] == "None yet"


def test_the_badge_of_an_open_entry_follows_what_is_found_out_about_its_record(
    qtbot: QtBot, view: CommanderView
) -> None:
    rows = view.body.timeline.list
    rows.setFocus()
    newest = view.body.timeline.model.rows[0]
    assert isinstance(newest, TimelineEntry)
    sheet, position = view.record_sheet, newest.position
    qtbot.keyClick(rows, Qt.Key.Key_Return)
    shown = [(sheet.badge.accessibleName(), words(view)[4])]

    for show in (
        lambda: sheet.show_signed(position - 1),
        lambda: sheet.show_signed(position),
        lambda: sheet.show_doubt(Doubt(log="", first=position + 1)),
        lambda: sheet.show_doubt(Doubt(log="", first=position)),
        lambda: sheet.show_doubt(None),
    ):
        show()
        shown.append((sheet.badge.accessibleName(), words(view)[4]))

    unsigned = f"Record {position} of the log, not signed by the server yet"
    signed = f"Record {position} of the log, as the server signed it"
    doubtful = f"Record {position} of the log did not verify: it may not be what was logged"
    assert shown == [
        ("Record: Not signed yet", unsigned),
        ("Record: Not signed yet", unsigned),
        ("Record: Verified", signed),
        ("Record: Verified", signed),
        ("Record: Not verified", doubtful),
        ("Record: Verified", signed),
    ]


def test_a_decision_and_what_was_not_sent_yet_have_no_badge(
    view: CommanderView, state: IncidentState
) -> None:
    view.body.decisions.decision_opened.emit(state.decisions[0])
    pending = replace(state.timeline[0], is_pending=True, position=0)

    assert not view.record_sheet.badge.isVisible()
    assert proof_of(pending, 0, Doubt(log="", first=1)) is None


def test_a_note_is_shown_line_by_line_with_both_times_and_who_may_read_it(
    times: TimeDisplay,
) -> None:
    writer = LogWriter()
    writer.add("14:00", "priya", NoteWritten(text="pool refilled\nin 40 s"))
    entry = replay(writer.log).timeline[0]
    late = TimelineEntry(
        event_id=entry.event_id,
        position=entry.position,
        at=entry.at,
        recorded_at=entry.at + timedelta(minutes=5),
        actor=entry.actor,
        author=entry.author,
        line=entry.line,
        texts=entry.texts,
        skew=timedelta(seconds=14),
        sensitivity=Sensitivity.RESTRICTED,
        is_pending=True,
    )

    said = [one.text for one in entry_findings(late, replay(writer.log), times, None)]

    assert said == [
        "Entry",
        "pool refilled",
        "in 40 s",
        f"{entry.author}, 14:00:00",
        "22 Nov 2026 14:00:00.000000 UTC",
        "Logged 14:05:00",
        "The clock there is 14 s fast; this is server time",
        "For readers of restricted entries",
        "Saved on this device, not sent yet",
    ]


def test_every_decision_of_the_incident_can_be_put_into_words(
    state: IncidentState, times: TimeDisplay
) -> None:
    for decision in state.decisions:
        findings = decision_findings(decision, state, times)

        assert findings[0].text == f"{decision.label} proposed"
        assert all(one.text for one in findings)


def test_a_heading_that_is_too_long_for_one_line_takes_two(
    view: CommanderView, state: IncidentState
) -> None:
    view.body.decisions.decision_opened.emit(state.decisions[0])
    sheet = view.record_sheet
    brief = Finding(text="Verdict", is_heading=True)
    long = Finding(
        text="What if it were failing: a forecast, no observation " * 2, is_heading=True
    )

    sheet.show_findings("Forecast", (brief, long))

    heights = [sheet.list.sizeHintForRow(row) for row in (0, 1)]
    assert heights[1] > heights[0]
