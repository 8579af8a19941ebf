"""A withheld record travels as a line of its own, and stands for its record in the tree."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.events.sensitivity import Sensitivity, sensitivity_of
from app.proof.merkle import CompactRange, leaf_hash
from app.proof.problem import ProofRefused
from app.proof.withheld import WithheldRecord, is_withheld_line, read_withheld
from app.protocol.withholding import StampedWithheld, grow, leaf_of, read_stamped

RECORD = b'{"v":1,"position":7,"received_at":5,"skew_ms":0}'


def stamped(record: bytes = RECORD, position: int = 7) -> StampedWithheld:
    """A record that is withheld."""
    return StampedWithheld(
        record=WithheldRecord(position=position, leaf=leaf_hash(record)),
        received_at=5,
        sensitivity=Sensitivity.CONFIDENTIAL,
    )


@given(
    position=st.integers(1, 10**15),
    received_at=st.integers(0, 10**17),
    sensitivity=st.sampled_from(Sensitivity),
    record=st.binary(min_size=1),
)
def test_what_is_written_is_read_back(
    position: int, received_at: int, sensitivity: Sensitivity, record: bytes
):
    withheld = StampedWithheld(
        record=WithheldRecord(position=position, leaf=leaf_hash(record)),
        received_at=received_at,
        sensitivity=sensitivity,
    )

    assert read_stamped(withheld.line) == withheld
    assert is_withheld_line(withheld.line)
    assert leaf_of(withheld.line) == leaf_hash(record)


@given(at=st.integers(0, 200), byte=st.integers(0, 255))
def test_a_changed_line_is_refused_or_says_something_else(at: int, byte: int):
    line = bytearray(stamped().line)
    line[at % len(line)] = byte

    try:
        read = read_stamped(bytes(line))
    except ProofRefused:
        return
    assert read.line == bytes(line) or read.sensitivity is Sensitivity.RESTRICTED


def test_a_level_of_a_later_version_is_taken_for_the_highest():
    line = stamped().line.replace(b"confidential", b"cosmic")

    assert read_stamped(line).sensitivity is Sensitivity.RESTRICTED


def test_a_bundle_has_no_stamp():
    with pytest.raises(ProofRefused):
        read_withheld(stamped().line)


def test_a_tree_over_withheld_lines_is_the_tree_over_the_records():
    records = [b"one", b"two", RECORD]
    shown, whole = CompactRange(), CompactRange()

    grow(shown, [b"one", b"two", stamped().line])

    whole.extend(records)
    assert shown.root == whole.root


@pytest.mark.parametrize(
    ("labels", "level"),
    [
        ((), "internal"),
        (("customer", "eu"), "internal"),
        (("public",), "public"),
        (("public", "pii"), "restricted"),
        (("confidential", "internal"), "confidential"),
        (("security",), "restricted"),
    ],
)
def test_labels_say_how_far_a_note_may_be_read(labels: tuple[str, ...], level: str):
    assert sensitivity_of(labels) == level
