"""The service map of the checkout incident, from its catalogue and its state."""

from __future__ import annotations

from datetime import timedelta

from PySide6.QtWidgets import QWidget

from app.graph.catalog import Column, Dependency, Kind, Service
from app.graph.layout.focus import lay_out_focus
from app.graph.service_graph import ServiceGraph
from app.incident.kinds.signals import Health
from app.incident.state import IncidentState
from app.views.desk import Desk
from app.views.inspector import ServiceBrief
from app.views.service_map.canvas import MapCanvas
from app.views.service_map.picture import MapPicture, ServiceHealth, Tag, TagMeaning
from tests.views.checkout_incident import NOW

COLUMNS = {
    Column.ENTRY: "cdn-edge web-frontend mobile-bff",
    Column.JOURNEY: "search recommendation cart checkout auth",
    Column.DOMAIN: "catalog pricing currency order payment shipping",
    Column.PLATFORM: "tax inventory event-bus email fraud-check",
    Column.DATA: "catalog-db redis-cart orders-db psp-acquirer carrier-api",
}
EXTERNAL = ("psp-acquirer", "carrier-api")
CALLS = (
    "cdn-edge>web-frontend web-frontend>search web-frontend>recommendation web-frontend>cart "
    "web-frontend>checkout web-frontend>auth mobile-bff>search mobile-bff>cart "
    "mobile-bff>checkout mobile-bff>auth search>catalog recommendation>catalog cart>pricing "
    "cart>redis-cart checkout>pricing checkout>currency checkout>order checkout>payment "
    "checkout>shipping catalog>catalog-db order>tax order>inventory order>event-bus "
    "order>email order>orders-db inventory>orders-db payment>fraud-check payment>psp-acquirer "
    "shipping>carrier-api"
)
FAILING = frozenset(
    {
        ("web-frontend", "checkout"),
        ("mobile-bff", "checkout"),
        ("checkout", "order"),
        ("order", "orders-db"),
    }
)


def checkout_graph() -> ServiceGraph:
    """The 24 services of the pictures and who calls whom."""
    services = [
        Service(
            id=name,
            name=name,
            column=column,
            kind=Kind.EXTERNAL if name in EXTERNAL else Kind.SERVICE,
        )
        for column, names in COLUMNS.items()
        for name in names.split()
    ]
    calls = [call.split(">") for call in CALLS.split()]
    return ServiceGraph.of(
        services, [Dependency(caller=caller, callee=callee) for caller, callee in calls]
    )


def checkout_total() -> int:
    """How many services there are."""
    return sum(len(names.split()) for names in COLUMNS.values())


def checkout_map(
    desk: Desk, state: IncidentState, *, is_stale: bool, room: tuple[int, int] = (950, 394)
) -> QWidget:
    """The map of `state` laid out for `room` (pixels), with checkout selected."""
    canvas = MapCanvas(desk.theme)
    canvas.resize(*room)
    graph = checkout_graph()
    health = {
        one.service: ServiceHealth(state=one.health, indicator=one.indicator, since=one.since)
        for one in state.signals.services
    }
    tags = {
        "checkout": (Tag(text="v42 13:37", meaning=TagMeaning.CHANGE),),
        "orders-db": (Tag(text="Suspect", meaning=TagMeaning.SUSPECT),),
    }
    picture = MapPicture(
        graph=graph,
        focus=lay_out_focus(graph, canvas.focus_size),
        health=health,
        tags=tags,
        failing_path=FAILING,
        as_of=NOW - timedelta(minutes=3) if is_stale else NOW,
        is_stale=is_stale,
    )
    canvas.show_picture(picture)
    canvas.select("checkout")
    return canvas


def checkout_brief(*, is_offline: bool = False) -> ServiceBrief:
    """What the inspector says of checkout."""
    facts = (
        ("Owner", "Payments Core"),
        ("On call", "Jae Park, was on bridge" if is_offline else "Jae Park, on bridge"),
        ("Blast radius", "2 callers, 5 deps"),
        ("Users hit", "38% of sessions"),
    )
    return ServiceBrief(
        name="checkout", health=Health.FAILING, detail="Tier 0, burn 41×", facts=facts
    )
