"""Changes in our own format."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from app.errors import InvalidInput
from app.incident.kinds.freezes import ChangeOutcome, ChangeSeen
from app.organisation.kinds import SourceRegistered
from app.server.intake.changes import read_change

PIPELINE = SourceRegistered(source="pipeline", format="change", token_sha256="")


def content(**fields: Any) -> bytes:
    """A change with these fields."""
    return json.dumps({"ref": "checkout-v42", "title": "checkout v42", **fields}).encode()


def test_a_change_is_read_with_its_time_and_its_source():
    said = content(
        service="checkout", version="v42", outcome="held", at="2026-03-09T13:37:02+01:00"
    )

    (report,) = read_change(said, PIPELINE).changes

    assert report.at == datetime(2026, 3, 9, 12, 37, 2, tzinfo=UTC)
    assert report.change == ChangeSeen(
        ref="checkout-v42",
        title="checkout v42",
        service="checkout",
        version="v42",
        outcome=ChangeOutcome.HELD,
        source="pipeline",
    )


@pytest.mark.parametrize(
    ("said", "field"),
    [
        (content(ref=" "), "ref"),
        (content(title=""), "title"),
        (content(at="2026-03-09T13:37:02"), "at"),
        (content(outcome="exploded"), "outcome"),
        (b"{}", "ref"),
        (b"nonsense", "body"),
    ],
)
def test_a_change_that_cannot_be_read_is_refused_by_the_name_of_its_field(said: bytes, field: str):
    with pytest.raises(InvalidInput) as caught:
        read_change(said, PIPELINE)

    assert field in str(caught.value)
