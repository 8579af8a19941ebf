"""What the map shows: one frozen value, and what differs between two of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from app.graph.layout.focus import FocusLayout
from app.graph.layout.team_clusters import Overview
from app.graph.service_graph import ServiceGraph
from app.incident.kinds.signals import Health


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceHealth:
    """The health of one service.

    `indicator` is the worst indicator in a few characters ("41% err", "no data 6 m");
    `since` is when the state began (aware UTC), when known.
    """

    state: Health = Health.NORMAL
    indicator: str = ""
    since: datetime | None = None


NORMAL_HEALTH = ServiceHealth()


class TagMeaning(StrEnum):
    """Why a tag sits on a service."""

    CHANGE = "change"
    SUSPECT = "suspect"
    EXCEPTION = "exception"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tag:
    """A short label on a service: "v42 13:37", "Suspect", "EX-1".

    `detail` is shown instead of `text` in the mode that asks about this meaning ("v42, 62 min").
    `is_recent` keeps the tag in every mode; others appear in the mode about changes only.
    """

    text: str
    meaning: TagMeaning
    detail: str = ""
    is_recent: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspicion:
    """One ranked root-cause candidate; never a verdict.  `evidence` is one short line."""

    service_id: str
    rank: int
    evidence: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MapPicture:
    """Everything the map draws.

    `graph` holds all services; `focus` places those in the incident in columns and `overview`
    places all of them in team clusters (None when there is nothing beyond the focus).  Layouts
    are pinned facts: hand over the same layout object as long as no place changed.
    `failing_path` lists (caller, callee) pairs; `calls` is the health of the calls that are
    measured now, by such pairs.  `as_of` is when the health was read and
    `is_stale` says that it must not look live; while `is_loading` none was heard yet, and there is
    none.  `ruled_out` services dim in the suspects mode.
    """

    graph: ServiceGraph
    focus: FocusLayout
    overview: Overview | None = None
    health: Mapping[str, ServiceHealth] = field(default_factory=dict)
    tags: Mapping[str, tuple[Tag, ...]] = field(default_factory=dict)
    failing_path: frozenset[tuple[str, str]] = frozenset()
    calls: Mapping[tuple[str, str], Health] = field(default_factory=dict)
    suspicions: tuple[Suspicion, ...] = ()
    ruled_out: frozenset[str] = frozenset()
    as_of: datetime | None = None
    is_stale: bool = False
    is_loading: bool = False

    def health_of(self, service_id: str) -> ServiceHealth:
        """The health of one service; normal when nobody said otherwise."""
        return self.health.get(service_id, NORMAL_HEALTH)

    def heard_of(self, service_id: str) -> ServiceHealth | None:
        """The health of one service; None while none was heard."""
        return None if self.is_loading else self.health_of(service_id)
