"""The metric sheet: the incident's indicator and a service's readings as curves, with marks."""

from __future__ import annotations

from datetime import UTC, datetime

from PySide6.QtCore import QModelIndex, QRectF, Qt, QTimer, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.incident.projections.timeline import Mark
from app.models.metric_curves import Curve, MarkModel, MetricMark, Span
from app.views.curve_block import CurveBlock, write_in
from app.views.desk import Desk
from app.views.drawing import Pen
from app.views.edge_sheet import EdgeSheet
from app.views.mark_shapes import draw_mark
from app.views.metric_words import (
    NO_SERVICE,
    moment_words,
    span_words,
    standing_words,
    value_words,
)
from app.views.row_list import RowDelegate, RowList
from app.views.safe_text import TextLabel, shown
from app.views.timeline_marks import LaneMark, Shape
from app.views.tokens import Row, Space
from app.views.typography import TypeStyle

WIDTH = 620
LOADING = "Loading the curves."
_PLOT_SHARES = (5, 3, 3, 3)
_SAID_HEIGHT = 32
_BETWEEN_TURNS_MS = 16
"""A frame, so that what the last turn changed is painted before the next."""

_NEAR = 0.008
"""The mouse is on a mark when it is this share of the span away from it, or less."""


class MetricSheet(EdgeSheet):
    """Shows curves above the list of what happened meanwhile.

    The list chooses a mark, whose line then stands out in every curve; the mouse over a curve
    says what was measured there.  Words come at once; curves are drawn from `use_plots` on, one
    in each turn of the event loop, so that nobody who types waits for all of them.
    """

    def __init__(self, desk: Desk, parent: QWidget) -> None:
        super().__init__(desk, parent, WIDTH)
        self.title.setText("Metric curves")
        self.setAccessibleName("Metric curves")
        self.reach = TextLabel("", self)
        self.said = TextLabel(LOADING, self)
        self.said.setWordWrap(True)
        self.said.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.service = TextLabel("", self)
        self.service.setWordWrap(True)
        self.blocks: tuple[CurveBlock, ...] = ()
        self._turn = QTimer(self)
        self._turn.setSingleShot(True)
        self._turn.setInterval(_BETWEEN_TURNS_MS)
        self._turn.timeout.connect(self._take_turn)
        self._span: Span | None = None
        self._curves: tuple[Curve, ...] = ()
        self._plots = QVBoxLayout()
        self.top.addWidget(self.reach, 1)
        self.head.addLayout(self._plots, 1)
        self.head.addWidget(self.said)
        self.model = MarkModel(self)
        rows = RowList(desk, MarkDelegate(desk, self), self)
        rows.setModel(self.model)
        rows.setAccessibleName("Alerts, changes and decisions")
        self.hold(rows)
        self._layout.setStretch(1, 4)
        rows.selectionModel().currentChanged.connect(self._choose)
        rows.model().modelReset.connect(self._choose)

    @property
    def has_plots(self) -> bool:
        """Whether the library that draws is loaded and in use."""
        return bool(self.blocks)

    @property
    def is_drawn(self) -> bool:
        """Whether every curve shows what the words say."""
        return self.has_plots and not any(block.is_due for block in self.blocks)

    def use_plots(self) -> None:
        """Make the curves: from now on the library that draws them is needed."""
        last = len(_PLOT_SHARES) - 1
        self.blocks = tuple(
            CurveBlock(self._desk, self, has_times=place in (0, last))
            for place in range(len(_PLOT_SHARES))
        )
        for place, (block, share) in enumerate(zip(self.blocks, _PLOT_SHARES, strict=True)):
            if place == 1:
                self._plots.addWidget(self.service)
            self._plots.addWidget(block, share)
            block.pointed.connect(self._point)
        self.said.setText("")
        self.restyle()

    @Slot()
    def restyle(self) -> None:
        super().restyle()
        theme = self._desk.theme
        self.head.setSpacing(theme.px(6))
        self._plots.setSpacing(theme.px(6))
        for label, style, colour in (
            (self.title, TypeStyle.TITLE, theme.tokens.text1),
            (self.reach, TypeStyle.ROW, theme.tokens.text3),
            (self.said, TypeStyle.ROW, theme.tokens.text2),
            (self.service, TypeStyle.ROW_STRONG, theme.tokens.text1),
        ):
            label.setFont(theme.font(style))
            write_in(label, colour)
        self.said.setFixedHeight(theme.px(_SAID_HEIGHT))
        for block in self.blocks:
            block.restyle()

    def show_metrics(
        self,
        span: Span,
        indicator: Curve,
        service: str,
        readings: tuple[Curve, ...],
        marks: tuple[MetricMark, ...],
    ) -> None:
        """Show the indicator and the readings of the service called `service`, if any is."""
        self._span, times = span, self._desk.times
        self._curves = (indicator, *(readings if service else ()))
        self.reach.setText(span_words(span, times, self._desk.clock.viewed))
        self.model.show_rows(marks)
        standing = standing_words(readings, times, span) if service else NO_SERVICE
        self.service.setText(f"{service}  {standing}".strip())
        for block, curve in zip(self.blocks, (indicator, *readings), strict=False):
            block.show_curve(curve, span, marks)
        self._turn.start()
        for block in self.blocks[1:]:
            block.setVisible(bool(service))
        newest = [f"{one.title}: {value_words(one, times)}" for one in self._curves]
        self.setAccessibleDescription(shown(f"{'. '.join(newest)}. {standing}".strip()))
        self._choose()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc closes; letters are commands of what lies below, not of an open sheet."""
        if event.key() == Qt.Key.Key_Escape:
            self.dismiss()
        elif event.text().isalnum() and not event.modifiers():
            event.accept()
        else:
            super().keyPressEvent(event)

    @Slot()
    def _take_turn(self) -> None:
        """Draw the next curve; what was typed meanwhile goes before the one after it."""
        due = [block for block in self.blocks if block.is_due]
        if due:
            due[0].take_turn()
            self._turn.start()

    @Slot(QModelIndex)
    def _choose(self, *_: object) -> None:
        """Make the line of the current mark stand out, and say what was measured then."""
        mark = self.model.row(self.list.currentIndex())
        for block in self.blocks:
            block.choose(None if mark is None else mark.at)
        if self.has_plots:
            self.said.setText("" if mark is None else self._said_at(mark.at))

    @Slot(object)
    def _point(self, moment: float | None) -> None:
        """Say what was measured under the mouse, and which mark is there."""
        span = self._span
        if moment is None or span is None:
            self._choose()
            return
        start, end = span.start.timestamp(), span.end.timestamp()
        pointed = datetime.fromtimestamp(min(end, max(start, moment)), UTC)
        near = (span.end - span.start) * _NEAR
        nearest = min(self.model.rows, key=lambda one: abs(one.at - pointed), default=None)
        if nearest is not None and abs(nearest.at - pointed) > near:
            nearest = None
        self.said.setText(self._said_at(pointed if nearest is None else nearest.at, nearest))

    def _said_at(self, moment: datetime, mark: MetricMark | None = None) -> str:
        words = moment_words(moment, self._curves, self._desk.times)
        return words if mark is None else f"{words}.  {self.model.sentence(mark)}"


class MarkDelegate(RowDelegate[MetricMark]):
    """Paints one mark: time, shape as on the timeline, kind and words."""

    def __init__(self, desk: Desk, sheet: QWidget) -> None:
        super().__init__(desk, Row.LIST, sheet)

    def paint_row(self, pen: Pen, rect: QRectF, mark: MetricMark) -> None:
        tokens, px = self.desk.theme.tokens, self.desk.theme.px
        left = rect.left() + px(Space.MARGIN)
        time = QRectF(left, rect.top(), px(62), rect.height())
        pen.text(time, self.desk.times.second(mark.at), TypeStyle.ROW, tokens.text3)
        lane = LaneMark(mark.at, _SHAPES[mark.mark], " ")
        draw_mark(pen, lane, left + px(74), rect.center().y())
        kind = QRectF(left + px(88), rect.top(), px(60), rect.height())
        pen.text(kind, mark.kind.value, TypeStyle.ROW, tokens.text2)
        width = rect.right() - px(Space.MARGIN) - kind.right()
        words = QRectF(kind.right(), rect.top(), width, rect.height())
        pen.text(words, mark.text, TypeStyle.ROW_MEDIUM, tokens.text1)


_SHAPES = {
    Mark.ALERT_FAILING: Shape.OCTAGON,
    Mark.ALERT_DEGRADED: Shape.TRIANGLE,
    Mark.ALERT_NO_DATA: Shape.DASHED_CIRCLE,
    Mark.CHANGE: Shape.SQUARE,
    Mark.DECISION: Shape.DIAMOND,
    Mark.REVERSED: Shape.SLASHED_DIAMOND,
}
