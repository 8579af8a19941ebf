"""A log of version 1 reads, for ever, as it read when it was written."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from app.events.event import Standing
from app.incident.replay import replay
from app.proof.merkle import CompactRange
from app.protocol.kinds import full_codec
from tests.golden.canonical import digest

LINES = (Path(__file__).parent / "checkout-v1.ndjson").read_bytes().splitlines()
STATE = "1dfdeeac2a1084f498e62f00eb7f6afdf7e5d52ec2a4e3c3650224a8c1d5b85f"
AUTHORS = (
    "priya", "ben", "aisha", "tom", "lena", "maria", "jae", "eva", "ravi", "sofia", "kim",
)  # fmt: skip
"""What has been read in it since: it is no part of the digest, which stays as it was made."""
ROOT = "9b7c0269dae8f7d82b45d7d30267d48edb0460bd39be4e08913a0398f1fe8024"


def test_the_bytes_are_those_that_were_written():
    tree = CompactRange()
    tree.extend(LINES)

    assert tree.root.hex() == ROOT


def test_every_record_can_be_read():
    records = [full_codec().read_record(line) for line in LINES]

    assert [one.position for one in records] == list(range(1, len(LINES) + 1))
    assert {one.standing for one in records} == set(Standing)
    assert replay(records).unreadable == 0


def test_the_state_is_the_one_it_was():
    codec = full_codec()

    state = replay([codec.read_record(line) for line in LINES])

    assert state.authors == AUTHORS
    assert digest(replace(state, authors=())) == STATE
