"""What the names that can be typed say of people."""

from __future__ import annotations

import pytest

from app.capture.completion import complete
from app.capture.entry import Named
from app.capture.grammar import parse
from app.commands.vocabulary import vocabulary_of
from app.incident.state import BEFORE_ANYTHING
from app.organisation.kinds import PersonRecorded
from app.organisation.state import EMPTY_ORGANISATION, OrganisationState
from tests.organisation.records import organisation_after
from tests.views.checkout_incident import NOW, checkout_state

STATE = checkout_state()
ORGANISATION = organisation_after((PersonRecorded(person="jae", name="Jae Park"),), at=NOW)


@pytest.mark.parametrize(("is_offline", "where"), [(False, "on bridge"), (True, "was on bridge")])
def test_offline_people_were_on_the_bridge(is_offline: bool, where: str) -> None:
    vocabulary = vocabulary_of(STATE, ORGANISATION, is_offline=is_offline)

    (jae,) = (row for row in complete("@jae", 4, vocabulary).rows if row.id == "jae")

    assert jae.presence == where


def test_who_was_on_the_bridge_is_offered_as_near_as_before() -> None:
    def offered(organisation: OrganisationState, *, is_offline: bool) -> list[str]:
        vocabulary = vocabulary_of(STATE, organisation, is_offline=is_offline)
        return [row.id for row in complete("@", 1, vocabulary).rows]

    for organisation in (ORGANISATION, EMPTY_ORGANISATION):
        assert offered(organisation, is_offline=True) == offered(organisation, is_offline=False)


def test_the_author_is_known_before_any_log_knows_them() -> None:
    vocabulary = vocabulary_of(BEFORE_ANYTHING, EMPTY_ORGANISATION, author="ada.lovelace")

    owner = parse("/r ic @you", vocabulary).owner

    assert owner == Named("ada.lovelace", BEFORE_ANYTHING.name_of("ada.lovelace"))
