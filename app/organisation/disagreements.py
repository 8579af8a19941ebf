"""Where sources disagree about a service or a dependency, and whose word counts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from app.organisation.kinds import DisagreementSettled, FactValue
from app.organisation.state import OrganisationState
from app.organisation.words import (
    Description,
    Settlement,
    Subject,
    Words,
    counting_source,
    facts_spoken_of,
    in_order,
    said_of_dependency,
    said_of_service,
    words_on,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """What one source says, and since when (aware UTC; None = not known)."""

    source: str
    value: FactValue
    since: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Disagreement:
    """Sources say different things of one fact; `fact` is a field of what is recorded.

    `words` are the most trusted source's first; `counts` is the one that holds.  `settled` is
    who settled it, None while nobody did; `is_reopened` says that somebody did, and that a source
    has changed its word since.
    """

    subject: Subject
    fact: str
    words: tuple[Word, ...]
    counts: Word
    settled: Settlement | None = None
    is_reopened: bool = False

    @property
    def is_open(self) -> bool:
        """Whether nobody has settled it."""
        return self.settled is None


def words_of(organisation: OrganisationState, subject: Subject) -> Words:
    """What every source says of a subject, the most trusted first; empty for an unknown one.

    While nothing else is known, what is recorded is what its first source said.
    """
    service, dependency = (
        organisation.services.get(subject[0]),
        organisation.dependencies.get(subject),
    )
    described = organisation.described.get(subject)
    recorded = dependency if subject[1] else service
    if recorded is None:
        return {}
    if described is not None:
        said = {source: one.facts for source, one in described.items()}
        return in_order(said, recorded.sources)
    facts: Mapping[str, FactValue] = {}
    if dependency is not None:
        facts = said_of_dependency(dependency)
    elif service is not None:
        facts = said_of_service(service)
    return {recorded.sources[0] if recorded.sources else "": facts} if facts else {}


def settlements_of(organisation: OrganisationState, subject: Subject) -> Mapping[str, Settlement]:
    """What was settled about a subject, by fact."""
    return organisation.settlements.get(subject, {})


def disagreements(organisation: OrganisationState) -> tuple[Disagreement, ...]:
    """Everything on which sources disagree, settled or not, in the order it came up."""
    return tuple(
        found for subject in organisation.described for found in _about(organisation, subject)
    )


def disagreements_about(organisation: OrganisationState, service: str) -> tuple[Disagreement, ...]:
    """On what sources disagree about a service, and then about what it calls and who calls it."""
    subjects = [one for one in organisation.described if service in one]
    subjects.sort(key=lambda one: one != (service, ""))
    return tuple(found for one in subjects for found in _about(organisation, one))


def settled_for(disagreement: Disagreement, source: str, reason: str = "") -> DisagreementSettled:
    """The fact that settles it for what `source` says; raises `KeyError` when it says nothing."""
    words = {one.source: one.value for one in disagreement.words}
    if source not in words:
        raise KeyError(source)
    service, callee = disagreement.subject
    return DisagreementSettled(
        service=service,
        callee=callee,
        fact=disagreement.fact,
        source=source,
        words=words,
        reason=reason,
    )


def _about(organisation: OrganisationState, subject: Subject) -> Iterator[Disagreement]:
    words = words_of(organisation, subject)
    described = organisation.described[subject]
    for fact in facts_spoken_of(words):
        said = words_on(words, fact)
        if len(set(said.values())) > 1:
            settlement = settlements_of(organisation, subject).get(fact)
            yield _disagreement(subject, fact, said, described, settlement)


def _disagreement(
    subject: Subject,
    fact: str,
    said: Mapping[str, FactValue],
    described: Mapping[str, Description],
    settlement: Settlement | None,
) -> Disagreement:
    words = tuple(
        Word(source=source, value=value, since=described[source].since.get(fact))
        for source, value in said.items()
    )
    counting = counting_source(said, settlement)
    holds = settlement is not None and settlement.holds(said)
    return Disagreement(
        subject=subject,
        fact=fact,
        words=words,
        counts=next(one for one in words if one.source == counting),
        settled=settlement if holds else None,
        is_reopened=settlement is not None and not holds,
    )
