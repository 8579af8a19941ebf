"""One curve over time, drawn by pyqtgraph: the only file of the product that loads it.

Loading it takes a third of a second, so it is imported on the worker before the first sheet.
Its axes paint plain strings; none of its labels, legends and menus, which read markup or write
files, are used.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import pyqtgraph
from PySide6.QtCore import QEvent, QObject, QPointF, Qt, Signal, Slot
from PySide6.QtGui import QColor, QPen
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.models.metric_curves import (
    Curve,
    MarkKind,
    MetricMark,
    Span,
    steps_to,
    with_gaps,
)
from app.views.desk import Desk
from app.views.metric_words import step_words
from app.views.timeline_marks import TimeScale
from app.views.tokens import mixed
from app.views.typography import TypeStyle

HEADROOM = 1.12
_AXIS_WIDTH = 46
_AXIS_HEIGHT = 22
_FOOT = 8
_STEP_HEIGHT = 17
_MARK_STRENGTH = 0.6
_LINES = {
    MarkKind.ALERT: Qt.PenStyle.SolidLine,
    MarkKind.CHANGE: Qt.PenStyle.DashLine,
    MarkKind.DECISION: Qt.PenStyle.DotLine,
}


class CurvePlot(QWidget):
    """Draws a curve with a line for every mark.

    `pointed` carries the moment under the mouse (seconds since the epoch), or None when the
    mouse has left.  `has_times` says whether times of day stand below it.
    """

    pointed = Signal(object)

    def __init__(self, desk: Desk, parent: QWidget, *, has_times: bool) -> None:
        super().__init__(parent)
        self._desk = desk
        self._has_times = has_times
        self._curve = Curve(title="", unit="")
        self._span: Span | None = None
        self._marks: Sequence[MetricMark] = ()
        self._widget = pyqtgraph.GraphicsView(self)
        self._box = pyqtgraph.ViewBox(enableMouse=False, enableMenu=False)
        self._axes = {side: pyqtgraph.AxisItem(side) for side in ("left", "bottom")}
        self._line = pyqtgraph.PlotCurveItem(antialias=True)
        self._ticks = {kind: pyqtgraph.PlotCurveItem(connect="pairs") for kind in MarkKind}
        self._chosen = pyqtgraph.InfiniteLine(angle=90, movable=False)
        self._set_up()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._widget)
        desk.theme.changed.connect(self.restyle)
        self.restyle()

    def _set_up(self) -> None:
        parts, widget = pyqtgraph.GraphicsLayout(), self._widget
        parts.setContentsMargins(0, 0, 0, 0)
        parts.setSpacing(0)
        widget.setCentralItem(parts)
        parts.addItem(self._box, row=0, col=1)
        for axis, row, column in ((self._axes["left"], 0, 0), (self._axes["bottom"], 1, 1)):
            parts.addItem(axis, row=row, col=column)
            axis.linkToView(self._box)
            axis.enableAutoSIPrefix(False)
        widget.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        widget.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        widget.scene().sigMouseMoved.connect(self._move)
        widget.viewport().installEventFilter(self)
        for item in (*self._ticks.values(), self._line):
            self._box.addItem(item)
        self._box.addItem(self._chosen, ignoreBounds=True)
        self._chosen.hide()

    def show_curve(self, curve: Curve, span: Span, marks: Sequence[MetricMark]) -> None:
        """Show a curve over a span, with these marks."""
        self._curve, self._span, self._marks = curve, span, marks
        self._draw()

    def choose(self, moment: datetime | None) -> None:
        """Make the line of one mark stand out; None for none."""
        self._chosen.setVisible(moment is not None)
        if moment is not None:
            self._chosen.setPos(moment.timestamp())

    @property
    def curve(self) -> Curve:
        """The curve that is drawn."""
        return self._curve

    @property
    def reach(self) -> tuple[float, float]:
        """The lowest and the highest value there is room for."""
        foot, top = self._box.viewRange()[1]
        return float(foot), float(top)

    @Slot()
    def restyle(self) -> None:
        """Take over colours and fonts of the theme."""
        theme, tokens = self._desk.theme, self._desk.theme.tokens
        self._widget.setBackground(tokens.bg1)
        for axis in self._axes.values():
            axis.setPen(QPen(tokens.line, 1))
            axis.setTextPen(QPen(tokens.text2, 1))
            axis.setStyle(
                tickFont=theme.font(TypeStyle.LABEL), tickLength=0, tickTextOffset=theme.px(5)
            )
        self._axes["left"].setWidth(theme.px(_AXIS_WIDTH))
        self._axes["bottom"].setHeight(
            theme.px(_AXIS_HEIGHT) if self._has_times else theme.px(_FOOT)
        )
        self._line.setPen(_pen(tokens.fail_border if self._has_area else tokens.info, 1.5))
        colours = {
            MarkKind.ALERT: tokens.fail_border,
            MarkKind.CHANGE: tokens.text2,
            MarkKind.DECISION: tokens.accent,
        }
        for kind, item in self._ticks.items():
            item.setPen(_pen(mixed(colours[kind], tokens.bg1, _MARK_STRENGTH), 1.0, _LINES[kind]))
        self._chosen.setPen(_pen(tokens.text1, 2.0))
        self._draw()

    @property
    def _has_area(self) -> bool:
        """The indicator is what the incident is about: it is drawn as on the timeline."""
        return not self._curve.breaks

    def _draw(self) -> None:
        span = self._span
        if span is None:
            return
        foot, top = self._curve.lowest * HEADROOM, self._curve.highest * HEADROOM
        top = max(top, 1e-9 if foot == 0.0 else 0.0) if self._curve.points else 1.0
        times, values = with_gaps(self._curve)
        tokens = self._desk.theme.tokens
        self._line.setPen(_pen(tokens.fail_border if self._has_area else tokens.info, 1.5))
        self._line.setFillLevel(0.0 if self._has_area and times else None)
        self._line.setBrush(tokens.curve_tint if self._has_area else None)
        self._line.setData(times, values, connect="finite" if self._curve.breaks else "all")
        for kind, item in self._ticks.items():
            at = [one.at.timestamp() for one in self._marks if one.kind is kind]
            item.setData([x for x in at for _ in "ab"], [foot, top] * len(at), connect="pairs")
        self._box.setXRange(span.start.timestamp(), span.end.timestamp(), padding=0.0)
        self._box.setYRange(foot, top, padding=0.0)
        self._number_axes(span)

    def _number_axes(self, span: Span) -> None:
        width = max(120, self._widget.width() - self._desk.theme.px(_AXIS_WIDTH))
        moments = TimeScale(span.start, span.end, 0.0, float(width) / self._desk.theme.scale)
        minute = self._desk.times.minute
        below = [(one.timestamp(), minute(one)) for one in moments.ticks() if one >= span.start]
        self._axes["bottom"].setTicks([below if self._has_times else []])
        steps = steps_to(self._curve.highest, self._most_steps(), self._curve.lowest)
        beside = [(value, step_words(value, self._curve.unit)) for value in steps]
        self._axes["left"].setTicks([beside if self._curve.points else []])

    def _most_steps(self) -> int:
        """How many numbers find room above the 0."""
        px = self._desk.theme.px
        room = self.height() - (px(_AXIS_HEIGHT) if self._has_times else px(_FOOT))
        return min(4, max(1, int(room / HEADROOM / px(_STEP_HEIGHT))))

    def resizeEvent(self, _event: object) -> None:
        """A wider plot has room for more times of day."""
        self._draw()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Wheels scroll nothing here, and what the mouse said goes when it leaves."""
        if event.type() is QEvent.Type.Wheel:
            return True
        if event.type() is QEvent.Type.Leave:
            self.pointed.emit(None)
        return super().eventFilter(watched, event)

    @Slot(object)
    def _move(self, place: QPointF) -> None:
        self.pointed.emit(float(self._box.mapSceneToView(place).x()))


def _pen(colour: QColor, width: float, style: Qt.PenStyle = Qt.PenStyle.SolidLine) -> QPen:
    """A pen as wide on screen whatever the scale of the axes."""
    pen = QPen(colour, width, style)
    pen.setCosmetic(True)
    return pen
