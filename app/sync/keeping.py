"""A state as parts that can be kept on disk, and back: nothing but data, never code.

Every field of a state is a part, the timeline one part per segment.  Parts are JSON, in which the
facts came, so that what comes back is exactly what was kept; long ones are compressed.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping
from dataclasses import fields
from functools import cached_property, partial
from typing import Any, Protocol, TypeVar, get_type_hints

import msgspec

from app.incident.projections.timeline import TimelineEntry
from app.incident.rows import Rows, Segment, Span
from app.incident.state import IncidentState
from app.sync.rules import rules_fingerprint

S = TypeVar("S")

_TIMELINE = "timeline"
_SPANS = "timeline spans"
_QUICKLY = 1

Parts = Mapping[str, bytes]


class Keeping(Protocol[S]):
    """How states of one sort of log are kept."""

    @property
    def rules(self) -> bytes | None:
        """Which code folds them; None when nothing may be kept."""

    def parts_of(self, state: S) -> Parts:
        """A state as parts.  For one thread at a time, which may be any."""

    def state_of(self, parts: Parts) -> S | None:
        """The state in `parts`; None when they are not those of a state."""


class IncidentKeeping:
    """Keeps states of incidents.  What did not change since the last time is not encoded again."""

    def __init__(self, find_rules: Callable[[], bytes | None] = rules_fingerprint) -> None:
        """`find_rules` is asked only when there is something to keep or to use."""
        self._find_rules = find_rules
        self._encoded: dict[str, tuple[object, bytes]] = {}

    @property
    def rules(self) -> bytes | None:
        """Which code folds incidents; None when nothing may be kept."""
        return self._find_rules()

    def parts_of(self, state: IncidentState) -> Parts:
        """The parts of `state`."""
        names = [one.name for one in fields(state) if one.name != _TIMELINE]
        held: dict[str, object] = {name: getattr(state, name) for name in names}
        segments = state.timeline.segments
        held |= {_segment_name(number): one for number, one in enumerate(segments)}
        known = self._encoded
        self._encoded = {
            name: known[name] if _is_same(known.get(name), value) else (value, _encoded(value))
            for name, value in held.items()
        }
        spans = _packed(msgspec.json.encode([(one.span, one.ids) for one in segments]))
        return {name: data for name, (_, data) in self._encoded.items()} | {_SPANS: spans}

    def state_of(self, parts: Parts) -> IncidentState | None:
        """The state in `parts`; only the end of its timeline is read at once."""
        try:
            state = self._read(parts)
        except (KeyError, IndexError, msgspec.DecodeError, zlib.error):
            return None
        held: dict[str, object] = {
            name: getattr(state, name) for name in self._decoders if name in parts
        }
        segments = state.timeline.segments
        held |= {_segment_name(number): one for number, one in enumerate(segments)}
        self._encoded = {name: (value, parts[name]) for name, value in held.items()}
        return state

    def _read(self, parts: Parts) -> IncidentState:
        held = {
            name: decoder.decode(_unpacked(parts[name]))
            for name, decoder in self._decoders.items()
        }
        spans = self._spans.decode(_unpacked(parts[_SPANS]))
        segments = [
            self._segment(parts[_segment_name(number)], span, ids)
            for number, (span, ids) in enumerate(spans)
        ]
        return IncidentState(**held, timeline=Rows.of_segments(segments))

    def _segment(self, data: bytes, span: Span, ids: bytes) -> Segment[TimelineEntry]:
        return Segment(read=partial(self._rows, data), span=span, ids=ids, source=data)

    def _rows(self, data: bytes) -> tuple[TimelineEntry, ...]:
        return self._entries.decode(_unpacked(data))

    @cached_property
    def _decoders(self) -> dict[str, msgspec.json.Decoder[Any]]:
        hints = get_type_hints(IncidentState)
        return {
            one.name: msgspec.json.Decoder(hints[one.name])
            for one in fields(IncidentState)
            if one.name != _TIMELINE
        }

    @cached_property
    def _entries(self) -> msgspec.json.Decoder[tuple[TimelineEntry, ...]]:
        return msgspec.json.Decoder(tuple[TimelineEntry, ...])

    @cached_property
    def _spans(self) -> msgspec.json.Decoder[tuple[tuple[Span, bytes], ...]]:
        return msgspec.json.Decoder(tuple[tuple[Span, bytes], ...])


def _segment_name(number: int) -> str:
    return f"{_TIMELINE} {number}"


def _is_same(known: tuple[object, bytes] | None, value: object) -> bool:
    return known is not None and known[0] is value


def _encoded(value: object) -> bytes:
    rows = value.rows if isinstance(value, Segment) else value
    return _packed(msgspec.json.encode(rows))


def _packed(data: bytes) -> bytes:
    return zlib.compress(data, _QUICKLY)


def _unpacked(data: bytes) -> bytes:
    return zlib.decompress(data)
