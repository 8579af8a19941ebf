"""The one codec: events and records as exact JSON bytes, and back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from app.errors import InvalidInput
from app.events.event import Event, Recorded, Standing
from app.events.fact import Fact, UnreadableFact

ENVELOPE_VERSION = 1
MAX_BODY_BYTES = 64 * 1024
MAX_DEPTH = 16
MAX_REFS = 32
MAX_KIND_CHARACTERS = 64

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def to_microseconds(moment: datetime) -> int:
    """An aware datetime as whole microseconds since 1970 UTC."""
    return (moment - _EPOCH) // _MICROSECOND


def from_microseconds(microseconds: int) -> datetime:
    """Microseconds since 1970 UTC as an aware UTC datetime."""
    return _EPOCH + microseconds * _MICROSECOND


class Body(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """An event on the wire; field by field as the protocol lists it.  Times in microseconds."""

    v: int = ENVELOPE_VERSION
    id: str
    log: str
    kind: str
    actor: str
    console: str
    n: int
    seen: int
    epoch: str
    made_at: int
    occurred_at: int | None = None
    salt: str = ""
    data: msgspec.Raw
    refs: tuple[str, ...] = ()


class RecordLine(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A record on the wire: the server's stamp around the author's exact body bytes."""

    v: int = ENVELOPE_VERSION
    position: int
    received_at: int
    skew_ms: int
    standing: Standing
    why: str | None = None
    body: msgspec.Raw
    sig: str


_ENCODER = msgspec.json.Encoder()
_BODY = msgspec.json.Decoder(Body)
_RECORD = msgspec.json.Decoder(RecordLine)
_NO_SKEW = timedelta()


class _WholeLine(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A record line read in one pass, envelope and all."""

    v: int = ENVELOPE_VERSION
    position: int
    received_at: int
    skew_ms: int
    standing: Standing
    why: str | None = None
    body: Body
    sig: str


_WHOLE_LINE = msgspec.json.Decoder(_WholeLine)


def record_line(
    *, position: int, received_at: int, skew_ms: int, standing: Standing, why: str | None,
    body: bytes, sig: str,
) -> bytes:  # fmt: skip
    """The record as the one JSON line (without newline) that is stored, sent and exported."""
    line = RecordLine(
        position=position,
        received_at=received_at,
        skew_ms=skew_ms,
        standing=standing,
        why=why,
        body=msgspec.Raw(body),
        sig=sig,
    )
    return _ENCODER.encode(line)


def depth_of(data: bytes) -> int:
    """How deeply `data` (valid JSON) nests; strings are skipped."""
    deepest = depth = 0
    in_string = escaped = False
    for byte in data:
        if in_string:
            if escaped:
                escaped = False
            elif byte == 0x5C:
                escaped = True
            elif byte == 0x22:
                in_string = False
        elif byte == 0x22:
            in_string = True
        elif byte in b"{[":
            depth += 1
            deepest = max(deepest, depth)
        elif byte in b"}]":
            depth -= 1
    return deepest


def read_body(body: bytes) -> Body:
    """The envelope in `body`.

    Raises `InvalidInput` naming the field when it is malformed or over a limit.
    """
    if len(body) > MAX_BODY_BYTES:
        raise InvalidInput(f"is {len(body)} bytes; at most {MAX_BODY_BYTES} fit", field="body")
    try:
        envelope = _BODY.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InvalidInput(str(error), field="body") from error
    if envelope.v != ENVELOPE_VERSION:
        raise InvalidInput(f"envelope version {envelope.v} is not known", field="v")
    if not 0 < len(envelope.kind) <= MAX_KIND_CHARACTERS:
        raise InvalidInput(f"must have 1 to {MAX_KIND_CHARACTERS} characters", field="kind")
    if len(envelope.refs) > MAX_REFS:
        raise InvalidInput(f"holds {len(envelope.refs)} ids; at most {MAX_REFS}", field="refs")
    if envelope.seen < 0 or envelope.n < 0:
        raise InvalidInput("must not be negative", field="seen" if envelope.seen < 0 else "n")
    if body.count(b"{") + body.count(b"[") > MAX_DEPTH and depth_of(body) > MAX_DEPTH:
        raise InvalidInput(f"nests deeper than {MAX_DEPTH} levels", field="data")
    return envelope


def _stored_form(fact: Fact) -> tuple[str, bytes]:
    if isinstance(fact, UnreadableFact):
        return fact.stored_kind, fact.data
    return fact.kind, _ENCODER.encode(fact)


def _naive_field(fact: Fact, names: tuple[str, ...]) -> str | None:
    for name in names:
        moment = getattr(fact, name)
        if isinstance(moment, datetime) and moment.tzinfo is None:
            return name
    return None


class Codec:
    """Reads and writes events of the given kinds; unknown kinds become `UnreadableFact`."""

    def __init__(self, kinds: Iterable[type[Fact]]) -> None:
        self.kinds: dict[str, type[Fact]] = {kind.kind: kind for kind in kinds}
        self._decoders: dict[str, msgspec.json.Decoder[Any]] = {
            name: msgspec.json.Decoder(kind) for name, kind in self.kinds.items()
        }
        self._times: dict[str, tuple[str, ...]] = {
            name: tuple(field.name for field in fields(kind) if "datetime" in str(field.type))
            for name, kind in self.kinds.items()
        }

    def write_body(self, event: Event) -> bytes:
        """The exact body bytes of `event`, to be signed and never changed."""
        kind, data = _stored_form(event.fact)
        body = Body(
            id=event.id,
            log=event.log,
            kind=kind,
            actor=event.actor,
            console=event.console,
            n=event.n,
            seen=event.seen,
            epoch=event.epoch,
            made_at=to_microseconds(event.made_at),
            occurred_at=None if event.occurred_at is None else to_microseconds(event.occurred_at),
            salt=event.salt,
            data=msgspec.Raw(data),
            refs=event.refs,
        )
        return _ENCODER.encode(body)

    def read_event(self, body: bytes | msgspec.Raw) -> Event:
        """The event in `body`; raises `InvalidInput` when the envelope is malformed."""
        try:
            envelope = _BODY.decode(body)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise InvalidInput(str(error), field="body") from error
        return self._event(envelope)

    def _event(self, envelope: Body) -> Event:
        occurred_at = envelope.occurred_at
        return Event(
            id=envelope.id,
            log=envelope.log,
            actor=envelope.actor,
            console=envelope.console,
            n=envelope.n,
            seen=envelope.seen,
            epoch=envelope.epoch,
            made_at=from_microseconds(envelope.made_at),
            fact=self.read_fact(envelope.kind, bytes(envelope.data)),
            occurred_at=None if occurred_at is None else from_microseconds(occurred_at),
            refs=envelope.refs,
            salt=envelope.salt,
        )

    def read_fact(self, kind: str, data: bytes) -> Fact:
        """The fact in `data`; an `UnreadableFact` when this version cannot read it."""
        decoder = self._decoders.get(kind)
        if decoder is None:
            return UnreadableFact(stored_kind=kind, data=data, problem="unknown kind")
        try:
            fact: Fact = decoder.decode(data)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            return UnreadableFact(stored_kind=kind, data=data, problem=str(error))
        if (naive := _naive_field(fact, self._times[kind])) is not None:
            problem = f"{naive}: a time without an offset from UTC"
            return UnreadableFact(stored_kind=kind, data=data, problem=problem)
        return fact

    def read_record(self, line: bytes) -> Recorded:
        """The record in one stored line; raises `InvalidInput` when its frame is malformed."""
        try:
            record = _WHOLE_LINE.decode(line)
        except (msgspec.DecodeError, UnicodeDecodeError):
            return self._read_in_parts(line)
        return _recorded(record, self._event(record.body))

    def _read_in_parts(self, line: bytes) -> Recorded:
        """The record in a line, frame first: tells which of the two is malformed."""
        try:
            record = _RECORD.decode(line)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise InvalidInput(str(error), field="record") from error
        return _recorded(record, self.read_event(record.body))


def _recorded(record: RecordLine | _WholeLine, event: Event) -> Recorded:
    skew = record.skew_ms
    return Recorded(
        position=record.position,
        received_at=from_microseconds(record.received_at),
        event=event,
        standing=record.standing,
        why=record.why,
        skew=timedelta(milliseconds=skew) if skew else _NO_SKEW,
    )


__all__ = [
    "Body",
    "Codec",
    "RecordLine",
    "depth_of",
    "from_microseconds",
    "read_body",
    "record_line",
    "to_microseconds",
]
