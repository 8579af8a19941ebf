"""How long the map takes to paint a frame, beside the same picture in pyqtgraph."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from statistics import median

from PySide6.QtCore import QPointF, QSize
from PySide6.QtWidgets import QApplication, QWidget

from app.views.service_map.canvas import MapCanvas
from app.views.service_map.overview_painting import EDGE_BUDGET
from app.views.service_map.overview_scene import OverviewScene
from app.views.theme import Theme
from app.views.typography import load_fonts
from tests.benchmarks.estate import DEPENDENCIES_EACH, estate, picture_of, random_health
from tests.benchmarks.figure import Figure
from tests.benchmarks.plain_canvas import PlainCanvas

ROOM = QSize(1280, 800)
FRAMES = 60
SIZES = {"100": 100, "2k": 2_000, "20k": 20_000}
_STATUS_SHARE = 0.05
_STEPS_A_ZOOM = 10
_ZOOMS = FRAMES // _STEPS_A_ZOOM

Frame = Callable[[], None]


@dataclass(slots=True)
class Series:
    """Wall and processor milliseconds of the frames of one gesture.

    `sharpening` is the processor time of frames after the gesture, when the picture is shown
    scaled and becomes sharp; their wall time is in `wall` with all others.
    """

    wall: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)
    sharpening: list[float] = field(default_factory=list)

    def run(self, frame: Frame, *, sharpens: bool = False) -> None:
        """Paint one frame and note what it took."""
        wall, processor = time.perf_counter(), time.process_time()
        frame()
        spent = (time.process_time() - processor) * 1000
        (self.sharpening if sharpens else self.processor).append(spent)
        self.wall.append((time.perf_counter() - wall) * 1000)

    @property
    def processor_mean(self) -> float:
        """Mean processor time, so that rare long frames count."""
        return sum(self.processor) / len(self.processor)


def measure() -> Iterable[Figure]:
    """Frames of a pan, a zoom and 5 % of statuses changing, for 100, 2,000 and 20,000 services."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    application = QApplication.instance() or QApplication([])
    load_fonts()
    application.processEvents()
    for label, services in SIZES.items():
        yield from _figures(label, services)


def _figures(label: str, services: int) -> Iterator[Figure]:
    process_events = QApplication.processEvents
    canvas = _shown(services)
    while not canvas.viewport.is_sharp:
        process_events()
    ours = {
        "pan": _pan(canvas, process_events),
        "zoom": _zoom(canvas, process_events),
        "status": _status(canvas, process_events),
    }
    plain = _plain_series(canvas, process_events, DEPENDENCIES_EACH * services)
    level = canvas.stage.overview_scene().level(canvas.viewport.camera.scale)
    note = f"{services} services, {DEPENDENCIES_EACH} edges each, {ROOM.width()}x{ROOM.height()}"
    for gesture, series in ours.items():
        yield Figure(
            name=f"graph.frame_{gesture}_{label}_p50_ms",
            value=round(median(series.wall), 2),
            unit="ms",
            n=len(series.wall),
            note=f"{note}, drawn as {level.name.lower()}, {_sides(series, plain[gesture])}",
        )
        yield Figure(
            name=f"graph.frame_{gesture}_{label}_max_ms",
            value=round(max(series.wall), 2),
            unit="ms",
            n=len(series.wall),
            note=f"{note}; the longest frame, sharpening included",
        )
    yield _ratio(f"graph.vs_pyqtgraph_{label}", ours, plain, f"{note}; pyqtgraph draws all edges")
    same = _plain_series(canvas, process_events, EDGE_BUDGET)
    yield _ratio(
        f"graph.vs_pyqtgraph_{label}_equal_edges",
        ours,
        same,
        f"{note}; pyqtgraph draws {EDGE_BUDGET} edges at most, as ours does",
    )
    canvas.close()


def _sides(ours: Series, plain: Series) -> str:
    after = f" and {sum(ours.sharpening) / _ZOOMS:.0f} ms to sharpen after each zoom"
    return (
        f"processor {ours.processor_mean:.2f} ms a frame"
        f"{after if ours.sharpening else ''}, "
        f"pyqtgraph {plain.processor_mean:.1f} ms (wall p50 {median(plain.wall):.1f} ms)"
    )


def _ratio(name: str, ours: dict[str, Series], plain: dict[str, Series], note: str) -> Figure:
    """How many times less processor time ours takes, for the gesture where it gains least."""
    ratios = {
        gesture: plain[gesture].processor_mean / series.processor_mean
        for gesture, series in ours.items()
    }
    each = ", ".join(f"{gesture} {ratio:.1f}" for gesture, ratio in ratios.items())
    return Figure(
        name=name,
        value=round(min(ratios.values()), 1),
        unit="ratio",
        n=FRAMES,
        note=f"processor time per frame of the gesture in the same run, least of: {each}; {note}",
    )


def _shown(services: int) -> MapCanvas:
    canvas = MapCanvas(Theme())
    canvas.resize(ROOM)
    canvas.show()
    canvas.show_picture(picture_of(estate(services)))
    canvas.show_all(True)
    return canvas


def _one(canvas: MapCanvas, act: Frame, process_events: Frame) -> Frame:
    """One frame: the gesture, one slice of sharpening, whatever is due, and the paint itself."""

    def frame() -> None:
        act()
        if not canvas.viewport.is_sharp:
            canvas.viewport.sharpen()
        canvas.update()
        process_events()

    return frame


def _pan(canvas: MapCanvas, process_events: Frame) -> Series:
    series = Series()
    for number in range(FRAMES):
        right = 17.0 if number < FRAMES // 2 else -17.0
        act = _one(
            canvas, lambda right=right: canvas.viewport.pan(right, right / 3), process_events
        )
        series.run(act)
    return series


def _zoom(canvas: MapCanvas, process_events: Frame) -> Series:
    series = Series()
    middle = QPointF(ROOM.width() / 2, ROOM.height() / 2)
    still = _one(canvas, lambda: None, process_events)
    for factor in (1.06, 1 / 1.06) * (_ZOOMS // 2):
        zoom = _one(canvas, lambda by=factor: canvas.viewport.zoom(by, middle), process_events)
        for _ in range(_STEPS_A_ZOOM):
            series.run(zoom)
        canvas.viewport.begin()
        while not canvas.viewport.is_sharp:
            series.run(still, sharpens=True)
    return series


def _status(canvas: MapCanvas, process_events: Frame) -> Series:
    series = Series()
    graph = canvas.stage.now.graph
    for number in range(FRAMES):
        changes = random_health(graph, _STATUS_SHARE, seed=number)
        series.run(_one(canvas, lambda given=changes: canvas.show_health(given), process_events))
    return series


def _plain_series(canvas: MapCanvas, process_events: Frame, edges: int) -> dict[str, Series]:
    scene = canvas.stage.overview_scene()
    frames = FRAMES if len(scene.service_ids) <= 2_000 else 12
    plain = _plain_shown(canvas, scene, edges)
    step = canvas.viewport.seen.width() * 0.013
    graph = canvas.stage.now.graph
    changes = [
        {one: now.state for one, now in random_health(graph, _STATUS_SHARE, seed=number).items()}
        for number in range(frames)
    ]
    gestures: dict[str, Callable[[int], None]] = {
        "pan": lambda number: plain.pan(step if number < frames / 2 else -step, step / 3),
        "zoom": lambda number: plain.zoom(1.06 if number < frames / 2 else 1 / 1.06),
        "status": lambda number: plain.show_health(changes[number]),
    }
    result = {
        gesture: _plain_run(plain.widget, act, frames, process_events)
        for gesture, act in gestures.items()
    }
    plain.widget.close()
    return result


def _plain_shown(canvas: MapCanvas, scene: OverviewScene, edges: int) -> PlainCanvas:
    plain = PlainCanvas(scene, canvas.stage.codes, Theme().tokens, edges)
    plain.widget.resize(ROOM)
    plain.widget.show()
    plain.look_at(canvas.viewport.seen)
    QApplication.processEvents()
    return plain


def _plain_run(
    widget: QWidget, act: Callable[[int], None], frames: int, process_events: Frame
) -> Series:
    series = Series()
    for number in range(frames):

        def frame(number: int = number) -> None:
            act(number)
            process_events()

        series.run(frame)
    return series
