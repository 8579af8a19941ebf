"""Arrays of lines, rectangles and sprites handed to Qt without a Python object for each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pyqtgraph.Qt.internals import PrimitiveArray
from PySide6.QtCore import QLineF, QRectF
from PySide6.QtGui import QPainter, QPixmap

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _Filled:
    """A primitive array and its memory; pyqtgraph is untyped, so `Any` ends here."""

    primitives: Any
    rows: Floats


def _filled(kind: type, fields: int, count: int) -> _Filled:
    primitives = PrimitiveArray(kind, fields)
    primitives.resize(count)
    return _Filled(primitives, primitives.ndarray())


def draw_lines(painter: QPainter, ends: Floats) -> None:
    """Draw straight lines with the painter's pen; `ends` is (lines, 4): x1, y1, x2, y2."""
    if len(ends):
        filled = _filled(QLineF, 4, len(ends))
        filled.rows[:] = ends
        painter.drawLines(*filled.primitives.drawargs())


def draw_squares(painter: QPainter, centres: Floats, size: float) -> None:
    """Fill squares of `size` pixels with the painter's brush; `centres` is (squares, 2)."""
    if len(centres):
        filled = _filled(QRectF, 4, len(centres))
        filled.rows[:, :2] = np.rint(centres - size / 2)
        filled.rows[:, 2:] = size
        painter.drawRects(*filled.primitives.drawargs())


def draw_sprites(
    painter: QPainter, sheet: QPixmap, centres: Floats, cells: NDArray[np.int8], opacity: Floats
) -> None:
    """Draw one square cell of `sheet` on each of `centres` (logical pixels).

    The sheet is one row of square cells; `cells` names the cell of each sprite and `opacity`
    runs from 0 to 1.
    """
    if not len(centres):
        return
    side = float(sheet.height())
    filled = _filled(QPainter.PixmapFragment, 10, len(centres))
    rows = filled.rows
    rows[:, :2] = centres
    rows[:, 2] = cells * side
    rows[:, 3] = 0.0
    rows[:, 4:6] = side
    rows[:, 6:8] = 1.0 / sheet.devicePixelRatio()
    rows[:, 8] = 0.0
    rows[:, 9] = opacity
    fragments, count = filled.primitives.drawargs()
    painter.drawPixmapFragments(fragments, count, sheet)
