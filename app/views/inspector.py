"""The strip under the map: what is known of the selected service."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from itertools import accumulate

from PySide6.QtCore import QRectF, QSize, Signal, Slot
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from app.incident.kinds.signals import Health
from app.views.desk import Desk
from app.views.drawing import Pen, text_width
from app.views.icons import Icon
from app.views.panel import Button
from app.views.tokens import Space
from app.views.typography import TypeStyle

INSPECTOR = 66
MAP_COLUMNS = 5
CARD, COMPACT_CARD, COMPACT_BELOW = 148, 116, 860
"""How wide the cards of the map are, and below which width of the panel they are compact."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceBrief:
    """What the inspector says of the selected service; empty texts are left out.

    `facts` are (label, value) pairs from left to right: owner, on call, blast radius, users hit.
    `health` is None while none was heard.
    """

    name: str
    health: Health | None = Health.NORMAL
    detail: str = ""
    facts: tuple[tuple[str, str], ...] = ()


class Page(StrEnum):
    """A list about the whole estate that opens beside the map, by the key it begins with."""

    EVIDENCE = "Evidence"
    WHAT_NEXT = "What next"
    GAPS = "Gaps"


class Inspector(QWidget):
    """The strip under the map: what is known of the selected service.

    Without a selection it offers the pages about the whole estate: `page_requested`.
    """

    page_requested = Signal(object)

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._brief: ServiceBrief | None = None
        self._pages = QWidget(self)
        row = QHBoxLayout(self._pages)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(1)
        for page in Page:
            button = Button(desk, page.value, self._pages, variant="quiet", keys=page.value[0])
            button.setProperty("page", page.value)
            button.clicked.connect(self._ask_for_page)
            row.addWidget(button)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        desk.theme.changed.connect(self._restyle)
        self._restyle()

    def show_service(self, brief: ServiceBrief | None) -> None:
        """Show a service, or that none is selected."""
        self._brief = brief
        self._pages.setVisible(brief is None)
        if brief is None:
            self.setAccessibleName("No service selected")
        else:
            facts = ", ".join(f"{label} {value}" for label, value in brief.facts)
            health = "health loading" if brief.health is None else brief.health.value
            self.setAccessibleName(f"{brief.name}, {health}, {brief.detail}, {facts}")
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(300, self._desk.theme.px(INSPECTOR))

    def resizeEvent(self, _event: object) -> None:
        self._place_pages()

    def _place_pages(self) -> None:
        hint = self._pages.sizeHint()
        left = self.width() - self._desk.theme.px(14) - hint.width()
        middle = self._desk.theme.px(33)
        self._pages.setGeometry(left, middle - hint.height() // 2, hint.width(), hint.height())

    @Slot()
    def _ask_for_page(self) -> None:
        self.page_requested.emit(Page(self.sender().property("page")))

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme, tokens, px = self._desk.theme, self._desk.theme.tokens, self._desk.theme.px
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pen = Pen(painter, theme)
        pen.divider(0, 0, self.width())
        if self._brief is None:
            room = self._pages.x() - px(8) - px(Space.MARGIN)
            area = QRectF(px(Space.MARGIN), px(22), room, px(22))
            words = "Select a service to see who owns it and what it hits."
            pen.text(area, words, TypeStyle.ROW, tokens.text3)
        else:
            self._paint_brief(pen, self._brief)
        painter.end()

    def _paint_brief(self, pen: Pen, brief: ServiceBrief) -> None:
        """The name first, then one column per fact."""
        tokens, px = self._desk.theme.tokens, self._desk.theme.px
        (left, width), *columns = self._columns(brief)
        top, low = QRectF(left, px(11), width, px(22)), QRectF(left, px(33), width, px(20))
        if brief.health is not None:
            icon, colour = self._glyph(brief.health)
            pen.icon(icon, colour, left, top.center().y() - px(7), 14)
        pen.text(top.adjusted(px(22), 0, 0, 0), brief.name, TypeStyle.CARD, tokens.text1)
        pen.text(low, brief.detail, TypeStyle.ROW, tokens.text3)
        for (label, value), (left, width) in zip(brief.facts, columns, strict=True):
            area = QRectF(left, top.top(), width, top.height())
            pen.text(area, label, TypeStyle.LABEL, tokens.text3)
            area.moveTop(low.top())
            pen.text(area, value, TypeStyle.STRONG, tokens.text1)

    def _columns(self, brief: ServiceBrief) -> list[tuple[float, float]]:
        """Where the name and every fact begins, and how wide each may be.

        The first fact stands under the second column of the map, and up to four under one each.
        Where that leaves one too little, all share the room by what stands in them.
        """
        px, count = self._desk.theme.px, len(brief.facts)
        wanted = self._wanted_widths(brief)
        margin, gap = px(Space.MARGIN), px(12)
        card = px(CARD if self.width() >= px(COMPACT_BELOW) else COMPACT_CARD)
        step = (self.width() - 2 * margin - card) / (MAP_COLUMNS - 1)
        starts = [float(margin), margin + step]
        if count >= MAP_COLUMNS:
            step = (self.width() - margin - starts[1]) / count
        starts += [starts[1] + number * step for number in range(1, count)]
        ends = [*starts[1:], float(self.width() - margin + gap)]
        widths = [end - start - gap for start, end in zip(starts, ends, strict=True)]
        if all(width >= one for width, one in zip(widths, wanted, strict=True)):
            return list(zip(starts, widths, strict=True))
        room = self.width() - 2 * margin - gap * count
        widths = shared_out(wanted, max(0.0, room))
        places = accumulate((width + gap for width in widths[:-1]), initial=float(margin))
        return list(zip(places, widths, strict=True))

    def _wanted_widths(self, brief: ServiceBrief) -> list[float]:
        """How wide the name and every fact would be, whole."""
        theme, px = self._desk.theme, self._desk.theme.px
        name = px(22) + text_width(theme, brief.name, TypeStyle.CARD)
        wanted = [max(name, text_width(theme, brief.detail, TypeStyle.ROW))]
        wanted += [
            max(
                text_width(theme, label, TypeStyle.LABEL),
                text_width(theme, value, TypeStyle.STRONG),
            )
            for label, value in brief.facts
        ]
        return [one + 2.0 for one in wanted]

    def _glyph(self, health: Health) -> tuple[Icon, QColor]:
        tokens = self._desk.theme.tokens
        return {
            Health.FAILING: (Icon.FAILING, tokens.fail_fill),
            Health.DEGRADED: (Icon.DEGRADED, tokens.warn),
            Health.NO_DATA: (Icon.NO_DATA, tokens.stale),
            Health.RECOVERING: (Icon.DONE, tokens.ok),
            Health.NORMAL: (Icon.NORMAL, tokens.text3),
        }[health]

    @Slot()
    def _restyle(self) -> None:
        self.setFixedHeight(self._desk.theme.px(INSPECTOR))
        self._place_pages()
        self.update()


def shared_out(wanted: list[float], room: float) -> list[float]:
    """Every width as wanted with an equal part of what is left; the widest give way first."""
    spare = room - sum(wanted)
    if spare >= 0:
        return [one + spare / len(wanted) for one in wanted]
    limit, left = 0.0, room
    for place, one in enumerate(sorted(wanted)):
        limit = left / (len(wanted) - place)
        if one >= limit:
            break
        left -= one
    return [min(one, limit) for one in wanted]
