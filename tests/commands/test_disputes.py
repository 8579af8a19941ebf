"""Settling whose word counts where sources disagree."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from types import MappingProxyType

from app.commands.desk import Desk
from app.commands.disputes import settle_word
from app.incident.state import BEFORE_ANYTHING
from app.organisation.disagreements import disagreements
from app.organisation.kinds import DisagreementSettled, ServiceRecorded
from app.organisation.state import OrganisationState
from app.organisation.words import Description, Settlement

NOON = datetime(2026, 3, 9, 12, 0, tzinfo=UTC)
SUBJECT = ("pay", "")


def organisation(*tiers: int) -> OrganisationState:
    """`pay`, with a source for each tier."""
    sources = ("a", "b", "c")[: len(tiers)]
    words = {
        source: Description(facts={"tier": tier}, since={})
        for source, tier in zip(sources, tiers, strict=True)
    }
    pay = ServiceRecorded(service="pay", name="Pay", tier=tiers[0], sources=sources)
    return OrganisationState(
        services=MappingProxyType({"pay": pay}), described=MappingProxyType({SUBJECT: words})
    )


def desk(state: OrganisationState) -> Desk:
    return Desk(
        person="priya",
        state=BEFORE_ANYTHING,
        organisation=state,
        now=NOON,
        new_id=lambda: "id",
    )


def test_the_fact_says_whose_word_counts_and_what_everyone_said():
    state = organisation(0, 2)
    (found,) = disagreements(state)

    act = settle_word(desk(state), found, "b", "asked the team")

    assert [draft.fact for draft in act.drafts] == [
        DisagreementSettled(
            service="pay", fact="tier", source="b", words={"a": 0, "b": 2}, reason="asked the team"
        )
    ]


def test_words_that_changed_while_somebody_looked_are_looked_at_again():
    (found,) = disagreements(organisation(0, 2))

    act = settle_word(desk(organisation(0, 3)), found, "b")

    assert (act.drafts, act.hint) == ((), "The sources say something else by now. Look again.")


def test_what_is_settled_is_not_settled_the_same_way_twice():
    state = organisation(0, 2)
    (found,) = disagreements(state)
    (draft,) = settle_word(desk(state), found, "b").drafts
    settlement = Settlement(said=draft.fact, by="priya", at=NOON)
    settled = replace(state, settlements=MappingProxyType({SUBJECT: {"tier": settlement}}))

    assert settle_word(desk(settled), found, "b").drafts == ()
    assert settle_word(desk(settled), found, "a").drafts != ()
