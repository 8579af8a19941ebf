"""A shop of ten services with one failing path, for tests of the map."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
from PySide6.QtCore import QRectF

from app.graph.catalog import Column, Criticality, Dependency, Kind, Service
from app.graph.layout.focus import FocusSize, lay_out_focus
from app.graph.layout.team_clusters import lay_out_overview
from app.graph.service_graph import ServiceGraph
from app.incident.kinds.signals import Health
from app.views.service_map.focus_scene import FocusScene
from app.views.service_map.picture import (
    MapPicture,
    ServiceHealth,
    Suspicion,
    Tag,
    TagMeaning,
)

AT = datetime(2026, 3, 4, 14, 36, tzinfo=UTC)

FAILING = ServiceHealth(state=Health.FAILING, indicator="41% err")
DEGRADED = ServiceHealth(state=Health.DEGRADED, indicator="9% err")
SILENT = ServiceHealth(state=Health.NO_DATA, indicator="no data 6 m")
NORMAL = ServiceHealth()

_SERVICES = (
    ("web", Column.ENTRY, Kind.SERVICE, "Web"),
    ("app", Column.ENTRY, Kind.SERVICE, "Web"),
    ("cart", Column.JOURNEY, Kind.SERVICE, "Shopping"),
    ("checkout", Column.JOURNEY, Kind.SERVICE, "Payments"),
    ("order", Column.DOMAIN, Kind.SERVICE, "Payments"),
    ("price", Column.DOMAIN, Kind.SERVICE, "Shopping"),
    ("events", Column.PLATFORM, Kind.QUEUE, "Platform"),
    ("mail", Column.PLATFORM, Kind.SERVICE, ""),
    ("orders-db", Column.DATA, Kind.DATASTORE, "Platform"),
    ("bank", Column.DATA, Kind.EXTERNAL, ""),
)
_CALLS = (
    "web>cart web>checkout app>checkout cart>price checkout>order checkout>price order>events "
    "order>mail order>orders-db checkout>bank web>orders-db"
)


def shop() -> ServiceGraph:
    """Ten services in five columns."""
    pairs = [call.split(">") for call in _CALLS.split()]
    return ServiceGraph.of(
        (
            Service(id=name, name=name, column=column, kind=kind, team=team, on_call="Jae Park")
            for name, column, kind, team in _SERVICES
        ),
        (
            Dependency(
                caller=one,
                callee=other,
                criticality=Criticality.ASYNC if other == "events" else Criticality.HARD,
            )
            for one, other in pairs
        ),
    )


def shop_picture(health: Mapping[str, ServiceHealth] | None = None) -> MapPicture:
    """The shop with checkout, order and their database failing."""
    graph = shop()
    trouble = {
        "web": DEGRADED,
        "checkout": FAILING,
        "order": FAILING,
        "orders-db": FAILING,
        "mail": SILENT,
    }
    return MapPicture(
        graph=graph,
        focus=lay_out_focus(graph, FocusSize(width=900, height=330)),
        overview=lay_out_overview(graph),
        health=trouble if health is None else health,
        tags={"checkout": (Tag(text="v42 13:37", meaning=TagMeaning.CHANGE, detail="v42, 62 m"),)},
        failing_path=frozenset(
            {("web", "checkout"), ("checkout", "order"), ("order", "orders-db")}
        ),
        suspicions=(Suspicion(service_id="orders-db", rank=1, evidence="full since 13:58"),),
        as_of=AT,
    )


def with_health(picture: MapPicture, **changes: ServiceHealth) -> MapPicture:
    """The same picture with the health of some services changed."""
    return replace(picture, health={**picture.health, **changes})


def boxes(scene: FocusScene) -> dict[str, QRectF]:
    """The rectangle of every card."""
    width, height = scene.measures.width, scene.measures.height
    return {
        one: QRectF(x - width / 2, y - height / 2, width, height)
        for one, (x, y) in zip(scene.service_ids, scene.centres.tolist(), strict=True)
    }


def layered(count: int, calls_each: int, seed: int) -> ServiceGraph:
    """A random estate without columns, calls running from lower to higher numbers."""
    chance = np.random.default_rng(seed)
    pairs = {
        (one, int(chance.integers(one + 1, count)))
        for one in range(count - 1)
        for _ in range(calls_each)
    }
    return ServiceGraph.of(
        (Service(id=f"s{number}", name=f"service {number}") for number in range(count)),
        (Dependency(caller=f"s{one}", callee=f"s{other}") for one, other in sorted(pairs)),
    )
