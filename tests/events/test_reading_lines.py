"""A stored line that cannot be read says which part of it is malformed."""

from __future__ import annotations

import pytest

from app.errors import InvalidInput
from app.events.codec import record_line
from app.events.event import Standing
from app.protocol.kinds import full_codec


def _line(body: bytes) -> bytes:
    return record_line(
        position=1, received_at=0, skew_ms=0, standing=Standing.ACCEPTED, why=None, body=body,
        sig="",
    )  # fmt: skip


def test_a_whole_frame_around_a_malformed_envelope_blames_the_body() -> None:
    with pytest.raises(InvalidInput) as caught:
        full_codec().read_record(_line(b'{"id":7}'))
    assert caught.value.field == "body"


def test_a_malformed_frame_is_blamed_itself() -> None:
    with pytest.raises(InvalidInput) as caught:
        full_codec().read_record(_line(b"{}").replace(b'"position":1', b'"position":"one"'))
    assert caught.value.field == "record"
