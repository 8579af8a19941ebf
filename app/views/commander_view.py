"""The commander view: every region of the first hour in one place, and what each key does."""

from __future__ import annotations

from datetime import datetime
from itertools import pairwise

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import (
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QShortcut,
)
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.incident.projections.decisions import Decision
from app.incident.projections.timeline import TimelineEntry
from app.incident.state import BEFORE_ANYTHING, IncidentState
from app.protocol.sync_status import SyncStatus
from app.views.banner import Banner, BannerKind, BannerText, standing_banner
from app.views.capture_bar import CaptureBar
from app.views.commander_layout import CommanderBody
from app.views.desk import Desk
from app.views.header_strip import HeaderStrip
from app.views.keyboard_map import KeyboardMap
from app.views.line_starts import LineStarts
from app.views.nudges import nudge_for
from app.views.panel import Panel
from app.views.places import Places
from app.views.record_sheet import RecordSheet
from app.views.update_sheet import UpdateSheet
from app.views.viewing import GO_LIVE, kept_banner, viewing_banner

FRAME = 3
"""Pixels of frame round a window whose view is not now, or not real."""


class CommanderView(QWidget):
    """Shows a state, a sync status and the organisation's names; says what people want.

    Signals: `line_logged(LoggedLine)`, `undo_requested()`, `draft_changed(str, began_at)`,
    `note_rewritten(TimelineEntry, str)`, `decide_requested(decision_id, Verdict)`,
    `poll_requested(decision_id)`, `poll_extended(decision_id)`, `done_requested(action_id)`,
    `action_extended(action_id)`, `pin_requested(event_id)`,
    `restrict_requested(entry)`,
    `update_recorded(audiences, text)`, `bridge_requested(url)`, `sync_pressed()`,
    `banner_pressed(intent)`, `moment_asked(datetime | None)` to look back or return to live.
    `service_map` is the widget in the middle; it is shown, never asked.
    """

    line_logged = Signal(object)
    undo_requested = Signal()
    draft_changed = Signal(str, object)
    note_rewritten = Signal(object, str)
    decide_requested = Signal(str, object)
    poll_requested = Signal(str)
    poll_extended = Signal(str)
    done_requested = Signal(str)
    action_extended = Signal(str)
    pin_requested = Signal(str)
    restrict_requested = Signal(object)
    update_recorded = Signal(object, str)
    bridge_requested = Signal(str)
    sync_pressed = Signal()
    banner_pressed = Signal(str)
    moment_asked = Signal(object)

    def __init__(self, desk: Desk, service_map: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._state = BEFORE_ANYTHING
        self._live = BEFORE_ANYTHING
        self._sync = SyncStatus()
        self._known_when_left = 0
        self.banner = Banner(desk, self)
        self.header = HeaderStrip(desk, self)
        self.body = CommanderBody(desk, service_map, self)
        self.capture = CaptureBar(desk, self, self)
        self.keyboard_map = KeyboardMap(desk, self)
        self.update_sheet = UpdateSheet(desk, self)
        self.record_sheet = RecordSheet(desk, self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.banner)
        layout.addWidget(self.header)
        layout.addWidget(self.body, 1)
        layout.addWidget(self.capture)
        self._panels: tuple[Panel, ...] = (
            self.body.roster,
            self.body.freeze,
            self.body.services,
            self.body.timeline,
            self.body.decisions,
            self.body.work,
        )
        self._banner_from_outside: BannerText | None = None
        self._notice = ""
        self._connect_panels()
        self._line_starts = LineStarts(self.body, self.capture)
        self._places = Places(self, self.body, self.capture, self._panels)
        self._make_shortcuts()
        self._order_tabs()
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        desk.clock.ticked.connect(self._nudge)
        desk.clock.ticked.connect(self._count_behind)
        desk.theme.changed.connect(self.update)

    @Slot(object)
    def show_state(self, state: IncidentState) -> None:
        """Show the incident in `state` in every region; while one looks back, only count it."""
        self._live = state
        self.body.timeline.travel.know(state)
        if self._desk.clock.shows_newest:
            self._present(state)
        else:
            self._show_banner()

    def show_past(self, state: IncidentState, moment: datetime) -> None:
        """Show the incident as it was at `moment`, read only, until `show_live`."""
        if self._desk.clock.shows_newest:
            self._known_when_left = len(self._live.timeline)
            self.update_sheet.hide()
        self._desk.clock.view(moment)
        self.body.show_sync(SyncStatus())  # the line of now says nothing of what was known then
        self._present(state)

    def show_live(self) -> None:
        """Show what is known now, and go on with it."""
        if self._desk.clock.viewed is not None:
            self._desk.clock.view(None)
            self.body.show_sync(self._sync)
            self._present(self._live)

    def _present(self, state: IncidentState) -> None:
        self._state = state
        self.header.show_state(state)
        self.body.show_state(state)
        self.record_sheet.show_state(state)
        self._show_banner()
        self._nudge()

    @Slot(object)
    def show_sync(self, sync: SyncStatus) -> None:
        """Show how this console stands to the server, wherever that changes what is true."""
        self._sync = sync
        self.header.show_sync(sync)
        self.capture.show_sync(sync)
        if self._desk.clock.shows_newest:
            self.body.show_sync(sync)

    @Slot(object)
    def show_banner(self, banner: BannerText | None) -> None:
        """Show a banner of the console's own; None leaves those the state asks for."""
        self._banner_from_outside = banner
        self._show_banner()

    def show_notice(self, text: str) -> None:
        """Show a quiet sentence of the console's own before any nudge; empty for none."""
        self._notice = text
        self._nudge()

    def show_service_total(self, total: int) -> None:
        """Say how many services the organisation has."""
        self.body.services.show_total(total)
        self.body.freeze.sheet.show_total(total)

    def _show_banner(self) -> None:
        banner = self._banner_from_outside or standing_banner(self._state)
        viewed, live = self._desk.clock.viewed, self._desk.clock.live()
        if viewed is not None and self._desk.clock.has_ended:
            banner = kept_banner(viewed, live, self._desk.times)
        elif viewed is not None:
            banner = viewing_banner(
                viewed,
                live,
                max(0, len(self._live.timeline) - self._known_when_left),
                self._desk.times,
                is_exercise=self._live.situation.is_exercise,
            )
        self.banner.show_banner(banner)
        edge = FRAME if self.frame_is_wanted() else 0
        layout = self.layout()
        if layout is not None and layout.contentsMargins().left() != edge:
            layout.setContentsMargins(edge, edge, edge, edge)
            self.update()

    def _connect_panels(self) -> None:
        body, capture = self.body, self.capture
        capture.line_logged.connect(self.line_logged)
        capture.undo_requested.connect(self.undo_requested)
        capture.draft_changed.connect(self.draft_changed)
        capture.note_rewritten.connect(self.note_rewritten)
        self.header.cell_clicked.connect(self._press_header)
        self.banner.pressed.connect(self._press_banner)
        body.timeline.travel.asked.connect(self._look_at)
        body.decisions.decide_requested.connect(self.decide_requested)
        body.decisions.poll_requested.connect(self.poll_requested)
        body.decisions.extend_requested.connect(self.poll_extended)
        body.update_panel.review_requested.connect(self._review_update)
        body.update_panel.copy_requested.connect(self._copy)
        body.work.done_requested.connect(self.done_requested)
        body.work.extend_requested.connect(self.action_extended)
        body.timeline.pin_requested.connect(self.pin_requested)
        body.timeline.restrict_requested.connect(self.restrict_requested)
        body.decisions.decision_opened.connect(self._open_decision)
        body.timeline.entry_opened.connect(self._open_entry)
        self.update_sheet.sent.connect(self.update_recorded)

    def _make_shortcuts(self) -> None:
        for keys, slot in (
            ("Ctrl+U", self._review_update),
            ("Ctrl+Shift+S", self.sync_pressed),
            ("Ctrl+B", self._open_bridge),
            ("Ctrl+Return", self._decide_or_log_go),
            ("Ctrl+Enter", self._decide_or_log_go),
            ("Ctrl+Z", self._undo),
            ("F1", self.keyboard_map.toggle),
        ):
            QShortcut(QKeySequence(keys), self).activated.connect(slot)

    def _order_tabs(self) -> None:
        """Tab goes through the window as one reads it, and ends in the capture bar."""
        body = self.body
        order = (
            self.header,
            body.roster.list,
            body.freeze.button,
            body.clocks.list,
            body.services.map,
            body.timeline.list,
            body.decisions.card.go,
            body.decisions.card.no_go,
            body.decisions.card.third,
            body.decisions.list,
            body.update_panel.button,
            body.work.list,
            self.capture.field,
        )
        for first, second in pairwise(order):
            QWidget.setTabOrder(first, second)

    def focus_panel(self, number: int) -> None:
        """Give the keyboard to a panel: 1 roster, 2 freeze, 3 map, 4 timeline, 5, 6."""
        self._places.focus_panel(number)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc closes the top thing, then clears the selection, then goes to the bar."""
        if event.key() == Qt.Key.Key_Escape:
            self._step_back()
        elif event.key() == Qt.Key.Key_End and self._desk.clock.viewed is not None:
            self.body.timeline.travel.go_live()
        elif event.text().isalnum() and not event.modifiers():
            self.capture.begin(self.capture.field.line + event.text())
        else:
            super().keyPressEvent(event)

    def _step_back(self) -> None:
        if self.body.hide_columns():
            return
        lists = (self.body.roster.list, self.body.timeline.list, self.body.decisions.list)
        selected = [one for one in lists if one.selectionModel().hasSelection()]
        for one in selected:
            one.clearSelection()
        if self.body.timeline.model.filter.service:
            self.body.timeline.filter_service("")
        elif not selected:
            self._places.focus_capture()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        tokens = self._desk.theme.tokens
        painter.fillRect(event.rect(), tokens.replay if self.frame_is_wanted() else tokens.bg0)
        painter.end()

    def frame_is_wanted(self) -> bool:
        """Whether the window needs a frame round it: an exercise, or a view that is not now."""
        banner = self.banner.banner
        return banner is not None and banner.kind in (BannerKind.EXERCISE, BannerKind.READ_ONLY)

    @Slot(object)
    def _look_at(self, moment: datetime | None) -> None:
        if moment is None:
            self.show_live()
        self.moment_asked.emit(moment)

    @Slot(str)
    def _press_banner(self, intent: str) -> None:
        if intent == GO_LIVE:
            self.body.timeline.travel.go_live()
        else:
            self.banner_pressed.emit(intent)

    @Slot()
    def _count_behind(self) -> None:
        """Say how far behind now the view is, every second."""
        if self._desk.clock.viewed is not None:
            self._show_banner()

    @Slot()
    def _decide_or_log_go(self) -> None:
        """In the bar Ctrl+Enter logs and decides; anywhere else it decides the open poll."""
        if self.capture.field.hasFocus() and self.capture.field.line.strip():
            self.capture.keys.log_and_decide()
        else:
            self.body.decisions.decide_go()

    @Slot()
    def _undo(self) -> None:
        self.capture.undo()

    @Slot()
    def _review_update(self) -> None:
        if self._desk.clock.viewed is not None:
            return
        drafts = self._state.updates.drafts
        if drafts:
            self.update_sheet.review(drafts)
        else:
            self.capture.begin("/u ")

    @Slot(object)
    def _open_decision(self, decision: Decision) -> None:
        self.record_sheet.open_decision(decision, self._state)

    @Slot(object)
    def _open_entry(self, entry: TimelineEntry) -> None:
        self.record_sheet.open_entry(entry, self._state)

    @Slot(str)
    def _copy(self, text: str) -> None:
        QGuiApplication.clipboard().setText(text)
        self.capture.tell("Text copied.")

    @Slot()
    def _open_bridge(self) -> None:
        if self._live.situation.bridge_url:
            self.bridge_requested.emit(self._live.situation.bridge_url)

    @Slot(str)
    def _press_header(self, name: str) -> None:
        is_live = self._desk.clock.viewed is None
        match name:
            case "severity" | "impact" | "update" if not is_live:
                pass
            case "severity":
                self.capture.begin("/sev ")
            case "impact":
                self.capture.begin("/i ")
            case "update":
                self._review_update()
            case "bridge":
                self._open_bridge()
            case "sync":
                self.sync_pressed.emit()
            case "time":
                self._desk.times.use_local(not self._desk.times.is_local)
            case _:
                pass

    @Slot()
    def _nudge(self) -> None:
        now = self._desk.clock.live()
        self.capture.nudge(self._notice or nudge_for(self._live, self._desk.me, now))
