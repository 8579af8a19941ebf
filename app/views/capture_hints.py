"""The keys that stand at the right end of the capture field, as far as the line leaves room."""

from __future__ import annotations

from PySide6.QtCore import QRectF

from app.views.drawing import Pen, text_width
from app.views.theme import Theme
from app.views.typography import TypeStyle

Hints = tuple[tuple[str, str], ...]
"""Keys and what they do, from right to left."""

HINTS: Hints = (("Ctrl Z", "undo last"), ("Shift Enter", "log and poll"), ("Enter", "log"))
ALL_FROM = 1300


def hints_beside(line: str, room: float, theme: Theme) -> Hints:
    """The hints that leave room for the line: all, the two that matter most, or none.

    `room` is the width of the field in pixels.
    """
    width = text_width(theme, line, TypeStyle.CODE)
    for hints in (HINTS, HINTS[1:], ()):
        has_room = hints != HINTS or room > theme.px(ALL_FROM)
        if has_room and width + width_of(hints, theme) <= room:
            return hints
    return ()


def width_of(hints: Hints, theme: Theme) -> float:
    """How wide the hints are, in pixels."""
    return sum(
        text_width(theme, keys, TypeStyle.KEY)
        + text_width(theme, word, TypeStyle.ROW)
        + theme.px(33)
        for keys, word in hints
    )


def paint_hints(pen: Pen, hints: Hints, right: float, middle: float) -> None:
    """Paint the hints up to `right`, around the height `middle`."""
    px = pen.theme.px
    for keys, word in hints:
        width = pen.width(word, TypeStyle.ROW)
        area = QRectF(right - width, middle - px(10), width + 1, px(20))
        pen.text(area, word, TypeStyle.ROW, pen.theme.tokens.text3)
        right = pen.key_cap(right - width - px(7), middle, keys) - px(16)
