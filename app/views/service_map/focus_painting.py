"""Paints the focus picture: routed edges below, cards above."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter

from app.graph.catalog import Criticality
from app.views.service_map.camera import Camera
from app.views.service_map.cards import FADED, Card, CardPainter
from app.views.service_map.containers import paint_container
from app.views.service_map.edges import EdgeClass, paint_wire
from app.views.service_map.focus_scene import FocusScene, Wire
from app.views.service_map.raster import Stroke, View
from app.views.tokens import Tokens

NAMES_FROM_SCALE = 0.6
"""Below this scale names drop and glyphs stay; who is not well keeps the name while it can."""

_EDGES_A_STROKE = 24
_CARDS_A_STROKE = 12

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FocusPainting:
    """Cards, edge classes and what is faded, for one scene.

    `ghosts` are cards of services that left during this session, with the centres they had;
    `letters` is the font scale.
    """

    scene: FocusScene
    tokens: Tokens
    cards: Mapping[str, Card]
    classes: Mapping[Pair, EdgeClass]
    lit: AbstractSet[str] | None = None
    asynchronous: AbstractSet[Pair] = frozenset()
    ghosts: tuple[tuple[Card, QPointF], ...] = ()
    shows_kinds: bool = False
    letters: float = 1.0

    def edge_strokes(self, view: View) -> Iterator[Stroke]:
        """Containers, normal edges, then degraded ones, then the failing path."""
        world = view.world
        if self.scene.containers:
            yield self._container_stroke(view.camera, [world])
        wires = [wire for wire in self._in_order() if wire.reach.intersects(world)]
        for start in range(0, len(wires), _EDGES_A_STROKE):
            yield self._edge_stroke(view.camera, wires[start : start + _EDGES_A_STROKE])

    def node_strokes(self, view: View) -> Iterator[Stroke]:
        """Ghosts, then cards from calm to loud, so that tags of loud ones stay on top."""
        world = view.world
        painter = self.card_painter()
        shown = [
            (card, centre)
            for card, centre in self._cards_in_order()
            if painter.reach(centre).intersects(world)
        ]
        for start in range(0, len(shown), _CARDS_A_STROKE):
            yield self._card_stroke(view.camera, shown[start : start + _CARDS_A_STROKE])

    def edges_within(self, view: View, areas: list[QRectF]) -> Stroke:
        """One stroke for what lies under the cards in any of `areas` (world coordinates)."""
        touched = [
            wire for wire in self._in_order() if any(wire.reach.intersects(area) for area in areas)
        ]
        under = self._container_stroke(view.camera, areas)
        edges = self._edge_stroke(view.camera, touched)

        def stroke(painter: QPainter) -> None:
            under(painter)
            edges(painter)

        return stroke

    def cards_within(self, view: View, areas: list[QRectF]) -> Stroke:
        """One stroke for the cards that touch any of `areas` (world coordinates)."""
        painter = self.card_painter()
        touched = [
            (card, centre)
            for card, centre in self._cards_in_order()
            if any(painter.reach(centre).intersects(area) for area in areas)
        ]
        return self._card_stroke(view.camera, touched)

    def card_painter(self) -> CardPainter:
        """The painter of cards in the measures of the scene."""
        return CardPainter(self.tokens, self.scene.measures, shows_kinds=self.shows_kinds)

    def _in_order(self) -> list[Wire]:
        return sorted(
            self.scene.wires,
            key=lambda wire: (
                self._is_lit(wire),
                self.classes.get((wire.caller, wire.callee), EdgeClass.NORMAL),
            ),
        )

    def _is_lit(self, wire: Wire) -> bool:
        return self.lit is None or (wire.caller in self.lit and wire.callee in self.lit)

    def _cards_in_order(self) -> list[tuple[Card, QPointF]]:
        placed = [
            (self.cards[one], self.scene.centre(one))
            for one in self.scene.service_ids
            if one in self.cards
        ]
        placed.sort(key=lambda pair: len(pair[0].tags) > 0)
        return [*self.ghosts, *placed]

    def _container_stroke(self, camera: Camera, areas: list[QRectF]) -> Stroke:
        touched = [
            one
            for one in self.scene.containers
            if any(one.box.adjusted(-1, -1, 1, 1).intersects(area) for area in areas)
        ]

        def stroke(painter: QPainter) -> None:
            painter.save()
            _look_through(painter, camera)
            for one in touched:
                paint_container(
                    painter, self.tokens, one, with_name=camera.scale >= NAMES_FROM_SCALE
                )
            painter.restore()

        return stroke

    def _edge_stroke(self, camera: Camera, wires: list[Wire]) -> Stroke:
        def stroke(painter: QPainter) -> None:
            painter.save()
            _look_through(painter, camera)
            for wire in wires:
                pair = (wire.caller, wire.callee)
                painter.setOpacity(1.0 if self._is_lit(wire) else FADED)
                paint_wire(
                    painter,
                    self.tokens,
                    wire,
                    self.classes.get(pair, EdgeClass.NORMAL),
                    is_async=pair in self.asynchronous,
                )
            painter.restore()

        return stroke

    def _card_stroke(self, camera: Camera, cards: list[tuple[Card, QPointF]]) -> Stroke:
        def stroke(painter: QPainter) -> None:
            painter.save()
            _look_through(painter, camera)
            card_painter = self.card_painter()
            for card, centre in cards:
                card_painter.paint(
                    painter,
                    card,
                    centre,
                    with_text=camera.scale >= NAMES_FROM_SCALE,
                    scale=camera.scale,
                    letters=self.letters,
                )
            painter.restore()

        return stroke


def asynchronous_pairs(scene_edges: Mapping[Pair, Criticality]) -> frozenset[Pair]:
    """The edges on which work piles up instead of failing at once; drawn dashed with kinds."""
    return frozenset(
        pair for pair, criticality in scene_edges.items() if criticality is Criticality.ASYNC
    )


def _look_through(painter: QPainter, camera: Camera) -> None:
    painter.translate(camera.left, camera.top)
    painter.scale(camera.scale, camera.scale)
