"""Cards that glide to new places on request, and the way back."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from PySide6.QtCore import QObject, QVariantAnimation

from app.graph.layout.focus import FocusLayout
from app.views.service_map.focus_scene import FocusScene, Wire, wire_of
from app.views.service_map.stage import Stage
from app.views.service_map.viewport import Viewport

DURATION = 300
"""Milliseconds of the glide."""

_STEPS_BACK = 20


def between(old: FocusScene, new: FocusScene, share: float) -> FocusScene:
    """The scene `share` (0 to 1) of the way; services only in the new one are already there."""
    centres = new.centres.copy()
    for number, one in enumerate(new.service_ids):
        if one in old.index:
            start = old.centres[old.index[one]]
            centres[number] = start + (new.centres[number] - start) * share
    before = {(wire.caller, wire.callee): wire for wire in old.wires}
    wires = tuple(
        _wire_between(before.get((wire.caller, wire.callee)), wire, share) for wire in new.wires
    )
    return replace(new, centres=centres, wires=wires)


def _wire_between(old: Wire | None, new: Wire, share: float) -> Wire:
    if old is None:
        return new
    start = old.curve
    if start.shape != new.curve.shape:
        start = _with_as_many_points(start, len(new.curve))
    return wire_of(new.caller, new.callee, start + (new.curve - start) * share)


def _with_as_many_points(
    curve: np.ndarray[tuple[int, int], np.dtype[np.float64]], count: int
) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """The control points spread or thinned to `count`, ends kept."""
    at = np.linspace(0.0, len(curve) - 1.0, count)
    known = np.arange(len(curve))
    return np.column_stack([np.interp(at, known, curve[:, axis]) for axis in (0, 1)])


class LayoutHistory:
    """The layouts a reader can go back to."""

    def __init__(self) -> None:
        self._past: list[FocusLayout] = []

    def remember(self, layout: FocusLayout) -> None:
        """Keep a layout that is about to be replaced."""
        self._past = [*self._past[-_STEPS_BACK + 1 :], layout]

    @property
    def has_past(self) -> bool:
        """Whether there is a layout to go back to."""
        return bool(self._past)

    def step_back(self) -> FocusLayout | None:
        """The layout before the present one, or None; it is forgotten by asking."""
        return self._past.pop() if self._past else None


class Glide:
    """Moves the cards from an earlier scene to the present one."""

    def __init__(self, stage: Stage, viewport: Viewport, parent: QObject) -> None:
        self._stage = stage
        self._viewport = viewport
        self._before: FocusScene | None = None
        self._clock = QVariantAnimation(parent)
        self._clock.setDuration(DURATION)
        self._clock.setStartValue(0.0)
        self._clock.setEndValue(1.0)
        self._clock.valueChanged.connect(self._show_share)

    @property
    def is_running(self) -> bool:
        """Whether cards are on their way."""
        return self._clock.state() is QVariantAnimation.State.Running

    def start_from(self, before: FocusScene) -> None:
        """Begin where `before` has the cards."""
        self._before = before
        self._clock.stop()
        self._clock.start()

    def stop(self) -> None:
        """Put the cards where they belong at once."""
        if self.is_running:
            self._clock.stop()
            self._arrive()

    def _show_share(self, share: float) -> None:
        if self._before is None or self._stage.in_overview:
            return
        if share >= 1.0:
            self._arrive()
            return
        eased = 1.0 - (1.0 - share) ** 3
        scene = between(self._before, self._stage.focus_scene(), eased)
        self._viewport.begin_with(self._stage.focus_painting(scene))
        self._viewport.finish()

    def _arrive(self) -> None:
        self._before = None
        self._viewport.restart()
