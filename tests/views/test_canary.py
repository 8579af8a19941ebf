"""Hostile text in every place text can be: nothing is ever read as markup."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from app.events.event import Recorded
from app.incident.kinds.decisions import DecisionProposed, PollOpened, Stance, VoiceGiven
from app.incident.kinds.freezes import ExceptionRequested, FreezeDeclared, FreezeScope
from app.incident.kinds.reporting import ClockArmed, UpdateDrafted
from app.incident.kinds.roles import COMMANDER, RoleAssigned, RoleRequired
from app.incident.kinds.signals import AlertFired, Health, HealthChanged, IndicatorSampled
from app.incident.kinds.situation import (
    ImpactStated,
    IncidentDeclared,
    ParticipantJoined,
)
from app.incident.kinds.work import ActionAssigned, NoteWritten
from app.incident.replay import replay
from app.protocol.sync_status import SyncKind, SyncStatus
from app.views.banner import BannerKind, BannerText
from app.views.commander_view import CommanderView
from app.views.desk import Desk
from app.views.inspector import ServiceBrief
from tests.views.checkout_incident import LogWriter, at

CANARY = QColor("#01FE02")
DOORS = {
    "QLabel",
    "QMessageBox",
    "setHtml",
    "insertHtml",
    "setToolTip",
    "appendHtml",
    "QTextBrowser",
}
VIEWS = Path(__file__).parents[2] / "app" / "views"


@pytest.fixture
def evil(tmp_path: Path) -> str:
    """Text that paints a square of one odd colour if anything reads it as markup."""
    image = QImage(40, 40, QImage.Format.Format_RGB32)
    image.fill(CANARY)
    path = tmp_path / "canary.png"
    image.save(str(path))
    return f"<img src='{path}'>\u202e\x07<b>x</b>"


def evil_log(evil: str) -> list[Recorded]:
    """A log whose every text is hostile."""
    writer = LogWriter()
    writer.add("14:00", evil, IncidentDeclared(number=evil, title=evil, severity=2))
    writer.add("14:01", "priya", ImpactStated(text=evil))
    writer.add("14:01", "priya", RoleAssigned(role=COMMANDER, person="priya", name=evil))
    writer.add("14:01", "priya", RoleRequired(role="sme_x", title=evil, team=evil))
    writer.add("14:01", "tom", ParticipantJoined(person="tom", name=evil))
    writer.add("14:02", "priya", NoteWritten(text=evil, services=(evil,)))
    writer.add("14:02", "priya", ActionAssigned(text=evil, owner="tom", owner_name=evil))
    decision = writer.add(
        "14:03",
        "tom",
        DecisionProposed(title=evil, reason=evil, owner="tom", owner_name=evil, exception=evil),
    )
    poll = PollOpened(decision=decision, required=("tom", "priya"), closes_at=at("14:45"))
    writer.add("14:03", "tom", poll)
    voice = VoiceGiven(
        decision=decision, person="tom", name=evil, stance=Stance.OBJECTS, text=evil
    )
    writer.add("14:04", "tom", voice)
    writer.add("14:04", "tom", DecisionProposed(title=evil))
    freeze = FreezeDeclared(scope=FreezeScope.SERVICES, environments=(evil,), services=(evil,))
    held = writer.add("14:05", "tom", freeze)
    writer.add("14:05", "tom", ExceptionRequested(change=evil, freezes=(held,)))
    armed = ClockArmed(clock="c", name=evil, basis=evil, minutes=60, trigger=evil)
    writer.add("14:05", "tom", armed)
    writer.add("14:06", "tom", UpdateDrafted(audience=evil, text=evil))
    alert = AlertFired(
        alert="a", episode="1", source=evil, name=evil, summary=evil, services=(evil,)
    )
    writer.add("14:07", "integration:monitor", alert)
    health = HealthChanged(service=evil, health=Health.FAILING, indicator=evil)
    writer.add("14:07", "integration:monitor", health)
    writer.add("14:08", "integration:monitor", IndicatorSampled(indicator=evil, value=3, unit="%"))
    return writer.log


def canary_pixels(widget: QWidget) -> int:
    """How many pixels of a widget have the odd colour."""
    image = widget.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    wanted = CANARY.rgb().to_bytes(4, "little")
    data = bytes(image.constBits())
    return sum(data[place : place + 4] == wanted for place in range(0, len(data), 4))


def test_no_panel_reads_event_text_as_markup(
    qtbot: QtBot, desk: Desk, evil: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[object] = []
    monkeypatch.setattr("PySide6.QtGui.QDesktopServices.openUrl", opened.append)
    view = CommanderView(desk, QWidget())
    qtbot.addWidget(view)
    view.resize(1600, 1000)
    view.show()
    view.show_state(replay(evil_log(evil)))
    brief = ServiceBrief(name=evil, detail=evil, facts=((evil, evil),))
    view.body.services.show_service(brief)
    view.show_banner(BannerText(kind=BannerKind.ALARM, text=evil, button=evil))
    view.capture.confirm(evil)
    view.body.timeline.filter_service(evil)
    view.body.timeline.filter_service("")
    for sync in (SyncStatus(), SyncStatus(kind=SyncKind.OFFLINE, as_of=at("14:36"))):
        view.show_sync(sync)
        assert canary_pixels(view) == 0
    view.show_sync(SyncStatus())
    view.body.update_panel.review_requested.emit()
    assert canary_pixels(view) == 0
    view.keyboard_map.toggle()
    assert canary_pixels(view) == 0
    for widget in QApplication.allWidgets():
        assert "<img" not in widget.toolTip()
    assert opened == []


def test_no_view_opens_a_door_to_rich_text() -> None:
    """Only `safe_text` may name what reads markup."""
    found: list[str] = []
    for path in sorted(VIEWS.rglob("*.py")):
        if path.name == "safe_text.py":
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call):
                name = getattr(node.func, "id", None) or getattr(node.func, "attr", "")
                if name in DOORS:
                    found.append(f"{path.name}:{node.lineno} {name}")

    assert found == []
