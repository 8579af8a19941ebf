"""The change freeze: its scope, until when, who set it, and which exceptions are asked for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from PySide6.QtCore import QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QWidget

from app.incident.enforcement import is_only_a_notice
from app.incident.kinds.freezes import ChangeOutcome, FreezeScope
from app.incident.projections.freezes import Freeze, FreezeException
from app.incident.state import BEFORE_ANYTHING, IncidentState
from app.protocol.sync_status import SyncStatus
from app.views.desk import Desk
from app.views.drawing import RIGHT, ChipLook, Pen
from app.views.icons import Icon
from app.views.panel import Button, Panel
from app.views.times import in_words
from app.views.tokens import Space
from app.views.trouble_line import TroubleLine
from app.views.typography import TypeStyle

NOT_REACHABLE = "Deploy system not reachable. This freeze is a notice, not a lock."
LINE = 20
EXCEPTION_LINE = 22
EXPIRING = timedelta(minutes=15)
FOOT_MARGINS = (4, 12)
"""Above and below the button."""


class FreezePanel(Panel):
    """Shows what is frozen; `exception_pressed` when somebody wants to ask for an exception."""

    exception_pressed = Signal()

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, "Change freeze", parent)
        self._sync = SyncStatus()
        self._state = BEFORE_ANYTHING
        self._chip_text = ""
        self._asked_at: datetime | None = None
        self._knows_gate = False
        self._is_compact = False
        self.trouble = TroubleLine(desk, self)
        self.sheet = FreezeSheet(desk, self)
        area = QScrollArea(self)
        area.setWidgetResizable(True)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setAccessibleName("Change freeze")
        area.setWidget(self.sheet)
        area.viewport().setAutoFillBackground(False)
        self.sheet.setAutoFillBackground(False)
        self.button = Button(desk, "Request exception", self, keys="Ctrl+Shift+F")
        self.button.clicked.connect(self.exception_pressed)
        self._foot = QHBoxLayout()
        self._foot.addWidget(self.button)
        self.body.addWidget(self.trouble)
        self.body.addWidget(area, 1)
        self.body.addLayout(self._foot)
        self.focus_target = self.button
        desk.clock.ticked.connect(self._show_chip)
        desk.clock.viewing_changed.connect(self._show_chip)
        desk.theme.changed.connect(self._show_chip)

    @Slot(object)
    def show_state(self, state: IncidentState) -> None:
        """Show the freezes of `state`."""
        self._state = state
        self.sheet.show_state(state)
        self._show_chip()

    def be_compact(self, *, is_compact: bool) -> None:
        """Leave out the button where there is little room; the command stays."""
        self._is_compact = is_compact
        self._show_chip()

    def needed_height(self) -> int:
        """The height, in pixels, that shows all of it without scrolling."""
        foot = 0 if self.button.isHidden() else self.button.sizeHint().height() + sum(FOOT_MARGINS)
        return self.heading.height() + self.trouble.room() + self.sheet.sizeHint().height() + foot

    @Slot(object)
    def show_sync(self, sync: SyncStatus) -> None:
        """Offline, the freeze is known only as of a moment."""
        self._sync = sync
        self._show_chip()

    def show_gate(self, asked_at: datetime | None, *, is_known: bool) -> None:
        """Take in when a pipeline last asked the gate before a deploy; None if none ever did.

        While it is not known whether one asked since, nothing is said of it.
        """
        if (asked_at, is_known) != (self._asked_at, self._knows_gate):
            self._asked_at, self._knows_gate = asked_at, is_known
            self._show_chip()

    def _is_only_a_notice(self, holding: Sequence[Freeze]) -> bool:
        """Whether the freezes stop nobody, as far as is known; of now alone."""
        if not holding or not self._knows_gate or self.desk.clock.viewed is not None:
            return False
        now = self.desk.clock.now()
        return is_only_a_notice(self._asked_at, self._state.freeze.changes, now)

    @Slot()
    def _show_chip(self) -> None:
        """Active, expiring, scheduled, or as of when it was last known."""
        tokens, now = self.desk.theme.tokens, self.desk.clock.now()
        resolved = self._state.situation.resolved_at
        holding = self._state.freeze.holding(now, resolved)
        text, look = "", None
        if self._sync.is_offline and self._sync.as_of is not None and self._state.freeze.freezes:
            text = f"As of {self.desk.times.minute(self._sync.as_of)}"
            look = ChipLook(tokens.warn_tint, tokens.warn)
        elif holding:
            ends = [end for one in holding if (end := one.end(resolved)) is not None]
            text = "Active"
            look = ChipLook(tokens.freeze_tint, tokens.freeze, Icon.FREEZE)
            if len(ends) == len(holding) and max(ends) - now <= EXPIRING:
                text = f"Expires in {in_words(max(ends) - now)}"
                look = ChipLook(tokens.warn_tint, tokens.warn, Icon.FREEZE)
        elif scheduled := _next_scheduled(self._state.freeze.freezes, now):
            text = f"Starts in {in_words(scheduled - now)}"
            look = ChipLook(tokens.bg3, tokens.text2)
        if text != self._chip_text or self.sender() is self.desk.theme:
            self._chip_text = text
            self.heading.show_chip(text, look)
            self.sheet.update()
        self.trouble.show_text(NOT_REACHABLE if self._is_only_a_notice(holding) else "")
        is_live = self.desk.clock.viewed is None
        self.button.setEnabled(is_live)
        has_foot = bool(holding) and not self._is_compact and is_live
        self.button.setVisible(has_foot)
        above, below = FOOT_MARGINS if has_foot else (0, 0)
        self._foot.setContentsMargins(Space.MARGIN, above, Space.MARGIN, below)


def _next_scheduled(freezes: Sequence[Freeze], now: datetime) -> datetime | None:
    """When the next freeze that has not begun begins."""
    starts = [one.starts_at for one in freezes if one.lifted_at is None and one.starts_at > now]
    return min(starts, default=None)


class FreezeSheet(QWidget):
    """The lines of the freeze panel."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._state = BEFORE_ANYTHING
        self._total = 0
        desk.theme.changed.connect(self._restyle)
        desk.times.changed.connect(self.update)

    def show_total(self, total: int) -> None:
        """Say how many services a full freeze covers."""
        self._total = total
        self.update()

    def show_state(self, state: IncidentState) -> None:
        """Show the freezes of `state`."""
        if state.freeze != self._state.freeze or state.situation != self._state.situation:
            self._state = state
            self.setAccessibleName("Change freeze")
            self.setAccessibleDescription("; ".join(self._spoken()))
            self._restyle()
        self._state = state

    def sizeHint(self) -> QSize:
        return QSize(200, self._height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pen = Pen(painter, self._desk.theme)
        px = self._desk.theme.px
        facts = self._facts()
        top = float(px(0))
        if not facts:
            text = "No freeze. /f full prod-eu proposes one."
            area = QRectF(px(14), top, self.width() - px(28), px(3 * LINE))
            pen.paragraph(area, text, TypeStyle.LABEL, self._desk.theme.tokens.text3, px(18))
        for name, value in facts:
            self._paint_fact(pen, top, name, value)
            top += px(LINE)
        self._paint_exceptions(pen, top + px(10), QRectF(event.rect()))
        painter.end()

    def _paint_fact(self, pen: Pen, top: float, name: str, value: str) -> None:
        theme, px = self._desk.theme, self._desk.theme.px
        area = QRectF(px(14), top, px(50), px(LINE))
        pen.text(area, name, TypeStyle.ROW, theme.tokens.text3)
        rest = QRectF(px(64), top, self.width() - px(78), px(LINE))
        pen.text(rest, value, TypeStyle.ROW_MEDIUM, theme.tokens.text1)

    def _paint_exceptions(self, pen: Pen, top: float, shown: QRectF) -> None:
        px, tokens = self._desk.theme.px, self._desk.theme.tokens
        width = self.width() - px(28)
        exceptions = self._state.freeze.exceptions
        held = held_words(self._state, self._desk)
        if not exceptions and not held:
            return
        pen.divider(px(14), top, width)
        top += px(5)
        if exceptions:
            line = QRectF(px(14), top, width, px(18))
            pen.text(line, "Exceptions", TypeStyle.LABEL, tokens.text3)
            pen.text(line, "Approvals", TypeStyle.LABEL, tokens.text3, RIGHT)
            top += px(18)
        for exception in exceptions:
            line = QRectF(px(14), top, width, px(EXCEPTION_LINE))
            if line.intersects(shown):
                self._paint_exception(pen, line, exception)
            top += px(EXCEPTION_LINE)
        if held:
            middle = top + px(12)
            pen.icon(Icon.BLOCKED, tokens.text2, px(14), middle - px(7), 13)
            line = QRectF(px(32), top, width - px(18), px(24))
            pen.text(line, held, TypeStyle.ROW, tokens.text2)

    def _paint_exception(self, pen: Pen, line: QRectF, exception: FreezeException) -> None:
        """One circle per approval needed: a check, or dashed amber while it waits."""
        px, tokens = self._desk.theme.px, self._desk.theme.tokens
        needed, given = exception.needed, len(exception.approvals)
        shown = min(needed, 4)
        left = line.right() - shown * px(14)
        for place in range(shown):
            icon, colour = Icon.NO_DATA, tokens.warn
            if place < given:
                icon, colour = Icon.DONE, tokens.ok if exception.is_approved else tokens.text2
            pen.icon(icon, colour, left + place * px(14), line.center().y() - px(6), 12.5)
        count = f"{given} of {needed}"
        width = pen.width(count, TypeStyle.ROW)
        area = QRectF(left - width - px(7), line.top(), width + 1, line.height())
        pen.text(area, count, TypeStyle.ROW, tokens.text2)
        title = f"{exception.label} {exception.change}"
        rest = QRectF(line.left(), line.top(), area.left() - line.left() - px(6), line.height())
        pen.text(rest, title, TypeStyle.ROW_STRONG, tokens.text1)

    def _facts(self) -> list[tuple[str, str]]:
        freeze = self._freeze()
        if freeze is None:
            return []
        return [
            ("Scope", scope_words(freeze, self._total)),
            ("Until", until_words(freeze, self._desk)),
            ("Set by", self._set_by(freeze)),
            *(("Also", _also_words(one, self._desk)) for one in self._holding()[-2::-1]),
        ]

    def _holding(self) -> tuple[Freeze, ...]:
        now, resolved = self._desk.clock.now(), self._state.situation.resolved_at
        return self._state.freeze.holding(now, resolved)

    def _freeze(self) -> Freeze | None:
        """The freeze that is shown in full: the newest that holds, else the next to begin."""
        now = self._desk.clock.now()
        if holding := self._holding():
            return holding[-1]
        coming = [
            one
            for one in self._state.freeze.freezes
            if one.lifted_at is None and one.starts_at > now
        ]
        return coming[0] if coming else None

    def _set_by(self, freeze: Freeze) -> str:
        name = self._state.name_of(freeze.declared_by)
        decisions = (one for one in self._state.decisions if one.decision_id == freeze.decision)
        link = next((one.label for one in decisions), "")
        when = self._desk.times.minute(freeze.declared_at)
        return f"{name} {when}" + (f", {link}" if link else "")

    def _spoken(self) -> list[str]:
        facts = [f"{name} {value}" for name, value in self._facts()]
        exceptions = [
            f"{one.label} {one.change}, {len(one.approvals)} of {one.needed} approvals"
            for one in self._state.freeze.exceptions
        ]
        return [*facts, *exceptions, held_words(self._state, self._desk)]

    def _height(self) -> int:
        px = self._desk.theme.px
        exceptions = len(self._state.freeze.exceptions)
        lines = len(self._facts()) * LINE + exceptions * EXCEPTION_LINE
        return px(lines + 12 + 5 + (18 if exceptions else 0) + 24)

    @Slot()
    def _restyle(self) -> None:
        self.setMinimumHeight(self._height())
        self.update()


def scope_words(freeze: Freeze, total: int) -> str:
    """What is frozen: `Full, prod-eu, 24 services`, `checkout, order in prod-eu`."""
    where = ", ".join(freeze.environments)
    if freeze.scope is FreezeScope.FULL:
        services = f"{total} services" if total else ""
        return ", ".join(part for part in ("Full", where, services) if part)
    what = ", ".join(freeze.services)
    return f"{what} in {where}" if where else what


def until_words(freeze: Freeze, desk: Desk) -> str:
    """When it ends: a time, or `Resolved + 2 h`, or that only lifting ends it."""
    if freeze.ends_at is not None:
        return desk.times.minute(freeze.ends_at)
    if freeze.after_resolved_minutes is not None:
        return f"Resolved + {in_words(timedelta(minutes=freeze.after_resolved_minutes))}"
    return "Lifted by a decision"


def _also_words(freeze: Freeze, desk: Desk) -> str:
    """Another freeze that holds, in one line: `Full, prod-eu, resolved + 2 h`."""
    until = until_words(freeze, desk)
    return f"{scope_words(freeze, 0)}, {until[:1].lower()}{until[1:]}"


def held_words(state: IncidentState, desk: Desk) -> str:
    """Which changes waited or were stopped: `3 deploys held, 1 blocked 14:19`."""
    held = sum(one.outcome is ChangeOutcome.HELD for one in state.freeze.changes)
    blocked = [one for one in state.freeze.changes if one.outcome is ChangeOutcome.BLOCKED]
    parts = [f"{held} deploy{'' if held == 1 else 's'} held"] if held else []
    if blocked:
        parts.append(f"{len(blocked)} blocked {desk.times.minute(blocked[-1].at)}")
    return ", ".join(parts)
