"""The timeline: curve and lanes above, the list of entries below, filters in the heading."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from PySide6.QtCore import QEvent, QModelIndex, QObject, QRect, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QLineEdit, QWidget

from app.incident.projections.timeline import Lane, TimelineEntry
from app.incident.state import IncidentState
from app.models.timeline_model import ConnectionLost, TimelineModel
from app.protocol.doubt import Doubt
from app.protocol.sync_status import SyncStatus
from app.views.column import Line
from app.views.desk import Desk
from app.views.doubt_line import DoubtLine
from app.views.panel import Button, Panel
from app.views.row_list import RowList
from app.views.scrubber import Scrubber
from app.views.time_travel import TimeTravel
from app.views.timeline_chart import TimelineChart
from app.views.timeline_marks import LANE_TITLES, LANES
from app.views.timeline_rows import TimelineDelegate
from app.views.tokens import Row

NOTHING_LOGGED = "Nothing logged. Press / and type what you hear."
LOW_BELOW = 330
"""Below this height (pixels at 100 %) the lanes are lower."""
LEAST_ROWS = 2
BRIEF_ROWS = 3
"""Where fewer rows would fit, the list hides and the lanes stay."""


_KEYS = {
    Qt.Key.Key_P: "pin",
    Qt.Key.Key_X: "restrict",
    Qt.Key.Key_E: "rewrite",
    Qt.Key.Key_Return: "open",
    Qt.Key.Key_Enter: "open",
}
"""What the keyboard does with the chosen row."""


class TimelinePanel(Panel):
    """Shows the timeline.

    `pin_requested` carries an event id, `rewrite_asked` the entry whose text is to be corrected,
    `restrict_requested` the entry that few may read from now on, `entry_opened` the one to show
    in full.
    """

    pin_requested = Signal(str)
    restrict_requested = Signal(object)
    rewrite_asked = Signal(object)
    entry_opened = Signal(object)

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, "Timeline", parent)
        self.model = TimelineModel(self)
        self.travel = TimeTravel(desk, self)
        self.chart = TimelineChart(desk, self.travel, self)
        self.scrubber = Scrubber(desk, self.travel, self)
        self.doubt_line = DoubtLine(desk, self)
        self.list = RowList(desk, TimelineDelegate(desk, self.model.is_doubtful, self), self)
        self.list.setModel(self.model)
        self.list.setUniformItemSizes(True)
        self.list.setAccessibleName("Timeline entries")
        self.list.use_keys(_KEYS)
        self.list.part_pressed.connect(self._press)
        self._filters = QButtonGroup(self)
        self._zones = QButtonGroup(self)
        self._make_heading_row()
        self.body.addWidget(self.chart)
        self.body.addWidget(self.scrubber)
        self.body.addWidget(Line(desk, self))
        self.body.addWidget(self.doubt_line)
        self.body.addSpacing(3)
        self.body.addWidget(self.list, 1000)
        self.body.addStretch(1)
        self.focus_target = self.list
        self._unseen = 0
        self._was_at = 0
        self._losses: Sequence[datetime] = ()
        self.news = Button(desk, "", self, variant="primary")
        self.news.hide()
        self.news.clicked.connect(self._show_newest)
        self.model.rowsAboutToBeInserted.connect(self._note_position)
        self.model.rowsInserted.connect(self._keep_position)
        self.list.verticalScrollBar().valueChanged.connect(self._scrolled)
        self.list.installEventFilter(self)
        desk.clock.viewing_changed.connect(self._share_height)
        desk.times.changed.connect(self._show_zone)
        desk.theme.changed.connect(self._place_parts)

    def _make_heading_row(self) -> None:
        """Filter chips beside the title; the text filter and the zone at the right."""
        self._chips = QWidget(self.heading)
        row = QHBoxLayout(self._chips)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(1)
        titles = ["All", *(LANE_TITLES[lane] for lane in LANES)]
        for number, title in enumerate(titles):
            chip = Button(self.desk, title, self._chips, variant="quiet", keys=str(number + 1))
            chip.setCheckable(True)
            chip.setChecked(number == 0)
            self._filters.addButton(chip, number)
            row.addWidget(chip)
        self.service_chip = Button(self.desk, "", self._chips, variant="quiet")
        self.service_chip.clicked.connect(self._forget_service)
        self.service_chip.hide()
        row.addWidget(self.service_chip)
        self._filters.idClicked.connect(self._filter_lane)
        self.words = QLineEdit(self.heading)
        self.words.setPlaceholderText("Filter")
        self.words.setAccessibleName("Filter the timeline by words")
        self.words.hide()
        self.words.textChanged.connect(self._filter_words)
        self.words.returnPressed.connect(self._read_what_is_left)
        self._zone_row = QWidget(self.heading)
        zones = QHBoxLayout(self._zone_row)
        zones.setContentsMargins(0, 0, 0, 0)
        zones.setSpacing(1)
        for number, title in enumerate(("UTC", "Local")):
            chip = Button(self.desk, title, self._zone_row, variant="quiet", keys="U")
            chip.setCheckable(True)
            chip.setChecked(number == 0)
            self._zones.addButton(chip, number)
            zones.addWidget(chip)
        self._zones.idClicked.connect(self._use_zone)
        self._show_zone()

    @Slot(object)
    def show_state(self, state: IncidentState) -> None:
        """Show the timeline of `state`."""
        count = len(state.timeline)
        self.heading.show_count(f"{count} event{'' if count == 1 else 's'}")
        self.model.show_state(state)
        self.list.say_when_empty("" if count else NOTHING_LOGGED)
        self._show_losses_by_now()
        self.chart.show_state(state)
        self._mark_doubtful()
        self._share_height()
        if self.desk.clock.viewed is not None:
            self.list.scrollToTop()
        self._place_parts()

    @Slot(object)
    def show_doubt(self, doubt: Doubt | None) -> None:
        """Mark the rows of records that did not verify, for as long as that stands."""
        self.model.show_doubt(None if doubt is None else doubt.first)
        self.doubt_line.setVisible(doubt is not None)
        self._mark_doubtful()
        self._share_height()
        self._place_parts()

    def _mark_doubtful(self) -> None:
        """Say from when on rows are marked, in the list and on the lanes."""
        since = self.model.doubtful_since()
        self.doubt_line.show_since(since)
        self.chart.show_doubt(since)

    @Slot(object)
    def show_sync(self, sync: SyncStatus) -> None:
        """Offline, the curve ends where it was last known."""
        self.chart.show_sync(sync)

    def show_losses(self, moments: Sequence[datetime]) -> None:
        """Show when this console lost its server (aware UTC)."""
        self._losses = moments
        self._show_losses_by_now()

    def _show_losses_by_now(self) -> None:
        """A moment of the past knows nothing of what came later."""
        now = self.desk.clock.now()
        known = [moment for moment in self._losses if moment <= now]
        self.model.show_losses(tuple(ConnectionLost(at=moment) for moment in known))

    @Slot(str)
    def filter_service(self, service: str) -> None:
        """Show only entries about a service, with a chip that says so; empty for all."""
        self.model.use_filter(replace(self.model.filter, service=service))
        self.service_chip.setVisible(bool(service))
        self.service_chip.show_text(f"{service}  ✕" if service else "")
        self.service_chip.setAccessibleName(f"Show all services, not only {service}")
        self._place_parts()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The keys that move through time come before those that move in the list."""
        if event.type() is QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self.travel.press(event.key(), event.modifiers())
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """1 to 6 filter by lane, F by words, U switches the zone; others move through time."""
        if not self.words.hasFocus() and self.travel.press(event.key(), event.modifiers()):
            return
        if event.modifiers() not in (
            Qt.KeyboardModifier.NoModifier,
            Qt.KeyboardModifier.KeypadModifier,
        ):
            super().keyPressEvent(event)
            return
        key = event.key()
        if Qt.Key.Key_1 <= key <= Qt.Key.Key_6:
            self._filters.button(key - Qt.Key.Key_1).click()
        elif key == Qt.Key.Key_F:
            self.words.show()
            self._place_parts()
            self.words.setFocus(Qt.FocusReason.ShortcutFocusReason)
        elif key == Qt.Key.Key_U:
            self.desk.times.use_local(not self.desk.times.is_local)
        elif key == Qt.Key.Key_Escape and self.words.isVisible():
            self.words.clear()
            self.words.hide()
            self.list.setFocus()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, _event: object) -> None:
        self._share_height()
        self._place_parts()

    def needed_height(self) -> int:
        """The least height, in pixels, that shows heading and lanes in full."""
        chart = self.chart.height_when(is_low=True)
        return self.heading.height() + chart + self.doubt_line.room() + 5

    def brief_height(self) -> int:
        """The height, in pixels, that shows heading and the newest entries, without the lanes."""
        rows = BRIEF_ROWS * self.desk.theme.px(Row.LIST)
        return self.heading.height() + self.doubt_line.room() + rows + 4

    @Slot()
    def _share_height(self) -> None:
        """Lower lanes and fewer rows where there is little height; then no list, or no lanes."""
        px = self.desk.theme.px
        is_brief = self.height() < self.needed_height()
        self.chart.setVisible(not is_brief)
        if is_brief:
            self.list.setVisible(True)
            return
        self.chart.be_low(is_low=self.height() < px(LOW_BELOW))
        rest = self.height() - self.heading.height() - self.chart.sizeHint().height() - 4
        rest -= self.doubt_line.room()
        if self.desk.clock.viewed is not None:
            rest -= self.scrubber.sizeHint().height()
        self.list.setVisible(rest >= LEAST_ROWS * px(Row.LIST))

    @Slot()
    def _place_parts(self) -> None:
        px = self.desk.theme.px
        self._place(self._zone_row, self.width() - px(8) - self._zone_row.sizeHint().width())
        left = int(self.heading.title_right()) + px(16)
        room = self._zone_row.x() - left
        if self.words.isVisible():
            room -= px(140)
            self.words.setGeometry(self._zone_row.x() - px(134), px(4), px(126), px(28))
        self._chips.setVisible(self._chips.sizeHint().width() <= room)
        self._place(self._chips, left)
        if self.news.isVisible():
            hint = self.news.sizeHint()
            self.news.move((self.width() - hint.width()) // 2, self.list.y() + px(6))
            self.news.raise_()

    def _place(self, widget: QWidget, left: int) -> None:
        hint = widget.sizeHint()
        top = (self.heading.height() - hint.height()) // 2
        widget.setGeometry(QRect(left, top, hint.width(), hint.height()))

    @Slot(int)
    def _filter_lane(self, number: int) -> None:
        lane: Lane | None = LANES[number - 1] if number else None
        self.model.use_filter(replace(self.model.filter, lane=lane))

    @Slot(str)
    def _filter_words(self, words: str) -> None:
        self.model.use_filter(replace(self.model.filter, words=words))

    @Slot()
    def _read_what_is_left(self) -> None:
        """From the words to the entries that have them; no words are no filter."""
        self.words.setVisible(bool(self.words.text()))
        self.list.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._place_parts()

    @Slot()
    def _forget_service(self) -> None:
        self.filter_service("")

    @Slot(int)
    def _use_zone(self, number: int) -> None:
        self.desk.times.use_local(number == 1)

    @Slot()
    def _show_zone(self) -> None:
        local = self._zones.button(1)
        if isinstance(local, Button):
            local.show_text(f"Local {self.desk.times.offset(self.desk.clock.now())}")
        self._zones.button(1 if self.desk.times.is_local else 0).setChecked(True)

    @Slot(object, str)
    def _press(self, row: object, part: str) -> None:
        if not isinstance(row, TimelineEntry):
            return
        if part == "open":
            self.entry_opened.emit(row)
        elif self.desk.clock.viewed is not None:
            return  # the past is read only
        elif part == "pin" and not row.is_pinned:
            self.pin_requested.emit(row.event_id)
        elif part == "rewrite":
            self.rewrite_asked.emit(row)
        elif part == "restrict":
            self.restrict_requested.emit(row)

    @Slot()
    def _note_position(self) -> None:
        self._was_at = self.list.verticalScrollBar().value()

    @Slot(QModelIndex, int, int)
    def _keep_position(self, _parent: QModelIndex, first: int, last: int) -> None:
        """New rows push in at the top without moving what somebody reads further down."""
        if first > 0 or self._was_at == 0 or self.desk.clock.viewed is not None:
            return
        added = last - first + 1
        row = self.list.sizeHintForRow(0)
        self._unseen += added
        self.list.doItemsLayout()
        self.list.verticalScrollBar().setValue(self._was_at + added * row)
        self.news.show_text(f"{self._unseen} new")
        self.news.show()
        self._place_parts()

    @Slot(int)
    def _scrolled(self, value: int) -> None:
        if value == 0:
            self._unseen = 0
            self.news.hide()

    @Slot()
    def _show_newest(self) -> None:
        self.list.scrollToTop()
