"""Draws the screens from a log of facts into `build/shots/`: `python -m tests.shots`."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass, replace
from datetime import timedelta, timezone
from itertools import chain
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QApplication

from app.capture.entry import EntryKind
from app.events.event import Recorded
from app.incident.contested import contested
from app.incident.projections.reporting import Updates
from app.incident.replay import foresee, replay
from app.incident.state import BEFORE_ANYTHING, IncidentState
from app.protocol.doubt import Doubt
from app.protocol.sync_status import SyncKind, SyncStatus
from app.views.banner import settling_banner
from app.views.clock import FrozenClock
from app.views.commander_view import CommanderView
from app.views.desk import Desk
from app.views.queue_sheet import QueueSheet
from app.views.safe_text import PlainTextFilter
from app.views.settle_sheet import SettleSheet
from app.views.theme import Theme
from app.views.times import TimeDisplay
from app.views.tokens import Tokens, dark_tokens, light_tokens
from app.views.window import Window
from tests.shots_graphs import GRAPHS, draw_catalogues
from tests.shots_map import draw_map_shots
from tests.views.checkout_apart import contested_state, queue_rows
from tests.views.checkout_curves import open_checkout_curves
from tests.views.checkout_incident import LOG, ME, NOW, at, checkout_log, checkout_vocabulary
from tests.views.checkout_map import checkout_brief, checkout_map, checkout_total

LINE = "/d rollback checkout to v41 because error rate 41% @maria !go EX-1"
OUT = Path("build/shots")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shot:
    """One picture: its name, the window's size, colours, font scale, and what is going on."""

    name: str
    size: QSize
    tokens: Tokens
    scale: float = 1.0
    is_offline: bool = False
    sync: SyncKind = SyncKind.LIVE
    line: str = LINE
    over: str = ""
    viewed: str = ""


def shots() -> tuple[Shot, ...]:
    """Every picture of the commander view."""
    roomy, laptop = QSize(1600, 1000), QSize(1280, 800)
    queue = Shot(
        name="queue_sheet_1280", size=laptop, tokens=dark_tokens(), is_offline=True, over="queue"
    )
    return (
        Shot(name="commander_dark_1600", size=roomy, tokens=dark_tokens()),
        Shot(name="commander_light_1600", size=roomy, tokens=light_tokens()),
        Shot(name="commander_dark_1280", size=laptop, tokens=dark_tokens()),
        Shot(name="commander_light_1280", size=laptop, tokens=light_tokens()),
        Shot(name="offline_1280", size=laptop, tokens=dark_tokens(), is_offline=True),
        Shot(name="narrow_1024", size=QSize(1024, 700), tokens=dark_tokens(), line=""),
        Shot(name="commander_200pct", size=roomy, tokens=dark_tokens(), scale=2.0),
        Shot(name="commander_150pct_1280", size=laptop, tokens=light_tokens(), scale=1.5),
        Shot(name="completion_1600", size=roomy, tokens=dark_tokens(), line="/ok @ma"),
        Shot(name="keyboard_map_1280", size=laptop, tokens=dark_tokens(), over="keys"),
        Shot(name="update_sheet_1280", size=laptop, tokens=light_tokens(), over="update"),
        queue,
        replace(queue, name="queue_sheet_light", tokens=light_tokens()),
        Shot(name="settle_sheet_1280", size=laptop, tokens=dark_tokens(), line="", over="settle"),
        Shot(
            name="settle_waiting_light", size=laptop, tokens=light_tokens(), line="", over="wait"
        ),
        Shot(name="metrics_dark_1600", size=roomy, tokens=dark_tokens(), line="", over="metrics"),
        Shot(
            name="metrics_light_1280", size=laptop, tokens=light_tokens(), line="", over="metrics"
        ),
        Shot(name="doubt_1600", size=roomy, tokens=dark_tokens(), line="", over="doubt"),
        Shot(name="doubt_light_1600", size=roomy, tokens=light_tokens(), line="", over="doubt"),
        Shot(name="overlay_1024", size=QSize(1024, 700), tokens=dark_tokens(), over="roster"),
        *shots_of_the_past(),
        *shots_while_calm(),
        *shots_of_what_is_missing(),
    )


def shots_of_the_past() -> tuple[Shot, ...]:
    """Looking back from 14:39:24 to 14:32:10."""
    dark = Shot(
        name="viewing_1600", size=QSize(1600, 1000), tokens=dark_tokens(), line="",
        viewed="14:32:10",
    )  # fmt: skip
    light = replace(dark, name="viewing_light_1280", size=QSize(1280, 800), tokens=light_tokens())
    return dark, light


def shots_of_what_is_missing() -> tuple[Shot, ...]:
    """With only the incident answered for, and before anything was written."""
    roomy, laptop = QSize(1600, 1000), QSize(1280, 800)
    missed = Shot(name="missed_dark_1600", size=roomy, tokens=dark_tokens(), over="missed")
    begin = Shot(name="begin_dark_1600", size=roomy, tokens=dark_tokens(), over="begin")
    return (
        missed,
        replace(missed, name="missed_light_1280", size=laptop, tokens=light_tokens()),
        replace(begin, line="/r ic @yo"),
        replace(begin, name="begin_light_1280", size=laptop, tokens=light_tokens(), line="/u "),
    )


def shots_while_calm() -> tuple[Shot, ...]:
    """An exercise, and a console at which nobody else has what is written."""
    roomy, laptop = QSize(1600, 1000), QSize(1280, 800)
    exercise = Shot(
        name="exercise_1600", size=roomy, tokens=dark_tokens(), line="", sync=SyncKind.SANDBOX
    )
    alone = replace(exercise, name="alone_1600", sync=SyncKind.LOCAL_ONLY)
    return (
        exercise,
        replace(exercise, name="exercise_light_1280", size=laptop, tokens=light_tokens()),
        replace(exercise, name="exercise_past_1600", viewed="14:32:10"),
        alone,
        replace(alone, name="alone_1280", size=laptop),
        replace(alone, name="alone_light_1280", size=laptop, tokens=light_tokens()),
        replace(alone, name="alone_1024", size=QSize(1024, 700)),
        replace(alone, name="alone_150pct_1280", size=laptop, scale=1.5),
    )


def offline_state(log: list[Recorded]) -> IncidentState:
    """The same incident when the line dropped at 14:36:14: the last events are only here."""
    confirmed = [one for one in log if one.received_at <= at("14:36:14")]
    own = [
        replace(one.event, fact=one.event.fact)
        for one in log
        if one.received_at > at("14:36:14") and one.event.actor.startswith("person:")
    ]
    return foresee(replay(confirmed), own)


def state_of(shot: Shot) -> IncidentState:
    """The incident as it is now in a picture."""
    if shot.over in ("settle", "wait"):
        return contested_state()
    if shot.over == "begin":
        return BEFORE_ANYTHING
    log = checkout_log()
    if shot.over == "missed":
        state = replay(log)
        return replace(state, freeze=replace(state.freeze, changes=()), updates=Updates())
    state = offline_state(log) if shot.is_offline else replay(log)
    return as_exercise(state) if shot.sync is SyncKind.SANDBOX else state


def as_exercise(state: IncidentState) -> IncidentState:
    """The same, had it been declared an exercise."""
    return replace(state, situation=replace(state.situation, is_exercise=True))


def past_of(shot: Shot) -> IncidentState:
    """The incident at the moment a picture looks back to."""
    log = [one for one in checkout_log() if one.received_at <= at(shot.viewed or "00:00")]
    return as_exercise(replay(log)) if shot.sync is SyncKind.SANDBOX else replay(log)


def room_of(shot: Shot) -> tuple[int, int]:
    """How large the map is in a picture, in pixels of the design."""
    if shot.scale > 1.0:
        return round(shot.size.width() / shot.scale), 190
    return (950, 394) if shot.size.width() > 1300 else (718, 300)


def show_sync(view: CommanderView, shot: Shot) -> None:
    """How the console stands to its server in a picture; offline it does since 14:36:14."""
    if not shot.is_offline:
        view.show_sync(SyncStatus(kind=shot.sync))
        return
    status = SyncStatus(kind=SyncKind.OFFLINE, since=at("14:36:14"), queued=7, as_of=at("14:36"))
    view.show_sync(status)
    view.body.timeline.show_losses([at("14:36:14")])


def take(shot: Shot, folder: Path) -> Path:
    """Draw one picture; where it was written."""
    theme = Theme(shot.tokens, shot.scale)
    application = QApplication.instance()
    if isinstance(application, QApplication):
        theme.apply(application)
    desk = Desk(
        theme=theme, clock=FrozenClock(NOW), times=TimeDisplay(timezone(timedelta(hours=1))), me=ME
    )
    state = state_of(shot)
    if shot.over == "wait":
        desk.me = "jae"
    shown = past_of(shot) if shot.viewed else state
    service_map = checkout_map(desk, shown, is_stale=shot.is_offline, room=room_of(shot))
    view = CommanderView(desk, service_map)
    window = Window(shot.tokens)
    window.furnish(desk, view)
    window.resize(shot.size)
    window.show()
    window.activateWindow()
    window.show_state(state)
    view.show_service_total(checkout_total())
    view.body.services.show_service(checkout_brief(is_offline=shot.is_offline))
    view.capture.use_vocabulary(checkout_vocabulary())
    view.capture.use_acting(frozenset(EntryKind) - {EntryKind.PAGE})
    show_sync(view, shot)
    if shot.viewed:
        view.show_past(shown, at(shot.viewed))
    view.capture.begin(shot.line)
    QApplication.processEvents()
    bring_up(desk, view, state, shot.over)
    bring_up_sync(desk, view, state, shot.over)
    getattr(service_map, "finish_painting", lambda: None)()
    QApplication.processEvents()
    path = folder / f"{shot.name}.png"
    window.grab().save(str(path))
    window.close()
    window.deleteLater()
    return path


def bring_up(desk: Desk, view: CommanderView, state: IncidentState, over: str) -> None:
    """Show what lies over the view in this picture."""
    if over == "missed":
        view.body.freeze.show_gate(None, is_known=True)
        view.body.roster.show_directory(is_reachable=False)
    elif over == "begin":
        view.body.roster.show_present(frozenset({ME}))
    elif over == "keys":
        view.keyboard_map.toggle()
    elif over == "update":
        view.body.update_panel.button.click()
    elif over == "roster":
        view.focus_panel(1)
    elif over == "metrics":
        open_checkout_curves(desk, view, state)
    elif over == "doubt":
        first = next(one.position for one in state.timeline if one.at >= at("14:25"))
        view.body.timeline.show_doubt(Doubt(log=LOG, first=first))


def bring_up_sync(desk: Desk, view: CommanderView, state: IncidentState, over: str) -> None:
    """Show what lies over the view when consoles are or were apart."""
    if over == "queue":
        queue = QueueSheet(desk, view)
        since = desk.times.minute(at("14:36:14"))
        words = f"Offline since {since}. Keep working. Everything is saved on this device."
        queue.show_queue(queue_rows(), words, 0)
        queue.open()
    elif over in ("settle", "wait"):
        matters = contested(state, desk.times.zone)
        view.show_sync(SyncStatus(kind=SyncKind.CONFLICT, to_settle=len(matters)))
        view.show_banner(settling_banner(matters))
        sheet = SettleSheet(desk, view)
        people = {one for matter in matters for one in matter.settlers}
        sheet.show_matters(matters, {one: state.name_of(one) for one in people})
        QApplication.processEvents()
        sheet.open()


def main(names: list[str]) -> int:
    """Draw all pictures, or those whose names contain one of `names`."""
    application = QApplication.instance() or QApplication(sys.argv[:1])
    plain = PlainTextFilter()
    application.installEventFilter(plain)
    OUT.mkdir(parents=True, exist_ok=True)

    def wanted(picture: str) -> bool:
        return not names or any(name in picture for name in names)

    drawn = chain(
        (take(shot, OUT) for shot in shots() if wanted(shot.name)),
        draw_map_shots(OUT, wanted),
        draw_catalogues(GRAPHS, OUT / "graphs", wanted),
    )
    for path in drawn:
        sys.stdout.write(f"{path}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
