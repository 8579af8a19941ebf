"""What is known about services and what they depend on, and who said so."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class Kind(StrEnum):
    """What sort of part a service is; decides its shape on the map."""

    SERVICE = "service"
    DATASTORE = "datastore"
    QUEUE = "queue"
    EXTERNAL = "external"


class Column(StrEnum):
    """The fixed columns of the map, from the reader's left to right."""

    ENTRY = "entry"
    JOURNEY = "journey"
    DOMAIN = "domain"
    PLATFORM = "platform"
    DATA = "data"

    @property
    def heading(self) -> str:
        """The heading people read over the column."""
        return "Data and external" if self is Column.DATA else self.value.capitalize()


class Criticality(StrEnum):
    """What happens to the caller when the callee fails.

    `HARD`: the caller fails too.  `SOFT`: it degrades.  `ASYNC`: work piles up, nothing fails now.
    """

    HARD = "hard"
    SOFT = "soft"
    ASYNC = "async"


class Basis(StrEnum):
    """How a dependency is known: written down by people, seen in traffic, or guessed."""

    DECLARED = "declared"
    OBSERVED = "observed"
    GUESSED = "guessed"


@dataclass(frozen=True, slots=True, kw_only=True)
class ThirdParty:
    """Something bought rather than built, and how long it is supported (dates in UTC)."""

    version: str = ""
    deprecated_at: date | None = None
    sunset_at: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Money:
    """An amount per minute in one currency (ISO 4217 code)."""

    amount: float
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """Which source said a fact, and when that source looked (aware UTC; None = it did not say)."""

    fact: str
    source: str
    observed_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """One part of the estate.  An empty text or None means that nobody said.

    `tier` runs from 0 (business stops without it) to 4.  `users` is the number of people who use
    it in a normal hour; `money` is what it earns in a normal minute.  `aliases` are other ids
    under which sources know the same service.
    """

    id: str
    name: str
    kind: Kind = Kind.SERVICE
    tier: int | None = None
    column: Column | None = None
    team: str = ""
    fault_domain: str = ""
    environment: str = ""
    on_call: str = ""
    slo: str = ""
    runbooks: tuple[str, ...] = ()
    third_party: ThirdParty | None = None
    users: int | None = None
    money: Money | None = None
    aliases: tuple[str, ...] = ()
    provenance: tuple[Provenance, ...] = ()

    def source_of(self, fact: str) -> Provenance | None:
        """Who said `fact` (a field name), or None when nobody did."""
        return next((origin for origin in self.provenance if origin.fact == fact), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dependency:
    """`caller` depends on `callee`: calls run from caller to callee, failure runs back.

    `rate` in calls per second, `error_ratio` from 0 to 1, `latency` in seconds (95th percentile
    when the source knows it).  `basis` lists every way in which the dependency is known.
    `is_assumed` says that nobody named the criticality, and hard was taken.
    """

    caller: str
    callee: str
    criticality: Criticality = Criticality.HARD
    is_assumed: bool = False
    basis: tuple[Basis, ...] = (Basis.DECLARED,)
    rate: float | None = None
    error_ratio: float | None = None
    latency: float | None = None
    sources: tuple[str, ...] = ()
    provenance: tuple[Provenance, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceStamp:
    """One source of facts and when it last looked (aware UTC; None = it did not say)."""

    source: str
    observed_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalog:
    """Services, what they depend on, and what was wrong with the sources.

    `warnings` are sentences that name the place in the source; the facts they complain about
    were left out, everything else was kept.
    """

    services: tuple[Service, ...] = ()
    dependencies: tuple[Dependency, ...] = ()
    warnings: tuple[str, ...] = ()
    sources: tuple[SourceStamp, ...] = ()
