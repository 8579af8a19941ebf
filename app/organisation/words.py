"""What every source says of a service or a dependency, and which word counts where they differ."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any

from app.organisation.kinds import (
    DependencyRecorded,
    DisagreementSettled,
    FactValue,
    ServiceRecorded,
    SourceDescribed,
)

Subject = tuple[str, str]
"""A service and an empty text, or the caller and the callee of a dependency."""

_NOT_FACTS = {"service", "name", "aliases", "sources"}
_SERVICE_FACTS = tuple(one.name for one in fields(ServiceRecorded) if one.name not in _NOT_FACTS)
_TAKEN_TOGETHER = {"money_per_minute": ("money_per_minute", "currency")}
_FOLLOWS = {"currency"}
_GATHERED = {"runbooks"}
_UNSAID = (None, "", ())

Words = Mapping[str, Mapping[str, FactValue]]
"""For every source the facts it says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    """All that one source says of a subject, and since when it says each fact (aware UTC)."""

    facts: Mapping[str, FactValue]
    since: Mapping[str, datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """Whose word counts for one fact: who settled it, and when (aware UTC)."""

    said: DisagreementSettled
    by: str
    at: datetime

    def holds(self, words: Mapping[str, FactValue]) -> bool:
        """Whether it still counts while sources say `words`.

        It stops as soon as one of the sources it was settled between says something else, or a
        new one says what none of them said.
        """
        settled = self.said.words
        is_unchanged = all(
            word == settled[source] if source in settled else word in settled.values()
            for source, word in words.items()
        )
        return is_unchanged and self.said.source in words


def subject_of(fact: SourceDescribed | DisagreementSettled) -> Subject:
    """What a word is about."""
    return fact.service, fact.callee


def said_of_service(recorded: ServiceRecorded) -> dict[str, FactValue]:
    """The facts that are filled in.  A plain service is what is assumed of anything."""
    said = {name: getattr(recorded, name) for name in _SERVICE_FACTS}
    return {
        name: value
        for name, value in said.items()
        if value not in _UNSAID and (name, value) != ("service_kind", "service")
    }


def said_of_dependency(recorded: DependencyRecorded) -> dict[str, FactValue]:
    """How critical it is, when somebody said so."""
    return {} if recorded.is_assumed else {"criticality": recorded.criticality}


def description_after(
    before: Description | None, facts: Mapping[str, FactValue], at: datetime
) -> Description:
    """What a source says now; a fact it said before keeps its time."""
    was: Mapping[str, FactValue] = {} if before is None else before.facts
    since = {
        name: before.since.get(name, at) if before and was.get(name) == value else at
        for name, value in facts.items()
    }
    return Description(facts=dict(facts), since=since)


def words_on(words: Words, fact: str) -> dict[str, FactValue]:
    """What each source that speaks of `fact` says, in the order of `words`.

    An amount and its currency are one word.
    """
    together = _TAKEN_TOGETHER.get(fact, (fact,))
    said: dict[str, FactValue] = {}
    for source, facts in words.items():
        if fact in facts:
            parts = [facts[one] for one in together if one in facts]
            said[source] = parts[0] if len(parts) == 1 else " ".join(f"{one}" for one in parts)
    return said


def facts_spoken_of(words: Words) -> tuple[str, ...]:
    """The facts on which sources can disagree, in the order in which they were said."""
    named = dict.fromkeys(name for facts in words.values() for name in facts)
    return tuple(name for name in named if name not in _FOLLOWS | _GATHERED)


def counting_source(words: Mapping[str, FactValue], settlement: Settlement | None) -> str:
    """The source whose word counts: as settled, or the first of `words`, the most trusted."""
    if settlement is not None and settlement.holds(words):
        return settlement.said.source
    return next(iter(words))


def taken_together(words: Words, settlements: Mapping[str, Settlement]) -> dict[str, Any]:
    """The facts that hold while sources, the most trusted first, say `words`.

    `settlements` are by fact.  Lists of runbooks are gathered from all of them.
    """
    held: dict[str, Any] = {}
    for fact in facts_spoken_of(words):
        source = counting_source(words_on(words, fact), settlements.get(fact))
        for name in _TAKEN_TOGETHER.get(fact, (fact,)):
            if name in words[source]:
                held[name] = words[source][name]
    gathered = [one for facts in words.values() for one in _texts(facts.get("runbooks", ()))]
    if gathered:
        held["runbooks"] = tuple(dict.fromkeys(gathered))
    return held


def service_as_said(
    service: ServiceRecorded, words: Words, settlements: Mapping[str, Settlement]
) -> ServiceRecorded:
    """The service with exactly the facts that hold; name, aliases and sources stay."""
    bare = ServiceRecorded(
        service=service.service,
        name=service.name,
        aliases=service.aliases,
        sources=service.sources,
    )
    return replace(bare, **taken_together(words, settlements))


def dependency_as_said(
    dependency: DependencyRecorded, words: Words, settlements: Mapping[str, Settlement]
) -> DependencyRecorded:
    """The dependency as critical as holds; hard is assumed while nobody says so."""
    held = taken_together(words, settlements)
    return replace(
        dependency,
        criticality=held.get("criticality", "hard"),
        is_assumed="criticality" not in held,
    )


def in_order(words: Words, sources: Iterable[str]) -> dict[str, Mapping[str, FactValue]]:
    """The words in the order of `sources`, those of others left out."""
    return {one: words[one] for one in sources if one in words}


def _texts(value: FactValue) -> tuple[str, ...]:
    return value if isinstance(value, tuple) else (str(value),)
