"""One curve of the metric sheet under its name and its newest value."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.models.metric_curves import Curve, MetricMark, Span
from app.views.desk import Desk
from app.views.metric_words import value_words
from app.views.safe_text import TextLabel, shown
from app.views.typography import TypeStyle

if TYPE_CHECKING:
    from app.views.metric_plot import CurvePlot

_LEAST_HEIGHT = 44


class CurveBlock(QWidget):
    """Says a curve in words at once, and draws it in turns that its owner gives.

    `pointed` carries the moment under the mouse (seconds since the epoch), or None when the
    mouse has left.
    """

    pointed = Signal(object)

    def __init__(self, desk: Desk, parent: QWidget, *, has_times: bool) -> None:
        super().__init__(parent)
        self._desk = desk
        self._has_times = has_times
        self._plot: CurvePlot | None = None
        self._due: tuple[Curve, Span, tuple[MetricMark, ...]] | None = None
        self._chosen: datetime | None = None
        self.name = TextLabel("", self)
        self.value = TextLabel("", self)
        heading = QHBoxLayout()
        heading.addWidget(self.name)
        heading.addStretch(1)
        heading.addWidget(self.value)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(2)
        self._layout.addLayout(heading)
        self._layout.addStretch(1)
        self.restyle()

    @property
    def is_due(self) -> bool:
        """Whether the curve that is said is not drawn yet."""
        return self._due is not None

    @property
    def plot(self) -> CurvePlot:
        """What draws the curve: made when it is first asked for, in about ten milliseconds."""
        if self._plot is None:
            self._plot = self._made_plot()
        return self._plot

    def _made_plot(self) -> CurvePlot:
        from app.views.metric_plot import CurvePlot

        plot = CurvePlot(self._desk, self, has_times=self._has_times)
        plot.setMinimumHeight(self._desk.theme.px(_LEAST_HEIGHT))
        plot.pointed.connect(self.pointed)
        plot.choose(self._chosen)
        self._layout.takeAt(1)
        self._layout.addWidget(plot, 1)
        return plot

    def restyle(self) -> None:
        """Take over the fonts and colours of the theme."""
        theme = self._desk.theme
        if self._plot is not None:
            self._plot.setMinimumHeight(theme.px(_LEAST_HEIGHT))
        write_in(self.name, theme.tokens.text2)
        self.name.setFont(theme.font(TypeStyle.ROW_MEDIUM))
        write_in(self.value, theme.tokens.text1)
        self.value.setFont(theme.font(TypeStyle.ROW_STRONG))

    def show_curve(self, curve: Curve, span: Span, marks: tuple[MetricMark, ...]) -> None:
        """Say the newest value of a curve; it is drawn in the next turn."""
        self.name.setText(curve.title)
        self.value.setText(value_words(curve, self._desk.times))
        self._due = curve, span, marks

    def take_turn(self) -> None:
        """Make what draws, or draw what is due: one of the two, for both take their time."""
        if self._plot is None:
            self.plot.show()
        elif self._due is not None:
            curve, span, marks = self._due
            self._due = None
            self._plot.setAccessibleName(shown(curve.title))
            self._plot.setAccessibleDescription(shown(f"{curve.title}: {self.value.text()}"))
            self._plot.show_curve(curve, span, marks)

    def choose(self, moment: datetime | None) -> None:
        """Make the line of one mark stand out; None for none."""
        self._chosen = moment
        if self._plot is not None:
            self._plot.choose(moment)


def write_in(label: TextLabel, colour: QColor) -> None:
    """Write a label's text in this colour."""
    palette = label.palette()
    palette.setColor(label.foregroundRole(), colour)
    label.setPalette(palette)
