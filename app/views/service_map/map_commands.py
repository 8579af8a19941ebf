"""What each command of the keyboard does to the map."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import QPointF, SignalInstance

from app.views.service_map.keyboard import Ground, Step, next_abnormal
from app.views.service_map.keys import Command
from app.views.service_map.modes import MapMode
from app.views.service_map.stage import Stage
from app.views.service_map.viewport import Viewport

_KEY_ZOOM = 1.25


class Commanded(Protocol):
    """The map as its keyboard sees it."""

    stage: Stage
    viewport: Viewport

    @property
    def selected(self) -> str:
        """The id of the selected service, or an empty text."""

    @property
    def is_blasting(self) -> bool:
        """Whether everything outside the blast radius is faded."""

    @property
    def table_requested(self) -> SignalInstance:
        """Emitted to bring the table to the front."""

    @property
    def service_opened(self) -> SignalInstance:
        """Emitted with the id of a service to open."""

    def select(self, service_id: str) -> None:
        """Select a service; an empty text selects none."""

    def use_mode(self, mode: MapMode) -> None:
        """Answer another question."""

    def show_all(self, everything: bool) -> None:
        """Show every service, or only those in the incident."""

    def show_blast_radius(self, *, hops: int | None = None, on: bool = True) -> None:
        """Fade everything outside the reach of the selection."""

    def undo_relayout(self) -> None:
        """Go back to the places before the last relayout."""

    def ask_for_relayout(self) -> None:
        """Ask whoever pins places for new ones."""

    def open_search(self) -> None:
        """Let typed letters search names."""

    def toggle_minimap(self) -> None:
        """Show or hide the minimap."""

    def toggle_kinds(self) -> None:
        """Draw kinds as shapes, or everything alike."""


class MapCommands:
    """Carries out commands on one canvas; `do` says whether there was anything to do."""

    def __init__(self, canvas: Commanded) -> None:
        self._canvas = canvas
        self._actions: dict[Command, Callable[[], None]] = {
            Command.LEFT: lambda: self._walk(Step.LEFT),
            Command.RIGHT: lambda: self._walk(Step.RIGHT),
            Command.UP: lambda: self._walk(Step.UP),
            Command.DOWN: lambda: self._walk(Step.DOWN),
            Command.OPEN: self._open,
            Command.FIT: canvas.viewport.fit,
            Command.UNDO_LAYOUT: canvas.undo_relayout,
            Command.LAY_OUT_AFRESH: canvas.ask_for_relayout,
            Command.ZOOM_IN: lambda: self._zoom(_KEY_ZOOM),
            Command.ZOOM_OUT: lambda: self._zoom(1 / _KEY_ZOOM),
            Command.NEXT_ABNORMAL: self._next_abnormal,
            Command.FIND: canvas.open_search,
            Command.BLAST_RADIUS: self._toggle_blast,
            Command.ONE_HOP: lambda: canvas.show_blast_radius(hops=1),
            Command.TWO_HOPS: lambda: canvas.show_blast_radius(hops=2),
            Command.THREE_HOPS: lambda: canvas.show_blast_radius(hops=3),
            Command.IMPACT: lambda: canvas.use_mode(MapMode.IMPACT),
            Command.OWNERS: lambda: canvas.use_mode(MapMode.OWNERS),
            Command.CHANGES: lambda: canvas.use_mode(MapMode.CHANGES),
            Command.SUSPECTS: lambda: canvas.use_mode(MapMode.SUSPECTS),
            Command.TABLE: canvas.table_requested.emit,
            Command.SHOW_ALL: lambda: canvas.show_all(not canvas.stage.shows_all),
            Command.MINIMAP: canvas.toggle_minimap,
            Command.KINDS: canvas.toggle_kinds,
        }

    def do(self, command: Command) -> bool:
        """Carry out `command`; False when the key should go on to the panel around the map."""
        if command is Command.CLEAR:
            return self._clear()
        if command is Command.OPEN and not self._canvas.selected:
            return False
        self._actions[command]()
        return True

    def _walk(self, step: Step) -> None:
        stage = self._canvas.stage
        if stage.picture is None:
            return
        ground = Ground(
            graph=stage.picture.graph,
            service_ids=stage.scene().service_ids,
            centres=stage.centres(),
        )
        found = ground.step(self._canvas.selected, step)
        if found is not None:
            self._canvas.select(found)

    def _next_abnormal(self) -> None:
        stage = self._canvas.stage
        if stage.picture is None:
            return
        ids, centres = stage.scene().service_ids, stage.centres()
        found = next_abnormal(stage.picture, ids, centres, self._canvas.selected)
        if found is not None:
            self._canvas.select(found)

    def _open(self) -> None:
        self._canvas.service_opened.emit(self._canvas.selected)

    def _zoom(self, factor: float) -> None:
        room = self._canvas.viewport.room
        self._canvas.viewport.zoom(factor, QPointF(room.width() / 2, room.height() / 2))

    def _toggle_blast(self) -> None:
        self._canvas.show_blast_radius(on=not self._canvas.is_blasting)

    def _clear(self) -> bool:
        if self._canvas.is_blasting:
            self._canvas.show_blast_radius(on=False)
            return True
        if self._canvas.selected:
            self._canvas.select("")
            return True
        return False
