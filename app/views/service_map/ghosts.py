"""Services that left during this session: they keep their place until somebody takes it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from PySide6.QtCore import QPointF

from app.graph.layout.focus import FocusLayout
from app.views.service_map.cards import Card
from app.views.service_map.focus_scene import FocusScene
from app.views.service_map.picture import MapPicture


class Ghosts:
    """The cards of services that are gone, and where they stood in the layout."""

    def __init__(self) -> None:
        self._left: dict[str, tuple[Card, float, float]] = {}

    def follow(self, old: MapPicture, new: MapPicture, cards: Mapping[str, Card]) -> None:
        """Remember who left between two pictures; forget who came back or lost the place."""
        for number, one in enumerate(old.focus.service_ids):
            if one not in new.graph.index and one in cards:
                x, y = old.focus.centres[number]
                self._left[one] = (_ghost(cards[one]), float(x), float(y))
        self._left = {
            one: (card, x, y)
            for one, (card, x, y) in self._left.items()
            if one not in new.graph.index and not _is_taken(new.focus, x, y)
        }

    def placed(self, scene: FocusScene) -> tuple[tuple[Card, QPointF], ...]:
        """The ghosts and their middles in the world of `scene`."""
        return tuple((card, scene.place_of(x, y)) for card, x, y in self._left.values())


def _ghost(card: Card) -> Card:
    return Card(
        service_id=card.service_id,
        name=card.name,
        kind=card.kind,
        second_line="removed",
        is_ghost=True,
    )


def _is_taken(layout: FocusLayout, x: float, y: float) -> bool:
    left, top, width, height = layout.rectangles.T
    away_x, away_y = np.abs(left + width / 2 - x), np.abs(top + height / 2 - y)
    return bool(np.any((away_x < width) & (away_y < height)))
