"""What people say of a suspect becomes a fact with its evidence."""

from __future__ import annotations

import pytest

from app.commands.desk import Desk
from app.commands.suspecting import say_of_suspect
from app.incident.kinds.signals import SuspectNamed, SuspectRuledIn, SuspectRuledOut
from app.incident.projections.signals import SuspicionKind
from app.organisation.state import EMPTY_ORGANISATION
from tests.views.checkout_incident import ME, NOW, checkout_state

DESK = Desk(
    person=ME,
    state=checkout_state(),
    organisation=EMPTY_ORGANISATION,
    now=NOW,
    new_id=lambda: "id",
)


@pytest.mark.parametrize(
    ("said", "fact"),
    [
        (SuspicionKind.NAMED, SuspectNamed(service="cart", reason="p99 is flat")),
        (SuspicionKind.RULED_IN, SuspectRuledIn(service="cart", evidence="p99 is flat")),
        (SuspicionKind.RULED_OUT, SuspectRuledOut(service="cart", evidence="p99 is flat")),
    ],
)
def test_a_word_on_a_suspect_is_recorded_with_its_evidence(said, fact):
    act = say_of_suspect(DESK, "cart", said, " p99 is flat ")

    assert [draft.fact for draft in act.drafts] == [fact]


@pytest.mark.parametrize("said", [SuspicionKind.RULED_IN, SuspicionKind.RULED_OUT])
def test_a_ruling_without_evidence_is_not_recorded_and_says_so(said):
    act = say_of_suspect(DESK, "cart", said, "  ")

    assert act.drafts == ()
    assert "evidence" in act.hint


def test_a_whole_layer_can_be_ruled_out():
    act = say_of_suspect(DESK, "", SuspicionKind.RULED_OUT, "no loss", layer="network")

    assert act.drafts[0].fact == SuspectRuledOut(service="", evidence="no loss", layer="network")


def test_a_word_on_nothing_is_not_recorded():
    assert say_of_suspect(DESK, "", SuspicionKind.NAMED, "hm").drafts == ()
