"""What a card says in each mode of the map: Impact, Owners, Changes, Suspects."""

from __future__ import annotations

from enum import StrEnum

from app.graph.catalog import Kind, Service
from app.incident.kinds.signals import Health
from app.views.safe_text import shown
from app.views.service_map.cards import Card
from app.views.service_map.picture import MapPicture, Tag, TagMeaning


class MapMode(StrEnum):
    """The question the map answers."""

    IMPACT = "Impact"
    OWNERS = "Owners"
    CHANGES = "Changes"
    SUSPECTS = "Suspects"


def card_of(picture: MapPicture, service: Service, mode: MapMode, *, is_faded: bool) -> Card:
    """The card of one service in one mode."""
    health = picture.health_of(service.id)
    return Card(
        service_id=service.id,
        name=shown(service.name),
        kind=service.kind,
        health=health.state,
        second_line=shown(_second_line(picture, service, mode)),
        tags=tuple(shown(tag) for tag in _tags(picture, service.id, mode)),
        has_exception=any(
            tag.meaning is TagMeaning.EXCEPTION for tag in picture.tags.get(service.id, ())
        ),
        initials=_initials(service.on_call) if mode is MapMode.OWNERS else "",
        is_stale=picture.is_stale,
        is_outline=picture.is_loading,
        is_faded=is_faded or (mode is MapMode.SUSPECTS and service.id in picture.ruled_out),
    )


def _second_line(picture: MapPicture, service: Service, mode: MapMode) -> str:
    if mode is MapMode.OWNERS:
        return service.team or "no owner"
    if mode is MapMode.SUSPECTS:
        found = next((one for one in picture.suspicions if one.service_id == service.id), None)
        if found is not None and found.evidence:
            return found.evidence
    health = picture.health_of(service.id)
    if health.state is not Health.NORMAL:
        return health.indicator or health.state.value.replace("_", " ")
    return "external" if service.kind is Kind.EXTERNAL else ""


def _tags(picture: MapPicture, service_id: str, mode: MapMode) -> tuple[str, ...]:
    tags = picture.tags.get(service_id, ())
    match mode:
        case MapMode.CHANGES:
            return tuple(
                tag.detail or tag.text for tag in tags if tag.meaning is not TagMeaning.SUSPECT
            )
        case MapMode.SUSPECTS:
            ranks = [f"{one.rank}" for one in picture.suspicions if one.service_id == service_id]
            out = ["Ruled out"] if service_id in picture.ruled_out else []
            return tuple(ranks + out + [tag.text for tag in tags if _concerns_cause(tag)])
        case _:
            return tuple(tag.text for tag in tags if tag.is_recent)


def _concerns_cause(tag: Tag) -> bool:
    return tag.is_recent and tag.meaning is not TagMeaning.EXCEPTION


def _initials(name: str) -> str:
    words = name.split()
    return "".join(word[0] for word in (words[:1] + words[-1:] if words[1:] else words)).upper()
