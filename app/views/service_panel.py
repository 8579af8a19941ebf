"""The dependencies: heading with modes and counts, the map passed in, and the inspector strip."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QSizePolicy, QWidget

from app.incident.kinds.signals import Health
from app.incident.state import IncidentState
from app.protocol.sync_status import SyncStatus
from app.views.desk import Desk
from app.views.drawing import ChipLook, Pen, text_width
from app.views.icons import Icon
from app.views.panel import Button, Panel
from app.views.typography import TypeStyle

MODES = ("Impact", "Owners", "Changes", "Suspects")
INSPECTOR = 66


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceBrief:
    """What the inspector says of the selected service; empty texts are left out.

    `facts` are (label, value) pairs from left to right: owner, on call, blast radius, users hit.
    """

    name: str
    health: Health = Health.NORMAL
    detail: str = ""
    facts: tuple[tuple[str, str], ...] = ()


class Page(StrEnum):
    """A list about the whole estate that opens beside the map, by the key it begins with."""

    EVIDENCE = "Evidence"
    WHAT_NEXT = "What next"
    GAPS = "Gaps"


_PAGE_KEYS = {
    Qt.Key.Key_E: Page.EVIDENCE,
    Qt.Key.Key_W: Page.WHAT_NEXT,
    Qt.Key.Key_G: Page.GAPS,
}


class ServicePanel(Panel):
    """Frames the map.

    `mode_chosen` carries one of `MODES`, `page_requested` a `Page`.  `has_letter_keys` off leaves
    single letters alone.
    """

    mode_chosen = Signal(str)
    page_requested = Signal(object)

    def __init__(self, desk: Desk, service_map: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(desk, "Dependencies", parent)
        self.map = service_map
        self.has_letter_keys = True
        self._sync = SyncStatus()
        self._total = 0
        self._group = QButtonGroup(self)
        self._modes = QWidget(self.heading)
        row = QHBoxLayout(self._modes)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(1)
        for number, mode in enumerate(MODES):
            chip = Button(desk, mode, self._modes, variant="quiet", keys=mode[0])
            chip.setCheckable(True)
            chip.setChecked(number == 0)
            self._group.addButton(chip, number)
            row.addWidget(chip)
        self._group.idClicked.connect(self._choose)
        self.counts = HealthCounts(desk, self.heading)
        self.inspector = Inspector(desk, self)
        self.inspector.page_requested.connect(self.page_requested)
        self.body.addWidget(service_map, 1)
        self.body.addWidget(self.inspector)
        self.focus_target = service_map
        desk.theme.changed.connect(self._place_parts)

    def use_map(self, service_map: QWidget) -> None:
        """Put the map where its placeholder was; it takes over the place in the tab order."""
        placeholder, self.map = self.map, service_map
        self.body.replaceWidget(placeholder, service_map)
        self.body.setStretchFactor(service_map, 1)
        QWidget.setTabOrder(placeholder, service_map)
        self.focus_target = service_map
        service_map.show()
        placeholder.deleteLater()

    @Slot(object)
    def show_state(self, state: IncidentState) -> None:
        """Count the services by health."""
        self.counts.show_healths([one.health for one in state.signals.services], self._total)
        self._name_count()

    def show_total(self, total: int) -> None:
        """Say how many services there are."""
        self._total = total
        self.counts.show_total(total)
        self._name_count()

    @Slot(object)
    def show_sync(self, sync: SyncStatus) -> None:
        """Offline, health is as of the last moment it was known."""
        self._sync = sync
        self.counts.show_offline(is_offline=sync.is_offline)
        self._name_count()

    @Slot(object)
    def show_service(self, brief: ServiceBrief | None) -> None:
        """Show a service in the inspector; None for no selection."""
        self.inspector.show_service(brief)

    def choose_mode(self, mode: str) -> None:
        """Check the chip of a mode chosen by its key in the map."""
        self._group.button(MODES.index(mode)).setChecked(True)

    def _name_count(self) -> None:
        count = self._total or self.counts.known
        words = f"{count} service{'' if count == 1 else 's'}"
        if self._sync.is_offline and self._sync.as_of is not None:
            words = f"Health as of {self.desk.times.minute(self._sync.as_of)}"
            tokens = self.desk.theme.tokens
            self.heading.show_inline_chip(words, ChipLook(tokens.warn_tint, tokens.warn))
            words = ""
        else:
            self.heading.show_inline_chip("", None)
        self.heading.show_count(words)
        self._place_parts()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        page = _PAGE_KEYS.get(Qt.Key(event.key()))
        if page is not None and self.has_letter_keys and not event.modifiers():
            self.page_requested.emit(page)
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, _event: object) -> None:
        self._place_parts()

    @Slot()
    def _place_parts(self) -> None:
        px = self.desk.theme.px
        hint = self._modes.sizeHint()
        left = int(self.heading.title_right()) + px(16)
        top = (self.heading.height() - hint.height()) // 2
        self._modes.setGeometry(left, top, hint.width(), hint.height())
        start = left + hint.width() + px(8)
        self.counts.setGeometry(
            start, 0, max(0, self.width() - start - px(14)), self.heading.height()
        )

    @Slot(int)
    def _choose(self, number: int) -> None:
        self.mode_chosen.emit(MODES[number])


class HealthCounts(QWidget):
    """How many services fail, are degraded, say nothing, or are normal."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._counts: Counter[Health] = Counter()
        self._total = 0
        self._is_offline = False

    @property
    def known(self) -> int:
        """How many services have a health."""
        return sum(self._counts.values())

    def show_healths(self, healths: list[Health], total: int) -> None:
        """Count these; services nobody spoke of are normal."""
        self._counts = Counter(healths)
        self.show_total(total)

    def show_total(self, total: int) -> None:
        """Say how many services there are in all."""
        self._total = total
        words = [f"{count} {word}" for _, _, count, word, _ in self._parts()]
        self.setAccessibleName(f"Health: {', '.join(words)}")
        self.update()

    def show_offline(self, *, is_offline: bool) -> None:
        """What is not known now is not counted as normal."""
        self._is_offline = is_offline
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme, px = self._desk.theme, self._desk.theme.px
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pen = Pen(painter, theme)
        right = float(self.width())
        for icon, colour, count, word, style in reversed(self._parts_that_fit()):
            text = f"{count} {word}"
            width = text_width(theme, text, style)
            text_colour = (
                theme.tokens.text1 if style is TypeStyle.ROW_STRONG else theme.tokens.text3
            )
            area = QRectF(right - width, 0, width + 1, self.height() - px(2))
            pen.text(area, text, style, text_colour)
            pen.icon(icon, colour, right - width - px(18), self.height() / 2 - px(8), 14)
            right -= width + px(34)
        painter.end()

    def _parts_that_fit(self) -> list[tuple[Icon, QColor, int, str, TypeStyle]]:
        """The worst first: where there is no room, what is normal goes."""
        theme, room = self._desk.theme, float(self.width())
        fitting: list[tuple[Icon, QColor, int, str, TypeStyle]] = []
        for part in self._parts():
            room -= text_width(theme, f"{part[2]} {part[3]}", part[4]) + theme.px(34)
            if room < -theme.px(16):
                break
            fitting.append(part)
        return fitting

    def _parts(self) -> list[tuple[Icon, QColor, int, str, TypeStyle]]:
        tokens, counts = self._desk.theme.tokens, self._counts
        failing, degraded = counts[Health.FAILING], counts[Health.DEGRADED]
        no_data = counts[Health.NO_DATA]
        normal = max(self._total, self.known) - failing - degraded - no_data
        strong, plain = TypeStyle.ROW_STRONG, TypeStyle.ROW
        parts = [
            (Icon.FAILING, tokens.fail_fill, failing, "failing", strong),
            (Icon.DEGRADED, tokens.warn, degraded, "degraded", strong),
            (Icon.NO_DATA, tokens.stale, no_data, "no data", plain),
            (Icon.NORMAL, tokens.text3, normal, "normal", plain),
        ]
        shown = parts[:2] if self._is_offline else parts
        return [part for part in shown if part[2] or part[3] == "normal"]


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
            self.setAccessibleName(f"{brief.name}, {brief.health.value}, {brief.detail}, {facts}")
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
        brief = self._brief
        top, low = QRectF(px(14), px(11), 1, px(22)), QRectF(px(14), px(33), 1, px(20))
        if brief is None:
            top.setRight(self._pages.x() - px(8))
            top.moveTop(px(22))
            words = "Select a service to see who owns it and what it hits."
            pen.text(top, words, TypeStyle.ROW, tokens.text3)
            painter.end()
            return
        widths = self._column_widths(brief)
        top.setWidth(widths[0])
        low.setWidth(widths[0])
        icon, colour = self._glyph(brief.health)
        pen.icon(icon, colour, top.left(), top.center().y() - px(6.5), 13)
        pen.text(top.adjusted(px(22), 0, 0, 0), brief.name, TypeStyle.CARD, tokens.text1)
        pen.text(low, brief.detail, TypeStyle.LABEL, tokens.text3)
        for (label, value), before, width in zip(brief.facts, widths, widths[1:], strict=False):
            for row in (top, low):
                row.moveLeft(row.left() + before + px(12))
                row.setWidth(width)
            pen.text(top, label, TypeStyle.LABEL, tokens.text3)
            pen.text(low, value, TypeStyle.STRONG, tokens.text1)
        painter.end()

    def _column_widths(self, brief: ServiceBrief) -> list[float]:
        """As wide as what stands in each; where that is too much, the widest give way."""
        theme, px = self._desk.theme, self._desk.theme.px
        name = px(22) + text_width(theme, brief.name, TypeStyle.CARD)
        wanted = [max(name, text_width(theme, brief.detail, TypeStyle.LABEL))]
        wanted += [
            max(
                text_width(theme, label, TypeStyle.LABEL),
                text_width(theme, value, TypeStyle.STRONG),
            )
            for label, value in brief.facts
        ]
        room = self.width() - px(28) - px(12) * len(brief.facts)
        return shared_out([one + 2.0 for one in wanted], max(0.0, room))

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
