"""Stream frames are read back as they were written, however the bytes are cut."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.protocol import stream
from app.protocol.stream import (
    HEARTBEAT,
    Frame,
    FrameKind,
    StreamBroken,
    StreamParser,
    encode_bye,
    encode_frame,
    encode_records,
    read_bye,
)

a_line = st.binary(max_size=40).map(lambda data: data.replace(b"\r", b"").replace(b"\n", b""))
a_frame = st.builds(
    Frame,
    kind=st.sampled_from([str(kind) for kind in FrameKind]),
    lines=st.lists(a_line, min_size=1, max_size=4).map(tuple),
    id=st.just(""),
)


def cut(data: bytes, places: list[int]) -> list[bytes]:
    """The bytes in pieces, cut at these places."""
    at = sorted({place % (len(data) + 1) for place in places} | {0, len(data)})
    return [data[start:end] for start, end in pairwise(at)]


@given(frames=st.lists(a_frame, max_size=5), places=st.lists(st.integers(0, 2_000), max_size=12))
def test_frames_survive_any_cutting(frames: list[Frame], places: list[int]):
    wire = b"".join(encode_frame(FrameKind(one.kind), one.lines) + HEARTBEAT for one in frames)

    parser = StreamParser()
    parsed = [frame for piece in cut(wire, places) for frame in parser.feed(piece)]

    assert parsed == frames


@given(
    places=st.lists(st.integers(0, 200), max_size=12), ending=st.sampled_from(["\n", "\r\n", "\r"])
)
def test_all_line_endings_of_the_standard_mean_the_same(places: list[int], ending: str):
    wire = "\ufeffevent: event\nid: 7\ndata: one\ndata:two\n: beat\n\ndata: three\n\n"
    encoded = wire.replace("\n", ending).encode()

    parser = StreamParser()
    frames = [frame for piece in cut(encoded, places) for frame in parser.feed(piece)]
    frames += parser.feed(b"data: last\n\n")

    assert [frame.lines for frame in frames] == [(b"one", b"two"), (b"three",), (b"last",)]
    assert frames[0].kind == "event"
    assert {frame.id for frame in frames} == {"7"}


def test_a_frame_of_records_ends_in_the_position_of_the_last():
    (frame,) = StreamParser().feed(encode_records([b'{"position":4}', b'{"position":5}'], 5))

    assert frame == Frame(kind="event", lines=(b'{"position":4}', b'{"position":5}'), id="5")


def test_a_heartbeat_is_no_frame():
    assert StreamParser().feed(HEARTBEAT * 3) == []


def test_a_frame_that_was_cut_off_is_never_delivered():
    parser = StreamParser()

    assert parser.feed(b"event: event\ndata: half\n") == []


def test_fields_nobody_knows_are_passed_over():
    (frame,) = StreamParser().feed(b"colour: red\nretry: 5\nid\ndata\nevent: head\ndata: x\n\n")

    assert frame == Frame(kind="head", lines=(b"", b"x"), id="")


def test_a_frame_without_an_end_is_broken_off(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(stream, "MAX_FRAME_BYTES", 1_000)
    parser = StreamParser()

    with pytest.raises(StreamBroken, match="1000"):
        parser.feed(b"data: 0123456789\n" * 200)


def test_a_line_without_an_end_is_broken_off(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(stream, "MAX_FRAME_BYTES", 1_000)

    with pytest.raises(StreamBroken):
        StreamParser().feed(b"x" * 2_000)


def test_goodbye_says_how_long_to_wait():
    (frame,) = StreamParser().feed(encode_bye(2_500))

    assert frame.kind == FrameKind.BYE
    assert read_bye(frame).retry_ms == 2_500
    assert read_bye(Frame(kind="bye", lines=(b"nonsense",))).retry_ms == 1_000
