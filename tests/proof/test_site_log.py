"""The site log and the comparison of checkpoints that people saw."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.proof.merkle import leaf_hash
from app.proof.note import Checkpoint
from app.proof.site_log import Agreement, SiteLog, is_published, site_leaf, witness

SITE = "acme.example"


def published(number: int) -> Checkpoint:
    """One of many checkpoints of incidents."""
    return Checkpoint(
        origin=f"{SITE}/incident:{number % 5}",
        size=number,
        root=leaf_hash(str(number).encode()),
    )


def site_of(count: int, *, forked_at: int | None = None) -> SiteLog:
    """A site log with `count` checkpoints, one of them another than everyone else was shown."""
    log = SiteLog(SITE)
    for number in range(count):
        log.publish(published(number + 1_000 if number == forked_at else number))
    return log


def test_a_published_checkpoint_can_be_proved():
    log = site_of(9)
    index = log.publish(published(77))
    proof = log.inclusion_proof(index)

    assert index == 9
    assert is_published(published(77), site=log.checkpoint(), index=index, proof=proof)
    assert not is_published(published(78), site=log.checkpoint(), index=index, proof=proof)
    assert log.checkpoint().origin == "acme.example/site"


def test_a_site_log_goes_on_from_its_stored_leaves():
    log = site_of(9)

    restored = SiteLog(SITE, [site_leaf(published(number)) for number in range(9)])

    assert restored.checkpoint() == log.checkpoint()
    assert restored.size == 9


@given(st.integers(0, 60), st.integers(0, 60))
def test_a_site_that_only_grew_agrees_or_is_behind(one, other):
    log = site_of(max(one, other))
    old, new = sorted((one, other))
    seen, offered = site_of(one).checkpoint(), site_of(other).checkpoint()

    said = witness(seen, offered, log.consistency_proof(old, new))

    assert said.agreement is (Agreement.AGREES if other >= one else Agreement.BEHIND)
    assert str(other) in said.sentence


@given(st.integers(1, 60), st.integers(1, 60), st.data())
def test_a_site_that_shows_two_people_two_records_is_forked(one, other, data):
    common = min(one, other)
    changed = data.draw(st.integers(0, common - 1))
    forged = site_of(max(one, other), forked_at=changed)
    seen = site_of(one).checkpoint()
    offered = site_of(other, forked_at=changed).checkpoint()

    said = witness(seen, offered, forged.consistency_proof(*sorted((one, other))))

    assert said.agreement is Agreement.FORKED
    assert "tell whoever runs the server" in said.sentence


def test_a_missing_proof_counts_as_forked():
    said = witness(site_of(3).checkpoint(), site_of(7).checkpoint(), [])

    assert said.agreement is Agreement.FORKED


def test_another_site_counts_as_forked():
    seen = site_of(3).checkpoint()

    said = witness(seen, replace(seen, origin="other.example/site"), [])

    assert said.agreement is Agreement.FORKED
    assert "other.example/site" in said.sentence


def test_an_older_state_says_that_nothing_is_lost():
    log = site_of(7)

    said = witness(log.checkpoint(), site_of(3).checkpoint(), log.consistency_proof(3))

    assert said.agreement is Agreement.BEHIND
    assert "3 of the 7" in said.sentence
    assert "sent again" in said.sentence


def test_a_site_needs_a_name():
    with pytest.raises(ValueError, match="cannot name a log"):
        SiteLog("")
