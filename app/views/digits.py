"""Repainting only what a tick changes: the rectangles of digits and of what follows from them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from PySide6.QtCore import QRect, QRectF
from PySide6.QtWidgets import QWidget


@dataclass(frozen=True, slots=True)
class Digits:
    """A text that time changes, where it is, and anything else its look depends on."""

    area: QRect
    text: str
    look: object = None


class DigitMemory:
    """Remembers what ticking texts read, so that a tick repaints only those that differ."""

    def __init__(self) -> None:
        self._seen: dict[tuple[int, int, int, int], Digits] = {}

    def refresh(self, surface: QWidget, digits: Iterable[Digits]) -> None:
        """Repaint on `surface` the areas whose text or look is not what it was."""
        seen: dict[tuple[int, int, int, int], Digits] = {}
        for one in digits:
            area = one.area
            key = (area.x(), area.y(), area.width(), area.height())
            seen[key] = one
            if self._seen.get(key) != one:
                surface.update(one.area)
        self._seen = seen


def outer(rect: QRectF) -> QRect:
    """The whole pixels that `rect` touches."""
    return rect.toAlignedRect()
