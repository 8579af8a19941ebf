"""A catalogue while it is being read: facts are added one by one and keep their source."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from datetime import datetime

from app.graph.catalog import (
    Basis,
    Catalog,
    Criticality,
    Dependency,
    Kind,
    Provenance,
    Service,
    SourceStamp,
)

_NOT_FACTS = {"id", "provenance"}
_SERVICE_FACTS = tuple(one.name for one in fields(Service) if one.name not in _NOT_FACTS)
_DEPENDENCY_FACTS = tuple(one.name for one in fields(Dependency) if one.name not in _NOT_FACTS)
_UNSAID = (None, "", ())


class CatalogDraft:
    """Collects what one source says; `build` gives the catalogue with provenance on every fact."""

    def __init__(self, source: str, observed_at: datetime | None = None) -> None:
        self._source = source
        self._observed_at = observed_at
        self._services: dict[str, Service] = {}
        self._dependencies: dict[tuple[str, str], Dependency] = {}
        self._warnings: list[str] = []

    def __contains__(self, service_id: object) -> bool:
        return service_id in self._services

    @property
    def service_ids(self) -> tuple[str, ...]:
        """The services so far, in the order they came."""
        return tuple(self._services)

    def add_service(self, service: Service) -> None:
        """Add a service; a second description of the same id is dropped with a warning."""
        if service.id in self._services:
            self.warn(f"{service.id}: described twice, the first description was kept")
            return
        self._services[service.id] = service

    def mention(self, service_id: str, name: str = "", kind: Kind = Kind.SERVICE) -> None:
        """Make sure a service exists of which the source knows little but its name."""
        if service_id not in self._services:
            self._services[service_id] = Service(id=service_id, name=name or service_id, kind=kind)

    def add_dependency(
        self,
        caller: str,
        callee: str,
        *,
        criticality: Criticality | None = None,
        basis: Basis = Basis.DECLARED,
        rate: float | None = None,
        error_ratio: float | None = None,
        latency: float | None = None,
    ) -> None:
        """Say that `caller` depends on `callee`; a repeated pair adds its rate, see `_joined`.

        Without a criticality hard is assumed.
        """
        self.mention(caller)
        self.mention(callee)
        said = Dependency(
            caller=caller,
            callee=callee,
            criticality=criticality or Criticality.HARD,
            is_assumed=criticality is None or basis is Basis.GUESSED,
            basis=(basis,),
            rate=rate,
            error_ratio=error_ratio,
            latency=latency,
            sources=(self._source,),
        )
        known = self._dependencies.get((caller, callee))
        self._dependencies[caller, callee] = said if known is None else _joined(known, said)

    def warn(self, *sentences: str) -> None:
        """Note what was left out and where."""
        self._warnings.extend(sentences)

    def build(self) -> Catalog:
        """The catalogue as this source describes it."""
        origins = _Origins(self._source, self._observed_at)
        return Catalog(
            services=tuple(
                replace(one, provenance=origins.of(one)) for one in self._services.values()
            ),
            dependencies=tuple(
                replace(one, provenance=origins.of(one)) for one in self._dependencies.values()
            ),
            warnings=tuple(self._warnings),
            sources=(SourceStamp(source=self._source, observed_at=self._observed_at),),
        )


class _Origins:
    """Provenance for one source; values that know the same facts share it."""

    def __init__(self, source: str, observed_at: datetime | None) -> None:
        self._source = source
        self._observed_at = observed_at
        self._known: dict[tuple[str, ...], tuple[Provenance, ...]] = {}

    def of(self, value: Service | Dependency) -> tuple[Provenance, ...]:
        """Where every fact of `value` comes from."""
        names = _SERVICE_FACTS if isinstance(value, Service) else _DEPENDENCY_FACTS
        said = tuple(name for name in names if getattr(value, name) not in _UNSAID)
        if said not in self._known:
            self._known[said] = tuple(
                Provenance(fact=fact, source=self._source, observed_at=self._observed_at)
                for fact in said
            )
        return self._known[said]


@dataclass(frozen=True, slots=True)
class _Share:
    """How much one of two descriptions of the same dependency weighs: its calls per second."""

    one: float
    other: float

    def mean(self, one: float | None, other: float | None) -> float | None:
        if one is None or other is None:
            return other if one is None else one
        total = self.one + self.other
        return (one * self.one + other * self.other) / total if total else max(one, other)


def _joined(known: Dependency, said: Dependency) -> Dependency:
    """One dependency from two lines: rates add up, errors weigh by rate, the slower latency."""
    rates = [rate for rate in (known.rate, said.rate) if rate is not None]
    latencies = [one for one in (known.latency, said.latency) if one is not None]
    told = [one.criticality for one in (known, said) if not one.is_assumed]
    worst = min(told or [known.criticality], key=list(Criticality).index)
    share = _Share(known.rate or 0.0, said.rate or 0.0)
    return replace(
        known,
        criticality=worst,
        is_assumed=not told,
        basis=tuple(sorted({*known.basis, *said.basis}, key=list(Basis).index)),
        rate=sum(rates) if rates else None,
        error_ratio=share.mean(known.error_ratio, said.error_ratio),
        latency=max(latencies, default=None),
    )
