"""Words from files turned into facts about services, the same way for every format."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import TypedDict, TypeVar

from app.graph.catalog import Column, Criticality, Kind, Money, Service, ThirdParty

Choice = TypeVar("Choice", bound=StrEnum)

_LOWEST_TIER = 4

SERVICE_FACTS = (
    "name", "kind", "tier", "column", "team", "fault-domain", "environment", "on-call", "slo",
    "runbooks", "third-party-version", "deprecated-at", "sunset-at", "users", "money-per-minute",
    "aliases",
)  # fmt: skip
"""The names of the facts of a service."""

CALL_FACTS = ("criticality", "rate", "error-ratio", "latency")
"""The names of the facts of a dependency."""

_KIND_WORDS: tuple[tuple[Kind, tuple[str, ...]], ...] = (
    (
        Kind.QUEUE,
        ("kafka", "rabbitmq", "nats", "activemq", "pulsar", "queue", "topic", "sqs", "sns"),
    ),
    (
        Kind.DATASTORE,
        (
            "postgres", "postgresql", "mysql", "mariadb", "mongo", "mongodb", "redis", "valkey",
            "memcached", "cassandra", "elasticsearch", "opensearch", "clickhouse", "dynamodb",
            "database", "db", "cache", "bucket", "s3", "etcd", "datastore", "storage", "dynamo",
        ),
    ),
    (Kind.EXTERNAL, ("external", "saas", "third-party", "vendor")),
)  # fmt: skip


def guess_kind(words: str) -> Kind:
    """The kind that a type or image name such as `docker.io/postgres:16` suggests."""
    parts = set(re.split(r"[^a-z0-9]+", words.casefold())) | {words.casefold()}
    for kind, known in _KIND_WORDS:
        if parts & set(known):
            return kind
    return Kind.SERVICE


def split_words(text: str) -> tuple[str, ...]:
    """The parts of a list written with commas or line breaks, without empty ones."""
    return tuple(part.strip() for part in re.split(r"[,\n]", text) if part.strip())


class CallFacts(TypedDict):
    """What is said of a dependency; None = nothing.  Units as in `Dependency`."""

    criticality: Criticality | None
    rate: float | None
    error_ratio: float | None
    latency: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Facts as words, under the names documented in `docs/catalogue.md`.

    Every method gives None (or "") for a fact that is absent.  A fact that cannot be read is
    left out, and `warn` is told the place, the key and what was expected.
    """

    words: Mapping[str, str]
    place: str
    warn: Callable[[str], None]

    def describe(self, base: Service) -> Service:
        """`base` with every fact that the words name."""
        return replace(
            base,
            name=self.text("name") or base.name,
            kind=self.choice("kind", Kind) or base.kind,
            tier=base.tier if (tier := self.tier()) is None else tier,
            column=self.choice("column", Column) or base.column,
            team=self.text("team") or base.team,
            fault_domain=self.text("fault-domain") or base.fault_domain,
            environment=self.text("environment") or base.environment,
            on_call=self.text("on-call") or base.on_call,
            slo=self.text("slo") or base.slo,
            runbooks=split_words(self.text("runbooks")) or base.runbooks,
            third_party=self.third_party() or base.third_party,
            users=None if (users := self.number("users")) is None else round(users),
            money=self.money() or base.money,
            aliases=tuple(dict.fromkeys((*base.aliases, *split_words(self.text("aliases"))))),
        )

    def warn_of_unknown(self) -> None:
        """Name the words that are no fact of a service: somebody meant them to be one."""
        unknown = [key for key in self.words if key not in SERVICE_FACTS]
        if unknown:
            self.warn(f"{self.place}: {', '.join(unknown)}: no fact of a service, left out")

    def text(self, key: str) -> str:
        """The words under `key` without blanks around them."""
        return self.words.get(key, "").strip()

    def choice(self, key: str, choices: type[Choice]) -> Choice | None:
        """One of the words of an enumeration, whatever the case."""
        text = self.text(key)
        if not text:
            return None
        for one in choices:
            if one.value == text.casefold():
                return one
        self._leave_out(key, "one of " + ", ".join(choices))
        return None

    def criticality(self) -> Criticality | None:
        """Hard, soft or async."""
        return self.choice("criticality", Criticality)

    def of_call(self) -> CallFacts:
        """Criticality, rate, errors and latency of a dependency."""
        return CallFacts(
            criticality=self.criticality(),
            rate=self.number("rate"),
            error_ratio=self.number("error-ratio", largest=1.0),
            latency=self.number("latency"),
        )

    def tier(self) -> int | None:
        """0 to 4, also written as `tier-1`, `tier 1` or `T1`."""
        text = self.text("tier")
        match = re.fullmatch(r"(?:t|tier)?[-_ ]?([0-9])", text.casefold())
        if match and int(match[1]) <= _LOWEST_TIER:
            return int(match[1])
        if text:
            self._leave_out("tier", "a tier from 0 to 4")
        return None

    def number(self, key: str, largest: float = math.inf) -> float | None:
        """A finite number from 0 to `largest`."""
        text = self.text(key)
        if not text:
            return None
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if math.isfinite(value) and 0.0 <= value <= largest:
            return value
        self._leave_out(key, f"a number from 0 to {largest:g}")
        return None

    def money(self) -> Money | None:
        """An amount and a currency, such as `41000 EUR`, earned in a normal minute."""
        text = self.text("money-per-minute")
        match = re.fullmatch(r"([0-9]+(?:\.[0-9]+)?) ?([A-Z]{3})", text)
        if match:
            return Money(amount=float(match[1]), currency=match[2])
        if text:
            self._leave_out("money-per-minute", "such as 41000 EUR")
        return None

    def third_party(self) -> ThirdParty | None:
        """Version, deprecation and sunset of something bought."""
        said = ThirdParty(
            version=self.text("third-party-version"),
            deprecated_at=self.day("deprecated-at"),
            sunset_at=self.day("sunset-at"),
        )
        return None if said == ThirdParty() else said

    def day(self, key: str) -> date | None:
        """A date such as 2027-03-31."""
        text = self.text(key)
        try:
            return date.fromisoformat(text) if text else None
        except ValueError:
            self._leave_out(key, "a date such as 2027-03-31")
            return None

    def _leave_out(self, key: str, wanted: str) -> None:
        self.warn(f"{self.place}: {key}: {self.words[key]!r} is not {wanted}, it was left out")
