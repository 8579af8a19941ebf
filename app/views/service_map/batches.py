"""Arrays of lines, rectangles and sprites handed to Qt without a Python object for each."""

from __future__ import annotations

from typing import TypeVar, cast

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QRectF
from PySide6.QtGui import QPainter, QPixmap
from shiboken6 import wrapInstance

Floats = NDArray[np.float64]
_Primitive = TypeVar("_Primitive", QLineF, QRectF, QPainter.PixmapFragment)


def _first(kind: type[_Primitive], rows: Floats) -> _Primitive:
    """The first of `rows` as Qt sees it in their own memory; keep the rows while it is used.

    Qt's lines, rectangles and fragments are nothing but doubles in the order of the columns.
    """
    return cast(_Primitive, wrapInstance(rows.ctypes.data, kind))


def draw_lines(painter: QPainter, ends: Floats) -> None:
    """Draw straight lines with the painter's pen; `ends` is (lines, 4): x1, y1, x2, y2."""
    if len(ends):
        rows = np.ascontiguousarray(ends, dtype=np.float64)
        painter.drawLines(_first(QLineF, rows), len(rows))


def draw_squares(painter: QPainter, centres: Floats, size: float) -> None:
    """Fill squares of `size` pixels with the painter's brush; `centres` is (squares, 2)."""
    if len(centres):
        rows = np.full((len(centres), 4), size)
        rows[:, :2] = np.rint(centres - size / 2)
        painter.drawRects(_first(QRectF, rows), len(rows))


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
    rows = np.empty((len(centres), 10))
    rows[:, :2] = centres
    rows[:, 2] = cells * side
    rows[:, 3] = 0.0
    rows[:, 4:6] = side
    rows[:, 6:8] = 1.0 / sheet.devicePixelRatio()
    rows[:, 8] = 0.0
    rows[:, 9] = opacity
    painter.drawPixmapFragments(_first(QPainter.PixmapFragment, rows), len(rows), sheet)
