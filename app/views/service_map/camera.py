"""Where the reader looks: scale and offset between the world of the layout and the widget."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSizeF

SMALLEST_SCALE = 0.002
LARGEST_SCALE = 8.0


@dataclass(frozen=True, slots=True)
class Camera:
    """screen = world × scale + offset; all in logical pixels."""

    scale: float = 1.0
    left: float = 0.0
    top: float = 0.0

    def to_screen(self, world: QPointF) -> QPointF:
        """The point of the widget that shows `world`."""
        return QPointF(world.x() * self.scale + self.left, world.y() * self.scale + self.top)

    def to_world(self, screen: QPointF) -> QPointF:
        """The point of the world under `screen`."""
        return QPointF((screen.x() - self.left) / self.scale, (screen.y() - self.top) / self.scale)

    def area(self, world: QRectF) -> QRectF:
        """The rectangle of the widget that shows `world`."""
        corner = self.to_screen(world.topLeft())
        return QRectF(corner, QSizeF(world.width() * self.scale, world.height() * self.scale))

    def panned(self, right: float, down: float) -> Camera:
        """The camera after the picture moved by whole pixels, so that a pan stays one copy."""
        return Camera(self.scale, round(self.left + right), round(self.top + down))

    def zoomed(self, factor: float, at: QPointF) -> Camera:
        """The camera after a zoom that keeps the world under `at` where it is."""
        scale = min(LARGEST_SCALE, max(SMALLEST_SCALE, self.scale * factor))
        world = self.to_world(at)
        return Camera(scale, round(at.x() - world.x() * scale), round(at.y() - world.y() * scale))

    def centred_on(self, world: QPointF, room: QSizeF) -> Camera:
        """The camera at the same scale that shows `world` in the middle of `room`."""
        return Camera(
            self.scale,
            round(room.width() / 2 - world.x() * self.scale),
            round(room.height() / 2 - world.y() * self.scale),
        )


def fitting(world: QRectF, room: QRectF, *, largest: float = LARGEST_SCALE) -> Camera:
    """The camera that shows all of `world` inside `room`, never above the scale `largest`."""
    if world.isEmpty() or room.isEmpty():
        return Camera(min(1.0, largest), room.left(), room.top())
    scale = min(room.width() / world.width(), room.height() / world.height(), largest)
    scale = max(SMALLEST_SCALE, scale)
    return Camera(
        scale,
        round(room.center().x() - world.center().x() * scale),
        round(room.center().y() - world.center().y() * scale),
    )
