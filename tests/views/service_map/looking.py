"""Looking at and touching the map in tests."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest

from app.views.service_map.canvas import MapCanvas


def on_screen(canvas: MapCanvas, service_id: str) -> QPointF:
    """The middle of a service in the widget."""
    scene = canvas.stage.scene()
    return canvas.viewport.camera.to_screen(scene.centre(service_id))


def fill_of(canvas: MapCanvas, service_id: str) -> QColor:
    """The fill of a card, looked at near its right end where no letter is."""
    middle = on_screen(canvas, service_id)
    at = QPoint(round(middle.x()) + 66, round(middle.y()) + 12)
    return canvas.grab().toImage().pixelColor(at)


def near(one: QColor, other: QColor) -> bool:
    """Whether two colours are the same but for rounding."""
    pairs = zip(one.getRgb()[:3], other.getRgb()[:3], strict=True)
    return all(abs(a - b) <= 3 for a, b in pairs)


def click(canvas: MapCanvas, service_id: str) -> None:
    QTest.mouseClick(
        canvas, Qt.MouseButton.LeftButton, pos=on_screen(canvas, service_id).toPoint()
    )


def press(canvas: MapCanvas, keys: str) -> None:
    QTest.keyClicks(canvas, keys)
