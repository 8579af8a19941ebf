"""The dependencies: heading with modes and counts, the map passed in, the inspector under it.

In the place of the map is what to do about it while there are no services.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from PySide6.QtCore import QRectF, Qt, Signal, Slot
from PySide6.QtGui import QColor, QKeyEvent, QKeySequence, QPainter, QPaintEvent
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QWidget

from app.incident.kinds.signals import Health
from app.incident.state import IncidentState
from app.protocol.sync_status import SyncStatus
from app.views.catalogue_strip import CatalogueStrip
from app.views.desk import Desk
from app.views.drawing import ChipLook, Pen, text_width
from app.views.empty_map import EmptyMap
from app.views.icons import Icon
from app.views.inspector import Inspector, Page, ServiceBrief
from app.views.panel import Button, Panel
from app.views.typography import TypeStyle

MODES = ("Impact", "Owners", "Changes", "Suspects")

LOADING = "Health loading"
"""What stands in the place of counts while nobody was heard of health yet."""

_PAGE_KEYS = {
    Qt.Key.Key_E: Page.EVIDENCE,
    Qt.Key.Key_W: Page.WHAT_NEXT,
    Qt.Key.Key_G: Page.GAPS,
}


class ServicePanel(Panel):
    """Frames the map.

    `mode_chosen` carries one of `MODES`, `page_requested` a `Page`.  `has_letter_keys` off leaves
    single letters alone.  `import_requested` (also Ctrl+O) asks for a catalogue, `demo_requested`
    for the demo.
    """

    mode_chosen = Signal(str)
    page_requested = Signal(object)
    import_requested = Signal()
    demo_requested = Signal()

    def __init__(self, desk: Desk, service_map: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(desk, "Dependencies", parent)
        self.map = service_map
        self.has_letter_keys = True
        self._sync = SyncStatus()
        self._measured_at: datetime | None = None
        self._total = 0
        self._is_loading = False
        self._is_offering = False
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
        self.strip = CatalogueStrip(desk, self)
        self.empty = EmptyMap(desk, self)
        self.empty.hide()
        for asks in (self.strip, self.empty):
            asks.import_pressed.connect(self.import_requested)
        self.empty.demo_pressed.connect(self.demo_requested)
        for part, stretch in ((self.strip, 0), (service_map, 1), (self.empty, 1)):
            self.body.addWidget(part, stretch)
        self.body.addWidget(self.inspector)
        self.focus_target = service_map
        desk.theme.changed.connect(self._place_parts)

    def use_map(self, service_map: QWidget) -> None:
        """Put the map where its placeholder was; it takes over the place in the tab order."""
        placeholder, self.map = self.map, service_map
        self.body.replaceWidget(placeholder, service_map)
        self.body.setStretchFactor(service_map, 1)
        QWidget.setTabOrder(placeholder, service_map)
        self._show_map_or_offer()
        placeholder.deleteLater()

    def offer_services(self, *, is_offering: bool) -> None:
        """Show, in the place of the map, that there are no services and what to do about it."""
        if is_offering != self._is_offering:
            self._is_offering = is_offering
            self._show_map_or_offer()

    def _show_map_or_offer(self) -> None:
        is_offering = self._is_offering
        focused: QWidget | None = self.window().focusWidget()  # none before any was focused
        shown, hidden = (self.empty, self.map) if is_offering else (self.map, self.empty)
        had_focus = focused is not None and (hidden is focused or hidden.isAncestorOf(focused))
        self.focus_target = shown
        shown.show()
        if had_focus:
            shown.setFocus(Qt.FocusReason.OtherFocusReason)
        hidden.hide()
        self.inspector.setVisible(not is_offering)
        self.counts.setVisible(not is_offering)
        self._name_count()

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

    def show_loading(self, *, is_loading: bool) -> None:
        """Nobody was heard of health yet: nothing is counted until somebody is."""
        if is_loading != self._is_loading:
            self._is_loading = is_loading
            self.counts.show_loading(is_loading=is_loading)
            self._name_count()

    def show_measured_at(self, moment: datetime | None) -> None:
        """Say when health was last measured, if that is too long ago to look live."""
        if moment != self._measured_at:
            self._measured_at = moment
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
        as_of = (self._sync.as_of if self._sync.is_offline else None) or self._measured_at
        if self._is_loading or self._is_offering:
            words, as_of = LOADING if self._is_loading else "", None
        if as_of is not None:
            words = f"Health as of {self.desk.times.minute(as_of)}"
            tokens = self.desk.theme.tokens
            self.heading.show_inline_chip(words, ChipLook(tokens.warn_tint, tokens.warn))
            words = ""
        else:
            self.heading.show_inline_chip("", None)
        self.heading.show_count(words)
        self._place_parts()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        page = _PAGE_KEYS.get(Qt.Key(event.key()))
        if event.matches(QKeySequence.StandardKey.Open) and self.desk.clock.viewed is None:
            self.import_requested.emit()
        elif page is not None and self.has_letter_keys and not event.modifiers():
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
        self._is_loading = False

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
        self._tell()

    def show_loading(self, *, is_loading: bool) -> None:
        """What nobody has heard yet is not counted."""
        self._is_loading = is_loading
        self._tell()

    def _tell(self) -> None:
        words = [f"{count} {word}" for _, _, count, word, _ in self._parts()]
        self.setAccessibleName(f"Health: {', '.join(words)}" if words else LOADING)
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
        if self._is_loading:
            return []
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
