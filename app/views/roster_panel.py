"""The roster: who does what, how long they are on shift, which role is empty."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from PySide6.QtCore import QRectF, Qt, Signal, Slot
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.incident.projections.roster import Tenure
from app.incident.state import IncidentState
from app.models.roster_model import RosterModel, RosterRow, also_on_bridge
from app.protocol.sync_status import SyncStatus
from app.views.desk import Desk
from app.views.digits import Digits
from app.views.drawing import (
    CENTRE,
    RIGHT,
    DiscLook,
    Pen,
    initials_of,
    plain_disc,
    text_width,
)
from app.views.icons import Icon
from app.views.panel import Panel
from app.views.row_list import RowDelegate, RowList, row_digits
from app.views.tokens import Radius, Row, Space
from app.views.trouble_line import TroubleLine
from app.views.typography import TypeStyle

ALONE = "You are the only one here. /r ic @you takes command."
NOBODY_SEATED = "Nobody has a role yet. /r ic @name gives command."
DIRECTORY_NOT_REACHABLE = "Directory not reachable. People from the last sync are shown."
COMPACT_ROW = 38
TIRED_FROM = 0.9
"""From this share of a shift the row advises a handoff."""


class RosterPanel(Panel):
    """Shows the roster; `page_pressed` carries the team of the unfilled role to page."""

    page_pressed = Signal(str)

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, "Roster", parent)
        self.heading.show_note("On shift")
        self.model = RosterModel(desk.me, self)
        self._here: frozenset[str] = frozenset()
        self._delegate = RosterDelegate(desk, self)
        self.list = RowList(desk, self._delegate, self)
        self.list.setModel(self.model)
        self.list.setAccessibleName("Roster")
        self.list.use_keys({Qt.Key.Key_Return: "page", Qt.Key.Key_Enter: "page"})
        self.list.part_pressed.connect(self._press)
        self.bridge = BridgeRow(desk, self)
        self.trouble = TroubleLine(desk, self)
        self.body.addWidget(self.trouble)
        self.body.addWidget(self.list, 1)
        self.body.addWidget(self.bridge)
        self.focus_target = self.list

    @Slot(object)
    def show_state(self, state: IncidentState) -> None:
        """Show the roster of `state`."""
        self.model.me, self.model.here = self.desk.me, self._shown_here()
        self.model.show_state(state)
        self._say_who_is_alone()
        count = len(self.model.rows)
        self.heading.show_count(f"{self.model.filled} of {count} filled" if count else "")
        self.bridge.show_names(also_on_bridge(state))

    @Slot(object)
    def show_present(self, here: frozenset[str]) -> None:
        """Mark the people who are at a console that shows this incident, by their ids."""
        self._here = here
        self.model.show_present(self._shown_here())
        self._say_who_is_alone()

    def show_directory(self, *, is_reachable: bool) -> None:
        """Say whether who is called what, and is on call, comes from the server now."""
        self.trouble.show_text("" if is_reachable else DIRECTORY_NOT_REACHABLE)

    def _say_who_is_alone(self) -> None:
        """With every seat empty, how to take command."""
        is_alone = self._shown_here() == {self.desk.me}
        self.list.say_when_empty(ALONE if is_alone else NOBODY_SEATED)

    def _shown_here(self) -> frozenset[str]:
        """Who is here now; that says nothing of a moment that is looked back at."""
        return self._here if self.desk.clock.viewed is None else frozenset()

    def be_compact(self, *, is_compact: bool, has_low_rows: bool = False) -> None:
        """Show lower rows, and not who else is on the bridge; or lower rows alone."""
        self._delegate.use_height(COMPACT_ROW if is_compact or has_low_rows else Row.ROSTER)
        self.bridge.show_compact(is_compact=is_compact)
        self.list.scheduleDelayedItemsLayout()

    @Slot(object)
    def show_sync(self, sync: SyncStatus) -> None:
        """Offline, paging becomes calling and presence is of the past."""
        self._delegate.is_offline = sync.is_offline
        self.bridge.show_offline(is_offline=sync.is_offline)
        self.list.viewport().update()

    @Slot(object, str)
    def _press(self, row: RosterRow, part: str) -> None:
        if part == "page" and row.tenure is None and self.desk.clock.viewed is None:
            self.page_pressed.emit(row.team or row.title)


class RosterDelegate(RowDelegate[RosterRow]):
    """Paints one seat of the roster."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, Row.ROSTER, parent)
        self.is_offline = False

    def paint_row(self, pen: Pen, rect: QRectF, seat: RosterRow) -> None:
        if seat.tenure is None:
            self._paint_unfilled(pen, rect, seat)
        else:
            self._paint_seat(pen, rect, seat, seat.tenure)

    def digits(self, rect: QRectF, seat: RosterRow) -> Iterable[Digits]:
        tenure = seat.tenure
        if tenure is None:
            return
        text, is_tired = self._shift(tenure)
        yield row_digits(self._time_rect(rect), text, is_tired)

    def pressed_part(self, rect: QRectF, seat: RosterRow, x: float, y: float) -> str:
        is_page = seat.tenure is None and self._button_rect(rect, seat).contains(x, y)
        return "page" if is_page else ""

    def _paint_seat(self, pen: Pen, rect: QRectF, seat: RosterRow, tenure: Tenure) -> None:
        tokens, px = self.desk.theme.tokens, self.desk.theme.px
        pen.disc(self._disc_rect(rect), initials_of(tenure.name), self._disc_look(seat))
        if seat.is_here:
            pen.presence(self._disc_rect(rect))
        text, is_tired = self._shift(tenure)
        left = rect.left() + px(46)
        colour = tokens.warn if is_tired else tokens.text2
        pen.text(self._time_rect(rect), text, TypeStyle.ROW_MEDIUM, colour, RIGHT)
        second = self._paint_second_right(pen, rect, seat, tenure, is_tired=is_tired)
        top = QRectF(
            left, rect.center().y() - px(16.5), self._time_rect(rect).left() - left, px(17)
        )
        pen.text(top, seat.title, TypeStyle.LABEL, tokens.text3)
        bottom = QRectF(left, rect.center().y() - px(1.5), second - left - px(6), px(19))
        style = TypeStyle.STRONG if seat.is_me else TypeStyle.BODY
        width = pen.text(bottom, tenure.name, style, tokens.text1)
        if seat.is_me:
            pen.text(bottom.adjusted(width + px(7), 0, 0, 0), "you", TypeStyle.LABEL, tokens.text3)

    def _paint_second_right(
        self, pen: Pen, rect: QRectF, seat: RosterRow, tenure: Tenure, *, is_tired: bool
    ) -> float:
        """The advice at the right of the second line, or the fatigue bar; its left edge."""
        tokens, px = self.desk.theme.tokens, self.desk.theme.px
        right = rect.right() - px(Space.MARGIN)
        advice = self._advice(seat, tenure, is_tired=is_tired)
        if advice:
            style = TypeStyle.LABEL_STRONG
            width = min(pen.width(advice, style), rect.width() * 0.55)
            area = QRectF(right - width, rect.center().y() - px(1.5), width + 1, px(19))
            pen.text(area, advice, style, tokens.warn, RIGHT)
            return right - width
        limit = timedelta(minutes=tenure.shift_limit_minutes)
        share = (self.desk.clock.now() - tenure.on_shift_since) / limit
        bar = QRectF(right - px(48), rect.center().y() + px(6.5), px(48), px(3))
        pen.track(bar, share, tokens.text3)
        return bar.left()

    def _advice(self, seat: RosterRow, tenure: Tenure, *, is_tired: bool) -> str:
        if seat.is_contested:
            return "Contested: settle"
        if seat.also_commander:
            return "Also IC: pick one"
        if is_tired:
            end = tenure.on_shift_since + timedelta(minutes=tenure.shift_limit_minutes)
            return f"Hand off by {self.desk.times.minute(end)}"
        return ""

    def _paint_unfilled(self, pen: Pen, rect: QRectF, seat: RosterRow) -> None:
        tokens, px = self.desk.theme.tokens, self.desk.theme.px
        tint = rect.adjusted(px(8), px(1), -px(8), -px(2))
        pen.fill(tint, tokens.warn_tint, Radius.FIELD)
        disc = self._disc_rect(rect)
        look = DiscLook(fill=None, text=tokens.warn, ring=tokens.warn_border, is_dashed=True)
        pen.disc(disc, "", look)
        pen.icon(Icon.PAGE, tokens.warn, disc.center().x() - px(6), disc.center().y() - px(6), 12)
        left = rect.left() + px(46)
        width = tint.right() - left - px(6)
        if self.desk.clock.viewed is None:
            width = self._paint_page(pen, rect, seat) - left - px(6)
        top = QRectF(left, rect.center().y() - px(16.5), width, px(17))
        pen.text(top, seat.title, TypeStyle.LABEL, tokens.text2)
        bottom = QRectF(left, rect.center().y() - px(1.5), width, px(19))
        pen.text(bottom, "Unfilled", TypeStyle.STRONG, tokens.warn)

    def _paint_page(self, pen: Pen, rect: QRectF, seat: RosterRow) -> float:
        """Paint the button that pages somebody for an empty seat; its left edge."""
        tokens, button = self.desk.theme.tokens, self._button_rect(rect, seat)
        pen.fill(button, tokens.warn_fill, Radius.TAG + 1)
        pen.text(button, self._button_text(seat), TypeStyle.LABEL_STRONG, tokens.warn_on, CENTRE)
        return button.left()

    def _shift(self, tenure: Tenure) -> tuple[str, bool]:
        """How long somebody is on shift, and whether they should hand off."""
        length = self.desk.clock.now() - tenure.on_shift_since
        minutes = max(0, int(length.total_seconds()) // 60)
        text = f"{minutes // 60}:{minutes % 60:02}"
        return text, minutes >= TIRED_FROM * tenure.shift_limit_minutes

    def _button_text(self, seat: RosterRow) -> str:
        return f"{'Call' if self.is_offline else 'Page'} {seat.team or 'someone'}"

    def _button_rect(self, rect: QRectF, seat: RosterRow) -> QRectF:
        px = self.desk.theme.px
        wide = text_width(self.desk.theme, self._button_text(seat), TypeStyle.LABEL_STRONG)
        width = min(wide + px(16), rect.width() * 0.5)
        right = rect.right() - px(16)
        return QRectF(right - width, rect.center().y() - px(11.5), width, px(22))

    def _disc_rect(self, rect: QRectF) -> QRectF:
        px = self.desk.theme.px
        return QRectF(rect.left() + px(14), rect.center().y() - px(11), px(22), px(22))

    def _disc_look(self, seat: RosterRow) -> DiscLook:
        look = plain_disc(self.desk.theme)
        if not seat.is_me:
            return look
        return DiscLook(fill=look.fill, text=self.desk.theme.tokens.text1)

    def _time_rect(self, rect: QRectF) -> QRectF:
        px = self.desk.theme.px
        right = rect.right() - px(Space.MARGIN)
        return QRectF(right - px(44), rect.center().y() - px(16.5), px(44), px(17))


class BridgeRow(QWidget):
    """Who else is on the voice bridge, as discs."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._names: tuple[str, ...] = ()
        self._is_offline = False
        self._is_compact = False
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        desk.theme.changed.connect(self._restyle)
        self._restyle()

    def show_compact(self, *, is_compact: bool) -> None:
        """Leave the row out where there is little room."""
        self._is_compact = is_compact
        self.setVisible(bool(self._names) and not is_compact)

    def show_names(self, names: tuple[str, ...]) -> None:
        """Show these people, as many as fit."""
        self._names = names
        self.setVisible(bool(names) and not self._is_compact)
        self._say()

    def show_offline(self, *, is_offline: bool) -> None:
        """Presence seen before the line dropped is of the past."""
        self._is_offline = is_offline
        self._say()

    def _say(self) -> None:
        self.setAccessibleName(f"{self._label()}: {', '.join(self._names)}")
        self.update()

    def _label(self) -> str:
        return "Was on bridge" if self._is_offline else "Also on bridge"

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme, px = self._desk.theme, self._desk.theme.px
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pen = Pen(painter, theme)
        margin = px(Space.MARGIN)
        pen.divider(margin, 0, self.width() - 2 * margin)
        height = self.height() - px(14)
        middle = height / 2
        width = pen.text(
            QRectF(margin, 0, self.width(), height),
            self._label(),
            TypeStyle.LABEL,
            theme.tokens.text3,
        )
        fits = int((self.width() - 2 * margin - width - px(8)) // px(26))
        discs = [initials_of(name) for name in self._names]
        if len(discs) > fits:
            discs = [*discs[: max(0, fits - 1)], f"+{len(discs) - max(0, fits - 1)}"]
        left = self.width() - margin - len(discs) * px(26) + px(4)
        for place, initials in enumerate(discs):
            rect = QRectF(left + place * px(26), middle - px(11), px(22), px(22))
            pen.disc(rect, initials, plain_disc(theme))
        painter.end()

    @Slot()
    def _restyle(self) -> None:
        self.setFixedHeight(self._desk.theme.px(56))
        self.update()
