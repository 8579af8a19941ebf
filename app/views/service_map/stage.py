"""What is on the map right now: picture, mode, blast radius, and the scene they make."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSizeF

from app.graph.impact import hop_counts
from app.graph.layout.focus import FocusLayout, FocusSize
from app.incident.kinds.signals import Health
from app.views.service_map.cards import Card
from app.views.service_map.edges import EdgeClass, edge_class
from app.views.service_map.focus_painting import FocusPainting, asynchronous_pairs
from app.views.service_map.focus_scene import FocusScene, Knots, Stretch, fit_focus, scene_through
from app.views.service_map.ghosts import Ghosts
from app.views.service_map.look import CODE_OF, COMPACT, HEADING_ROOM, MARGIN, WIDE, CardMeasures
from app.views.service_map.loud_edges import loud_pairs, touched_by_calls
from app.views.service_map.modes import MapMode, card_of
from app.views.service_map.overview_painting import OverviewPainting
from app.views.service_map.overview_scene import Level, OverviewScene, prepare_overview
from app.views.service_map.picture import MapPicture, ServiceHealth
from app.views.service_map.sprites import SpriteSheets
from app.views.tokens import Tokens

COMPACT_BELOW = 860.0
"""Logical pixels of width under which cards take their laptop size."""

Pair = tuple[str, str]
Scene = FocusScene | OverviewScene
Maps = tuple[Knots, Stretch]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Changed:
    """What differs on screen: cards and edges of the focus by name, services of the overview by
    number, or everything.
    """

    everything: bool = False
    cards: tuple[str, ...] = ()
    pairs: tuple[Pair, ...] = ()
    numbers: NDArray[np.intp] | None = None


class Stage:
    """Keeps the picture and everything derived from it; knows nothing of widgets.

    Scenes depend on places and the room only, so a change of health moves nothing.
    """

    def __init__(self, tokens: Tokens) -> None:
        self.picture: MapPicture | None = None
        self.mode = MapMode.IMPACT
        self.shows_all = False
        self.shows_kinds = False
        self.is_compact: bool | None = None
        self._tokens = tokens
        self._sheets = SpriteSheets(tokens)
        self._room = QSizeF(951, 360)
        self._letters = 1.0
        self._focus: FocusScene | None = None
        self._maps: Maps | None = None
        self._overview: OverviewScene | None = None
        self._cards: dict[str, Card] = {}
        self._classes: dict[Pair, EdgeClass] = {}
        self._codes: NDArray[np.int8] = np.zeros(0, dtype=np.int8)
        self._lit: NDArray[np.bool_] | None = None
        self._ghosts = Ghosts()
        self._own_health: dict[str, ServiceHealth] = {}

    @property
    def now(self) -> MapPicture:
        """The picture that is shown; asking before there is one is a bug."""
        if self.picture is None:
            raise LookupError("nothing is shown yet")
        return self.picture

    @property
    def in_overview(self) -> bool:
        """Whether all services are shown in clusters instead of columns."""
        return self.shows_all and self.picture is not None and self.picture.overview is not None

    @property
    def codes(self) -> NDArray[np.int8]:
        """The health code of every service of the graph."""
        return self._codes

    @property
    def measures(self) -> CardMeasures:
        """The size of cards in the room there is."""
        compact = (
            self._room.width() < COMPACT_BELOW if self.is_compact is None else self.is_compact
        )
        return COMPACT if compact else WIDE

    def use_tokens(self, tokens: Tokens) -> None:
        """Paint in other colours."""
        self._tokens = tokens
        self._sheets = SpriteSheets(tokens)

    def focus_size(self) -> FocusSize:
        """What to ask of `lay_out_focus` so that the columns fill the room there is."""
        measures = self.measures
        return FocusSize(
            node_width=measures.width,
            node_height=measures.height,
            width=self._room.width() - 2 * MARGIN,
            height=self._room.height() - HEADING_ROOM - MARGIN,
            gap=12.0 if measures is WIDE else 5.0,
            lane_gap=8.0 if measures is WIDE else 5.0,
        )

    def use_room(self, room: QSizeF, letters: float) -> None:
        """The widget or its letters have another size; the focus is fitted when asked for."""
        self._room, self._letters = room, letters
        self._focus = self._maps = None

    def show_picture(self, picture: MapPicture) -> Changed:
        """Take in a picture and say what looks different."""
        old, self.picture = self.picture, picture
        if old is None or old.graph is not picture.graph or old.focus is not picture.focus:
            if old is not None:
                self._ghosts.follow(old, picture, self._cards)
            self._focus = None
            if old is None or is_a_move(old.focus, picture.focus):
                self._maps = None
        if old is None or old.graph is not picture.graph or old.overview is not picture.overview:
            self._overview = None
        same_places = self._focus is not None or self.in_overview
        codes_before = self._codes.copy()
        self._read_health(old)
        changed = self._read_cards()
        is_other_light = old is not None and (
            (old.is_stale, old.is_loading) != (picture.is_stale, picture.is_loading)
        )
        if old is None or not same_places or is_other_light:
            return Changed(everything=True)
        if self.in_overview:
            return self._changed_codes(codes_before, old)
        return changed

    def show_health(self, changes: Mapping[str, ServiceHealth]) -> Changed:
        """Take in the health of some services; costs time for those only."""
        if self.picture is None:
            return Changed()
        if self.picture.health is not self._own_health:
            self._own_health = dict(self.picture.health)
            self.picture = replace(self.picture, health=self._own_health)
        self._own_health.update(changes)
        index = self.picture.graph.index
        known = [(index[one], CODE_OF[now.state]) for one, now in changes.items() if one in index]
        numbers, codes = np.array(known, dtype=np.intp).reshape(-1, 2).T
        self._codes[numbers] = codes
        changed = self._read_cards()
        return Changed(numbers=numbers) if self.in_overview else changed

    def refresh(self) -> Changed:
        """Read cards and edges again after the mode or the blast radius changed."""
        return self._read_cards()

    def light(self, service_id: str | None, hops: int | None) -> None:
        """Fade everything that is not up- or downstream of a service within `hops` (None = all).

        Without a service everything is lit again.
        """
        if service_id is None or self.picture is None:
            self._lit = None
            return
        graph = self.picture.graph
        start = graph.index[service_id]
        down = hop_counts(graph.callers, start, None, hops)
        up = hop_counts(graph.callees, start, None, hops)
        self._lit = (down >= 0) | (up >= 0)

    @property
    def lit(self) -> frozenset[str] | None:
        """The ids inside the blast radius, or None when nothing is faded."""
        if self._lit is None or self.picture is None:
            return None
        services = self.picture.graph.services
        return frozenset(services[number].id for number in np.flatnonzero(self._lit).tolist())

    def focus_scene(self) -> FocusScene:
        """The columns fitted to the room."""
        picture = self.now
        if self._focus is None:
            self._focus = _fitted(picture.focus, self.measures, self._room, self._maps)
            self._maps = self._focus.across, self._focus.down
        return self._focus

    def overview_scene(self) -> OverviewScene:
        """All services in clusters, prepared once per topology."""
        picture = self.now
        if picture.overview is None:
            raise LookupError("this picture has no overview")
        if self._overview is None:
            self._overview = prepare_overview(picture.graph, picture.overview)
        return self._overview

    def scene(self) -> Scene:
        """What is shown."""
        return self.overview_scene() if self.in_overview else self.focus_scene()

    def centres(self) -> NDArray[np.float64]:
        """The middle of every service shown, in the order of `scene().service_ids`."""
        scene = self.scene()
        return scene.centres if isinstance(scene, FocusScene) else scene.places

    def shown_codes(self) -> NDArray[np.int8]:
        """The health codes in the order of `scene().service_ids`."""
        scene = self.scene()
        if not isinstance(scene, FocusScene) or self.picture is None:
            return self._codes
        index = self.picture.graph.index
        return self._codes[[index[one] for one in scene.service_ids]]

    def bounds(self) -> QRectF:
        """The part of the world that holds everything shown."""
        return self.scene().bounds

    def half_size(self, scale: float) -> tuple[float, float]:
        """Half the width and height, in the world, of what counts as a hit on a service.

        Never under 12 logical pixels on screen in all (WCAG 2.5.8 asks for 24 across).
        """
        scene = self.scene()
        if isinstance(scene, FocusScene):
            return scene.measures.width / 2, scene.measures.height / 2
        if scene.level(scale) is Level.CARDS:
            return WIDE.width / 2 / scale, WIDE.height / 2 / scale
        half = max(scene.pitch * 0.5, 12.0 / scale)
        return half, half

    def restore(self, layout: FocusLayout) -> None:
        """Put the services of the focus back where `layout` has them."""
        picture = self.now
        self.picture = replace(picture, focus=layout)
        self._focus = self._maps = None

    def painting(self, ratio: float) -> FocusPainting | OverviewPainting:
        """How to paint what is shown now at a device pixel ratio."""
        return self._overview_painting(ratio) if self.in_overview else self.focus_painting()

    def focus_painting(self, scene: FocusScene | None = None) -> FocusPainting:
        """How to paint the columns, or `scene` in their place while they move."""
        scene = scene or self.focus_scene()
        return FocusPainting(
            scene=scene,
            tokens=self._tokens,
            cards=self._cards,
            classes=self._classes,
            lit=self.lit,
            asynchronous=self._asynchronous() if self.shows_kinds else frozenset(),
            ghosts=self._ghosts.placed(scene),
            shows_kinds=self.shows_kinds,
            letters=self._letters,
        )

    def pair_areas(self, changed: Changed) -> list[QRectF]:
        """The world rectangles of the focus that `changed` may touch."""
        scene = self.focus_scene()
        cards = self.focus_painting().card_painter()
        areas = [cards.reach(scene.centre(one)) for one in changed.cards]
        wanted = frozenset(changed.pairs)
        areas += [wire.reach for wire in scene.wires if (wire.caller, wire.callee) in wanted]
        return areas

    def _overview_painting(self, ratio: float) -> OverviewPainting:
        scene = self.overview_scene()
        return OverviewPainting(
            scene=scene,
            tokens=self._tokens,
            sheets=self._sheets,
            ratio=ratio,
            codes=self._codes,
            card_of=self._card,
            loud=self.loud_pairs,
            is_lit=self._lit,
        )

    def loud_pairs(self) -> dict[EdgeClass, NDArray[np.int32]]:
        """The (caller, callee) numbers of degraded and of failing edges."""
        return loud_pairs(self.now, self._codes)

    def _card(self, service_id: str) -> Card:
        picture = self.now
        graph = picture.graph
        return card_of(
            picture,
            graph.services[graph.index[service_id]],
            self.mode,
            is_faded=self._lit is not None and not self._lit[graph.index[service_id]],
        )

    def _read_cards(self) -> Changed:
        if self.picture is None:
            return Changed()
        known = self.picture.graph.index
        cards = {one: self._card(one) for one in self.picture.focus.service_ids if one in known}
        classes = {
            (edge.caller, edge.callee): edge_class(self.picture, edge.caller, edge.callee)
            for edge in self.picture.focus.edges
        }
        changed = Changed(
            cards=tuple(one for one, card in cards.items() if self._cards.get(one) != card),
            pairs=tuple(
                pair for pair, loudness in classes.items() if self._classes.get(pair) != loudness
            ),
        )
        self._cards, self._classes = cards, classes
        return changed

    def _read_health(self, old: MapPicture | None) -> None:
        """Bring the codes up to date, touching only what differs."""
        picture = self.now
        index = picture.graph.index
        if old is None or old.graph is not picture.graph:
            self._codes = np.zeros(len(picture.graph), dtype=np.int8)
            self._lit = None
            before: dict[str, object] = {}
        else:
            before = dict(old.health)
        for one, now in picture.health.items():
            if before.pop(one, None) is not now and one in index:
                self._codes[index[one]] = CODE_OF[now.state]
        for one in before:
            if one in index:
                self._codes[index[one]] = CODE_OF[Health.NORMAL]

    def _changed_codes(self, before: NDArray[np.int8], old: MapPicture) -> Changed:
        if len(before) != len(self._codes):
            return Changed(everything=True)
        numbers = np.flatnonzero(before != self._codes)
        return Changed(numbers=np.union1d(numbers, touched_by_calls(old, self.now)))

    def _asynchronous(self) -> frozenset[Pair]:
        picture = self.now
        return asynchronous_pairs(
            {(one.caller, one.callee): one.criticality for one in picture.graph.dependencies}
        )


def _fitted(
    layout: FocusLayout, measures: CardMeasures, room: QSizeF, maps: Maps | None
) -> FocusScene:
    """The scene for the room; one that is too high is spread over a wider one, to be scaled.

    With the `maps` of an earlier scene nothing that was there before moves.
    """
    if maps is not None:
        return scene_through(layout, measures, *maps)
    scene = fit_focus(layout, measures, room)
    needed = scene.bounds.bottom() + 2.0
    if needed <= room.height():
        return scene
    grown = min(needed / max(room.height(), 1.0), _MOST_WIDENING)
    return fit_focus(layout, measures, QSizeF(room.width() * grown, room.height() * grown))


_MOST_WIDENING = 2.2


def is_a_move(old: FocusLayout, new: FocusLayout) -> bool:
    """Whether services that are in both stand somewhere else in the new layout."""
    place = {one: number for number, one in enumerate(old.service_ids)}
    both = [(place[one], number) for number, one in enumerate(new.service_ids) if one in place]
    if not both:
        return True
    before, after = (list(numbers) for numbers in zip(*both, strict=True))
    return not np.allclose(old.rectangles[before, :2], new.rectangles[after, :2])


def place_of(scene: Scene, service_id: str) -> QPointF | None:
    """The middle of a service in the world, or None when it is not shown."""
    return scene.centre(service_id) if service_id in scene.index else None
