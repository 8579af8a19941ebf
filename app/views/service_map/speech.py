"""The map in sentences, for screen readers and for the table."""

from __future__ import annotations

from app.graph.catalog import Kind
from app.graph.service_graph import ServiceGraph
from app.incident.kinds.signals import Health
from app.views.service_map.picture import MapPicture


def state_words(health: Health) -> str:
    """A state of health in plain words."""
    return health.value.replace("_", " ")


def words_of(picture: MapPicture, service_id: str) -> str:
    """How one service is, in plain words; that it is not known while none was heard."""
    health = picture.heard_of(service_id)
    return "health loading" if health is None else state_words(health.state)


def callers_of(graph: ServiceGraph, service_id: str) -> tuple[str, ...]:
    """The names of what calls a service, in catalogue order."""
    number = graph.index[service_id]
    return tuple(graph.services[one].name for one in graph.callers.of(number).tolist())


def dependencies_of(graph: ServiceGraph, service_id: str) -> tuple[str, ...]:
    """The names of what a service depends on, in catalogue order."""
    number = graph.index[service_id]
    return tuple(graph.services[one].name for one in graph.callees.of(number).tolist())


def counted(count: int, one: str, many: str) -> str:
    """ "1 caller", "2 callers"."""
    return f"{count} {one if count == 1 else many}"


def sentence_of(picture: MapPicture, service_id: str) -> str:
    """One service in one sentence: "checkout, failing, 41% err, owned by Payments Core, …"."""
    graph = picture.graph
    service = graph.services[graph.index[service_id]]
    parts = [service.name, words_of(picture, service_id)]
    if indicator := picture.health_of(service_id).indicator:
        parts.append(indicator)
    if service.kind is Kind.EXTERNAL:
        parts.append("external")
    parts.extend(tag.text for tag in picture.tags.get(service_id, ()))
    parts.append(f"owned by {service.team}" if service.team else "no owner")
    parts.append(counted(len(callers_of(graph, service_id)), "caller", "callers"))
    parts.append(counted(len(dependencies_of(graph, service_id)), "dependency", "dependencies"))
    if picture.is_stale and picture.as_of is not None:
        parts.append(f"health as of {picture.as_of:%H:%M}")
    return ", ".join(parts) + "."


def counts_of(picture: MapPicture) -> dict[Health, int]:
    """How many services of the whole graph are in each state."""
    counts = dict.fromkeys(Health, 0)
    for one, now in picture.health.items():
        if one in picture.graph.index:
            counts[now.state] += 1
    counts[Health.NORMAL] += len(picture.graph) - sum(counts.values())
    return counts


def summary_of(picture: MapPicture) -> str:
    """The whole map in one sentence: "24 services, 3 failing, 5 degraded, 16 normal."."""
    counts = counts_of(picture)
    parts = [counted(len(picture.graph), "service", "services")]
    if picture.is_loading:
        return f"{parts[0]}, health loading."
    for health in (Health.FAILING, Health.DEGRADED, Health.NO_DATA, Health.RECOVERING):
        if counts[health]:
            parts.append(f"{counts[health]} {state_words(health)}")
    parts.append(f"{counts[Health.NORMAL]} normal")
    return ", ".join(parts) + "."


def shown_note(shown: int, total: int) -> str:
    """ "24 of 312 shown", or nothing when everything is."""
    return "" if shown >= total else f"{shown} of {total} shown"
