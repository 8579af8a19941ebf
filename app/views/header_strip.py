"""The header strip: what happened, how bad, how long, who commands, and whether it is live."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.incident.kinds.situation import Phase
from app.incident.state import BEFORE_ANYTHING, IncidentState
from app.protocol.sync_status import SyncStatus
from app.views.blueprint import HEADER_HEIGHT, ROOMY_FROM
from app.views.desk import Desk
from app.views.digits import DigitMemory, Digits, outer
from app.views.drawing import CENTRE, LEFT, Pen, text_width
from app.views.header_cells import CellLook, HeaderCell, header_cells, spoken_header
from app.views.safe_text import set_tooltip
from app.views.tokens import Radius
from app.views.typography import TypeStyle

LEAST_TITLE = 330
"""The severity block and the title keep this width (pixels at 100 %)."""

FIRST_TO_GO = ("impact", "bridge", "time", "elapsed", "freeze")
"""Which cells leave, in this order, where there is no room; the briefing still has them."""

TITLE_STYLES = (TypeStyle.TITLE, TypeStyle.CARD, TypeStyle.STRONG, TypeStyle.ROW_STRONG)
"""How a title is set, larger first: it shrinks before it loses words."""

STEPS = (
    Phase.TRIAGE,
    Phase.INVESTIGATING,
    Phase.MITIGATING,
    Phase.MONITORING,
    Phase.RESOLVED,
)


class HeaderStrip(QWidget):
    """Paints the header; says when a cell is clicked, by the cell's name ("severity", "sync")."""

    cell_clicked = Signal(str)

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._state = BEFORE_ANYTHING
        self._sync = SyncStatus()
        self._digits = DigitMemory()
        self._laid: list[tuple[HeaderCell, QRectF]] = []
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        desk.theme.changed.connect(self._restyle)
        desk.times.changed.connect(self.update)
        desk.clock.ticked.connect(self._tick)
        desk.clock.viewing_changed.connect(self._restyle)
        self._restyle()

    @Slot(object)
    def show_state(self, state: IncidentState) -> None:
        """Show the incident in `state`."""
        is_same = state.situation == self._state.situation
        self._state = state
        if is_same:
            self._tick()
            return
        set_tooltip(self, state.situation.title)
        self._lay_out()
        self.update()

    @Slot(object)
    def show_sync(self, sync: SyncStatus) -> None:
        """Show how this console stands to the server."""
        self._sync = sync
        self._lay_out()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(self._desk.theme.px(1024), self._desk.theme.px(HEADER_HEIGHT))

    def cell_rect(self, name: str) -> QRect:
        """Where a cell's value is; empty if the cell is not shown."""
        found = [rect for cell, rect in self._laid if cell.name == name]
        return outer(self._value_rect(found[0])) if found else QRect()

    def title_style(self, title: str, width: float) -> TypeStyle:
        """The largest type in which the title is whole, the smallest where none is."""
        fitting = (
            style for style in TITLE_STYLES if text_width(self._desk.theme, title, style) <= width
        )
        return next(fitting, TITLE_STYLES[-1])

    def resizeEvent(self, _event: object) -> None:
        self._lay_out()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        name = self._name_at(event.position().toPoint())
        if name and event.button() is Qt.MouseButton.LeftButton:
            self.cell_clicked.emit(name)

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = self._desk.theme.tokens
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(event.rect(), tokens.bg0)
        pen = Pen(painter, self._desk.theme, within=QRectF(event.rect()))
        pen.divider(0, self.height() - 1, self.width())
        if event.rect().left() < self._cells_left():
            self._paint_severity(pen)
            self._paint_title(pen)
        for cell, rect in self._laid:
            if rect.toAlignedRect().intersects(event.rect()):
                self._paint_cell(pen, cell, rect)
        painter.end()
        if self.hasFocus():
            self._paint_focus()

    def _paint_focus(self) -> None:
        painter = QPainter(self)
        pen = Pen(painter, self._desk.theme)
        rect = QRectF(self.rect()).adjusted(2, 2, -2, -3)
        pen.outline(rect, self._desk.theme.tokens.accent, Radius.NODE, 2)
        painter.end()

    def _paint_severity(self, pen: Pen) -> None:
        """SEV 1 and 2 are solid, 3 and 4 outlined; the bars count down from four."""
        tokens, px = self._desk.theme.tokens, self._desk.theme.px
        severity = self._state.situation.severity
        rect = self.severity_rect()
        fill, text = {
            1: (tokens.fail_fill, tokens.fail_on),
            2: (tokens.warn_fill, tokens.warn_on),
        }.get(severity, (tokens.bg0, tokens.info if severity == 3 else tokens.text3))
        pen.fill(rect, fill, Radius.NODE, None if severity in (1, 2) else text)
        face = f"SEV {severity}" if severity else "SEV"
        top = QRectF(rect.left(), rect.top() + px(5), rect.width(), px(21))
        pen.text(top, face, TypeStyle.SEVERITY, text, CENTRE)
        filled = max(0, 5 - severity) if severity else 0
        width, gap = px(10), px(2)
        left = rect.center().x() - (4 * width + 3 * gap) / 2
        for bar in range(4):
            area = QRectF(left + bar * (width + gap), rect.bottom() - px(13), width, px(3.5))
            colour = QColor(text)
            colour.setAlphaF(1.0 if bar < filled else 0.28)
            pen.fill(area, colour, 1)

    def _paint_title(self, pen: Pen) -> None:
        tokens, px = self._desk.theme.tokens, self._desk.theme.px
        situation = self._state.situation
        left = self.severity_rect().right() + px(14)
        width = self._cells_left() - left - px(12)
        title = situation.title or "No incident"
        style = self.title_style(title, width)
        pen.text(QRectF(left, px(12), width, px(24)), title, style, tokens.text1)
        line = QRectF(left, px(34), width, px(20))
        x = left + pen.text(line, situation.number, TypeStyle.ID, tokens.text2) + px(10)
        x = self._paint_steps(pen, x) + px(7)
        word = situation.phase.value.capitalize()
        x += pen.text(
            QRectF(x, line.top(), left + width - x, line.height()),
            word,
            TypeStyle.ROW_STRONG,
            tokens.text1,
        )
        if situation.phase_since is not None and not self._is_compact():
            since = f"since {self._desk.times.minute(situation.phase_since)}"
            rest = QRectF(x + px(9), line.top(), left + width - x - px(9), line.height())
            pen.text(rest, since, TypeStyle.LABEL, tokens.text3)

    def _paint_steps(self, pen: Pen, left: float) -> float:
        tokens, px = self._desk.theme.tokens, self._desk.theme.px
        phase = self._state.situation.phase
        reached = STEPS.index(phase) if phase in STEPS else len(STEPS) - 1
        for step in range(len(STEPS)):
            area = QRectF(left + step * px(17), px(41.5), px(14), px(5))
            behind = tokens.text1 if step == reached else tokens.text3
            pen.fill(area, behind if step <= reached else tokens.bg3, area.height() / 2)
        return left + len(STEPS) * px(17) - px(3)

    def _paint_cell(self, pen: Pen, cell: HeaderCell, rect: QRectF) -> None:
        tokens, px = self._desk.theme.tokens, self._desk.theme.px
        pen.rule(rect.left(), px(14), self.height() - px(28))
        inner = rect.adjusted(self._padding(), 0, 0, 0)
        label = tokens.warn if cell.is_label_amber else tokens.text3
        pen.text(
            QRectF(inner.left(), px(13), inner.width(), px(18)), cell.label, TypeStyle.LABEL, label
        )
        self._paint_value(pen, cell, self._value_rect(rect))
        if cell.share is not None:
            colour = tokens.warn_fill if cell.look is CellLook.AMBER else tokens.text3
            width = self._padding() * 2 // 3 + text_width(pen.theme, cell.value, self._style(cell))
            pen.track(QRectF(inner.left(), px(54), width, px(3)), cell.share, colour)

    def _paint_value(self, pen: Pen, cell: HeaderCell, rect: QRectF) -> None:
        px = self._desk.theme.px
        text, fill = self._colours(cell.look)
        style = self._style(cell)
        if fill is not None:
            width = pen.width(cell.value, style) + px(12) + (px(20) if cell.icon else 0)
            pen.fill(QRectF(rect.left() - px(2), px(33), width, px(22)), fill, Radius.TAG + 1)
            rect = rect.adjusted(px(4), 0, px(8), 0)
        if cell.icon is not None:
            pen.icon(cell.icon, text, rect.left(), rect.center().y() - px(14) / 2, 14)
            rect = rect.adjusted(px(20), 0, 0, 0)
        pen.text(rect, cell.value, style, text, LEFT)

    def _colours(self, look: CellLook) -> tuple[QColor, QColor | None]:
        tokens = self._desk.theme.tokens
        match look:
            case CellLook.PLAIN:
                return tokens.text1, None
            case CellLook.MUTED:
                return tokens.text2, None
            case CellLook.AMBER:
                return tokens.warn, None
            case CellLook.FREEZE:
                return tokens.freeze, None
            case CellLook.REPLAY:
                return tokens.replay, None
            case CellLook.SOLID_FAIL:
                return tokens.fail_on, tokens.fail_fill
            case CellLook.SOLID_WARN:
                return tokens.warn_on, tokens.warn_fill

    def _style(self, cell: HeaderCell) -> TypeStyle:
        return TypeStyle.DISPLAY if cell.is_number else TypeStyle.STRONG

    def severity_rect(self) -> QRectF:
        """Where the severity block is."""
        px = self._desk.theme.px
        return QRectF(px(14), px(11), px(62), px(42))

    def _value_rect(self, rect: QRectF) -> QRectF:
        px = self._desk.theme.px
        return QRectF(
            rect.left() + self._padding(), px(32), rect.width() - self._padding(), px(22)
        )

    def _is_compact(self) -> bool:
        return self.width() < self._desk.theme.px(ROOMY_FROM)

    def _padding(self) -> int:
        return self._desk.theme.px(13 if self._is_compact() else 16)

    def _cells_left(self) -> float:
        return self._laid[0][1].left() if self._laid else self.width()

    def _cells(self) -> tuple[HeaderCell, ...]:
        return header_cells(
            self._state,
            self._sync,
            self._desk.clock.now(),
            self._desk.times,
            is_compact=self._is_compact(),
            live=None if self._desk.clock.viewed is None else self._desk.clock.live(),
        )

    def _width_of(self, cell: HeaderCell) -> float:
        theme = self._desk.theme
        icon = theme.px(20) if cell.icon is not None else 0
        chip = theme.px(12) if cell.look in (CellLook.SOLID_FAIL, CellLook.SOLID_WARN) else 0
        style = self._style(cell)
        value = max(text_width(theme, text, style) for text in (cell.widest, cell.value))
        wide = max(text_width(theme, cell.label, TypeStyle.LABEL), value + icon + chip)
        return min(wide, theme.px(220)) + 2 * self._padding()

    def _lay_out(self) -> None:
        """Place the cells from the right edge; where there is no room, some leave."""
        cells = self._cells()
        self.setAccessibleDescription(spoken_header(self._state, cells))
        dropped: set[str] = set()
        for name in FIRST_TO_GO:
            if sum(self._width_of(one) for one in cells if one.name not in dropped) > (
                self.width() - self._desk.theme.px(LEAST_TITLE)
            ):
                dropped.add(name)
        right = float(self.width())
        laid: list[tuple[HeaderCell, QRectF]] = []
        for cell in reversed(cells):
            if cell.name not in dropped:
                right -= self._width_of(cell)
                laid.insert(0, (cell, QRectF(right, 0, self._width_of(cell), self.height())))
        self._laid = laid

    def _name_at(self, point: QPoint) -> str:
        if self.severity_rect().contains(point.toPointF()):
            return "severity"
        return next((cell.name for cell, rect in self._laid if rect.contains(point)), "")

    @Slot()
    def _tick(self) -> None:
        """Take over the cells' new texts, and repaint those that differ."""
        fresh = {cell.name: cell for cell in self._cells()}
        if [cell.name for cell, _ in self._laid] != [
            name for name in fresh if name in {cell.name for cell, _ in self._laid}
        ] or any(self._width_of(fresh[cell.name]) > rect.width() for cell, rect in self._laid):
            self._lay_out()
            self.update()
            return
        if [cell for cell, _ in self._laid] != [fresh[cell.name] for cell, _ in self._laid]:
            self.setAccessibleDescription(spoken_header(self._state, tuple(fresh.values())))
        self._laid = [(fresh[cell.name], rect) for cell, rect in self._laid]
        self._digits.refresh(self, self._ticking())

    def _ticking(self) -> list[Digits]:
        areas: list[Digits] = []
        for cell, rect in self._laid:
            whole = self._value_rect(rect).adjusted(-4, 0, 0, self._desk.theme.px(4))
            if cell.name == "sync":
                whole = rect.adjusted(self._padding() - 2, 8, 0, -8)
            look = (cell.look, cell.label, round((cell.share or 0) * 200))
            areas.append(Digits(outer(whole), cell.value, look))
        return areas

    @Slot()
    def _restyle(self) -> None:
        self.setFixedHeight(self._desk.theme.px(HEADER_HEIGHT))
        self.setAccessibleName("Incident header")
        self._lay_out()
        self.update()
