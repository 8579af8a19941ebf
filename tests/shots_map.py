"""Draws what the map answers, and a decision in full, into `build/shots/`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta, timezone
from pathlib import Path

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QApplication

from app.graph.answers import shape_of
from app.graph.investigation import investigate, supposing
from app.graph.topology import laid_out_afresh, topology_of
from app.incident.kinds.signals import Health
from app.protocol.sync_status import SyncKind, SyncStatus
from app.views.catalogue_words import CatalogueWord
from app.views.clock import FrozenClock
from app.views.commander_view import CommanderView
from app.views.desk import Desk
from app.views.inspector import Page
from app.views.map_answers import Known, MapAnswers
from app.views.service_map.depiction import picture_of
from app.views.service_map.modes import MapMode
from app.views.service_map.service_map import ServiceMap
from app.views.theme import Theme
from app.views.times import TimeDisplay
from app.views.tokens import Tokens, dark_tokens, light_tokens
from app.views.window import Window
from tests.graph.organisations import shop_organisation
from tests.views.checkout_incident import ME, NOW, checkout_state


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """A commander view with the map of the demo shop, and what is known of it."""

    window: Window
    view: CommanderView
    map: ServiceMap
    answers: MapAnswers
    known: Known


Act = Callable[[Scene], None]


def acts() -> dict[str, Act]:
    """What is brought up in each picture, by the picture's name."""
    return {
        "map_owners": lambda scene: _ask(scene, MapMode.OWNERS),
        "map_changes": lambda scene: _ask(scene, MapMode.CHANGES),
        "map_suspects": lambda scene: _ask(scene, MapMode.SUSPECTS),
        "map_blast_radius": lambda scene: scene.map.canvas.show_blast_radius(),
        "map_minimap": lambda scene: scene.map.canvas.toggle_minimap(),
        "map_table": lambda scene: scene.map.toggle_table(),
        "map_empty": lambda scene: scene.view.body.services.offer_services(is_offering=True),
        "map_loading": _load,
        "map_broken_catalogue": _complain,
        "sheet_service": lambda scene: scene.answers.open_service("order"),
        "sheet_what_if": _suppose,
        "sheet_evidence": lambda scene: scene.answers.open_page(Page.EVIDENCE),
        "sheet_what_next": lambda scene: scene.answers.open_page(Page.WHAT_NEXT),
        "sheet_gaps": lambda scene: scene.answers.open_page(Page.GAPS),
        "sheet_decision": _read_decision,
    }


def draw_map_shots(out: Path, wanted: Callable[[str], bool]) -> Iterator[Path]:
    """Each picture `wanted`, dark on a desk's screen and light on a laptop's."""
    looks = (
        ("dark_1600", dark_tokens(), QSize(1600, 1000)),
        ("light_1280", light_tokens(), QSize(1280, 800)),
    )
    for name, act in acts().items():
        for suffix, tokens, size in looks:
            if wanted(f"{name}_{suffix}"):
                target = out / f"{name}_{suffix}.png"
                _draw(tokens, size, act, target)
                yield target


def _draw(tokens: Tokens, size: QSize, act: Act, target: Path) -> None:
    scene = _scene(tokens, size)
    scene.map.canvas.select("checkout")
    act(scene)
    scene.map.canvas.finish_painting()
    QApplication.processEvents()
    scene.window.grab().save(str(target))
    scene.window.close()
    scene.window.deleteLater()


def _scene(tokens: Tokens, size: QSize) -> Scene:
    """The checkout incident at 14:39:24 in a window of `size`."""
    theme = Theme(tokens)
    application = QApplication.instance()
    if isinstance(application, QApplication):
        theme.apply(application)
    times = TimeDisplay(timezone(timedelta(hours=1)))
    desk = Desk(theme=theme, clock=FrozenClock(NOW), times=times, me=ME)
    service_map = ServiceMap(theme)
    view = CommanderView(desk, service_map)
    window = Window(tokens)
    window.furnish(desk, view)
    window.resize(size)
    window.show()
    state = checkout_state()
    window.show_state(state)
    QApplication.processEvents()
    canvas = service_map.canvas
    canvas.has_motion = False
    rough = topology_of(shop_organisation())
    service_map.show_picture(picture_of(state, rough, now=NOW))
    topology = laid_out_afresh(rough, canvas.focus_size)
    known = Known(
        state=state,
        topology=topology,
        picture=picture_of(state, topology, now=NOW),
        shape=shape_of(topology),
        investigation=investigate(state, topology, now=NOW),
    )
    known = replace(
        known, picture=picture_of(state, topology, now=NOW, investigation=known.investigation)
    )
    service_map.show_picture(known.picture)
    view.show_service_total(len(topology.graph))
    answers = MapAnswers(desk, service_map, view.body.services, view)
    answers.show_known(known)
    return Scene(window=window, view=view, map=service_map, answers=answers, known=known)


def _ask(scene: Scene, mode: MapMode) -> None:
    scene.map.use_mode(mode)
    scene.view.body.services.choose_mode(mode.value)


def _load(scene: Scene) -> None:
    """Health was not heard since the console opened."""
    known, panel = scene.known, scene.view.body.services
    loading = picture_of(known.state, known.topology, now=NOW, is_loading=True)
    scene.map.show_picture(loading)
    scene.answers.show_known(replace(known, picture=loading))
    panel.show_loading(is_loading=True)
    scene.view.show_sync(SyncStatus(kind=SyncKind.CONNECTING))


def _complain(scene: Scene) -> None:
    text = "Catalogue cannot be read: shop.yaml, line 14, spec.owner: this key is given twice."
    word = CatalogueWord(text=text, is_trouble=True, last_good=NOW - timedelta(minutes=97))
    scene.view.body.services.strip.show_word(word)


def _suppose(scene: Scene) -> None:
    known = scene.known
    scene.answers.open_service("order")
    supposed = supposing(known.state, known.topology, "order", Health.NORMAL, now=NOW)
    scene.answers.show_supposition(supposed)


def _read_decision(scene: Scene) -> None:
    scene.view.record_sheet.open_decision(scene.known.state.decisions[-1], scene.known.state)
