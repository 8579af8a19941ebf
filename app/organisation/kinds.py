"""The facts the organisation's log can hold: people, teams, services, sources, access."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from app.events.fact import Fact
from app.events.sensitivity import Sensitivity

FactValue = str | int | float | tuple[str, ...]
"""What a source can say of a fact."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonRecorded(Fact):
    """A person, as they are from now on.  `handles` are the short names people type."""

    kind: ClassVar[str] = "person.recorded@1"

    person: str
    name: str
    handles: tuple[str, ...] = ()
    team: str = ""
    phone: str = ""
    time_zone: str = "UTC"
    is_active: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamRecorded(Fact):
    """A team, as it is from now on; `on_call` is the person id on call for it."""

    kind: ClassVar[str] = "team.recorded@1"

    team: str
    name: str
    on_call: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceRecorded(Fact):
    """A service, as it is from now on.

    `service_kind` is service, datastore, queue or external; `column` is entry, journey, domain,
    platform or data; `tier` is 0 (most critical) to 4; `on_call` is a person id or a name.
    `users` is how many people use it in a normal hour, `money_per_minute` what it earns in a
    normal minute, in `currency` (ISO 4217).  For something bought, `version` and the dates
    (ISO 8601) until which it is supported.  `sources` say which catalogues said so.
    """

    kind: ClassVar[str] = "service.recorded@1"

    service: str
    name: str
    service_kind: str = "service"
    tier: int | None = None
    column: str = ""
    team: str = ""
    environment: str = ""
    fault_domain: str = ""
    on_call: str = ""
    slo: str = ""
    runbooks: tuple[str, ...] = ()
    users: int | None = None
    money_per_minute: float | None = None
    currency: str = ""
    version: str = ""
    deprecated_on: str = ""
    sunset_on: str = ""
    aliases: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceRetired(Fact):
    """A service is no more."""

    kind: ClassVar[str] = "service.retired@1"

    service: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DependencyRecorded(Fact):
    """`caller` depends on `callee`; `criticality` is hard, soft or async.

    `is_assumed` says that no source named the criticality, and hard was taken.
    """

    kind: ClassVar[str] = "dependency.recorded@1"

    caller: str
    callee: str
    criticality: str = "hard"
    sources: tuple[str, ...] = ()
    is_assumed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DependencyRemoved(Fact):
    """`caller` no longer depends on `callee`."""

    kind: ClassVar[str] = "dependency.removed@1"

    caller: str
    callee: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceDescribed(Fact):
    """All that `source` says of a service from now on, where several sources speak of it.

    With `callee`, of the dependency of `service` on it.  `facts` are by the field names of
    `service.recorded` and `dependency.recorded`; what is not among them the source leaves open.
    What holds then is recorded besides; this says whose word each fact was.
    """

    kind: ClassVar[str] = "source.described@1"

    source: str
    service: str
    callee: str = ""
    facts: dict[str, FactValue]


@dataclass(frozen=True, slots=True, kw_only=True)
class DisagreementSettled(Fact):
    """Somebody settled whose word counts for one fact on which sources disagree.

    `words` is what every source said of `fact` then.  It counts until one of them says something
    else.  `service` and `callee` are as in `source.described`.
    """

    kind: ClassVar[str] = "disagreement.settled@1"

    service: str
    callee: str = ""
    fact: str
    source: str
    words: dict[str, FactValue]
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRegistered(Fact):
    """A sender of alerts or changes may speak to the server.

    `token_sha256` is the hex digest of its token, which is shown once and never stored.
    `service_labels` are the labels that may name a service, in order; `ignored_labels` are left
    out of the identity of an alert; `severities` maps the sender's words to ours.
    """

    kind: ClassVar[str] = "source.registered@1"

    source: str
    format: str
    token_sha256: str
    service_labels: tuple[str, ...] = ("service", "app", "job")
    ignored_labels: tuple[str, ...] = ()
    severities: dict[str, str] | None = None
    incident: str = ""
    """The incident its alerts belong to while no routing rule says otherwise; empty: any open."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRevoked(Fact):
    """A sender may no longer speak to the server."""

    kind: ClassVar[str] = "source.revoked@1"

    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsoleRegistered(Fact):
    """An installation of the console may sign events; `public_key` is base64url Ed25519."""

    kind: ClassVar[str] = "console.registered@1"

    console: str
    public_key: str
    person: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsoleRevoked(Fact):
    """What this console signs from now on is quarantined."""

    kind: ClassVar[str] = "console.revoked@1"

    console: str
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClearanceSet(Fact):
    """How sensitive an entry `person` may read from now on; without one, `internal`.

    Counts only in the hand of the server, which asks for its owner's token.
    """

    kind: ClassVar[str] = "clearance.set@1"

    person: str
    clearance: Sensitivity


@dataclass(frozen=True, slots=True, kw_only=True)
class GateAsked(Fact):
    """A pipeline asked the gate whether it may deploy `service`, so freezes reach a pipeline.

    Counts only from an integration.  The server records a question when the one it recorded last
    is some hours old, not each of them.
    """

    kind: ClassVar[str] = "gate.asked@1"

    service: str
    environment: str = ""


ORGANISATION_KINDS: tuple[type[Fact], ...] = (
    PersonRecorded,
    TeamRecorded,
    ServiceRecorded,
    ServiceRetired,
    DependencyRecorded,
    DependencyRemoved,
    SourceDescribed,
    DisagreementSettled,
    SourceRegistered,
    SourceRevoked,
    ConsoleRegistered,
    ConsoleRevoked,
    ClearanceSet,
    GateAsked,
)
