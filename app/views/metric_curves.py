"""Opens the metric sheet, by key or from the timeline's curve, and keeps it in step."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import QEvent, QObject, Signal, Slot
from PySide6.QtGui import QKeySequence, QShortcut

from app.graph.service_history import ServiceHistory
from app.incident.projections.timeline import Timeline
from app.incident.state import BEFORE_ANYTHING, IncidentState
from app.models.metric_curves import (
    MetricMark,
    Span,
    indicator_curve,
    marks_of,
    service_curves,
    span_of,
)
from app.views.commander_view import CommanderView
from app.views.desk import Desk
from app.views.metric_sheet import MetricSheet

KEY = "F8"


class MetricCurves(QObject):
    """Shows the state and the service it is told of, while the sheet is open.

    `wanted` asks for the readings of a service (its id, empty for none): load
    `app.views.metric_plot` beside the window, then hand them to `show_history`.
    """

    wanted = Signal(str)

    def __init__(self, desk: Desk, view: CommanderView) -> None:
        super().__init__(view)
        self._desk = desk
        self._state: IncidentState = BEFORE_ANYTHING
        self._service, self._name = "", ""
        self._history = ServiceHistory()
        self._marks: tuple[MetricMark, ...] = ()
        self._marked: Timeline | None = None
        self._marked_from: tuple[datetime, datetime | None] | None = None
        self.sheet = MetricSheet(desk, view)
        QShortcut(QKeySequence(KEY), view).activated.connect(self.toggle)
        view.body.timeline.chart.curve_pressed.connect(self.toggle)
        view.installEventFilter(self)
        desk.times.changed.connect(self._fill_open)
        desk.clock.viewing_changed.connect(self._fill_open)

    @Slot()
    def toggle(self) -> None:
        """Open the sheet, or close it."""
        if self.sheet.isVisible():
            self.sheet.dismiss()
            return
        self._fill()
        self.sheet.open()
        self.wanted.emit(self._service)

    def show_state(self, state: IncidentState) -> None:
        """Show this state, of now or of the moment looked at."""
        if state is not self._state:
            self._state = state
            self._fill_open()

    def choose_service(self, service: str, name: str) -> None:
        """Show the readings of this service, by its id; empty for none."""
        self._name = name
        if service == self._service:
            return
        self._service, self._history = service, ServiceHistory(service=service)
        self._fill_open()
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Ask again: new readings came, or time has passed."""
        if self.sheet.isVisible():
            self.wanted.emit(self._service)

    @Slot(object)
    def show_history(self, history: ServiceHistory) -> None:
        """Show what was measured, unless another service was chosen since."""
        if not self.sheet.has_plots:
            self.sheet.use_plots()
        if history.service == self._service:
            self._history = history
        self._fill_open()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self.sheet.fit()
        return super().eventFilter(watched, event)

    @Slot()
    def _fill_open(self) -> None:
        if self.sheet.isVisible():
            self._fill()

    def _fill(self) -> None:
        span = span_of(self._state, self._desk.clock.now())
        self.sheet.show_metrics(
            span,
            indicator_curve(self._state.signals.indicator, span),
            self._name,
            service_curves(self._history, span),
            self._marks_in(span),
        )

    def _marks_in(self, span: Span) -> tuple[MetricMark, ...]:
        """The marks of a span; they are looked for again only when the timeline has changed."""
        timeline, since = self._state.timeline, (span.start, self._desk.clock.viewed)
        if timeline is not self._marked or since != self._marked_from:
            self._marked, self._marked_from = timeline, since
            self._marks = marks_of(self._state, span)
        return self._marks
