"""Deliveries: stored durably and acknowledged by any process, read by the one on duty."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from datetime import datetime
from time import monotonic
from typing import Self

import msgspec

from app.errors import InvalidInput
from app.events.codec import from_microseconds, to_microseconds
from app.log.deliveries import Arriving, Deliveries, Delivery
from app.organisation.kinds import SourceRegistered
from app.protocol.problems import ProblemCode, refused
from app.server.intake.health_rules import Claim
from app.server.intake.reader import DeliveryReader, Surroundings
from app.server.intake.reading import IntakeFormat
from app.server.intake.waiting import WaitingRoom
from app.server.measurements import Measurements
from app.server.talk import Talk

_STORED, _READ = "delivery-stored", "deliveries-read"
_RECOUNT_SECONDS = 1.0


class _Stored(msgspec.Struct, frozen=True, array_like=True):
    """A delivery of a source was stored by another process, at a time in microseconds."""

    source: str
    received_at: int


_STORED_WORD = msgspec.json.Decoder(_Stored)
_READ_WORD = msgspec.json.Decoder(int)


class Intake:
    """Takes deliveries in; while it is on duty (`shift`) it also turns them into facts.

    Use as an async context manager.  What was stored and not yet read when a server stopped is
    read when it starts again, or by another process that has the duty then.
    """

    def __init__(
        self,
        formats: Iterable[IntakeFormat],
        *,
        surroundings: Surroundings,
        talk: Talk,
        measurements: Measurements,
        most_waiting: int,
    ) -> None:
        self._formats = {each.name: each for each in formats}
        self._around = surroundings
        self._deliveries = Deliveries(surroundings.log.database)
        self._talk = talk
        self._measurements = measurements
        self._most_waiting = most_waiting
        self._idle = asyncio.Event()
        self._idle.set()
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="intake")
        self._reader: DeliveryReader | None = None
        self._storing = 0
        self._unread: set[int] = set()
        self._read_up_to = 0
        self._counted_at = 0.0
        self.heard_at: dict[str, datetime] = {}
        """When each source was last heard of, since the server started."""

    async def __aenter__(self) -> Self:
        self._talk.on_word(_STORED, self._hear_stored)
        self._talk.on_word(_READ, self._hear_read)
        self._talk.on_retell.append(self._tell_read)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._thread.shutdown()

    @asynccontextmanager
    async def shift(self) -> AsyncIterator[None]:
        """Read what was stored and is not settled, and then what comes, for a while."""
        self._unread |= await asyncio.to_thread(self._deliveries.waiting_ids)
        self._read_up_to = 0
        self._note()
        async with self._new_reader() as reader:
            self._reader = reader
            try:
                yield
            finally:
                self._reader = None

    @property
    def formats(self) -> tuple[str, ...]:
        """The names of the formats that are read."""
        return tuple(self._formats)

    @property
    def waiting(self) -> int:
        """How many deliveries are not read yet, of those this process knows of."""
        return self._storing + len(self._unread)

    async def take(self, registered: SourceRegistered, content: bytes) -> Delivery:
        """Store a delivery; once this returns it is durable and will be read.

        Raises `Refused` (unknown-format, overloaded, and malformed-request: then it is kept
        but leads to nothing) and `StoreError`.
        """
        form = registered.format
        reading = self._formats.get(form)
        if reading is None:
            raise refused(ProblemCode.UNKNOWN_FORMAT, f"{form!r} deliveries are not read here")
        await self._require_room()
        now = self._around.clock()
        self.heard_at[registered.source] = now
        error = _error_in(reading, content, registered)
        arriving = Arriving(
            format=form,
            source=registered.source,
            received_at=to_microseconds(now),
            content=content,
            problem=None if error is None else str(error),
        )
        delivery = await self._store(arriving)
        self._measurements.deliveries[form] += 1
        if error is not None:
            raise refused(
                ProblemCode.MALFORMED_REQUEST,
                f"{error.reason} (kept as delivery {delivery.id}, without effect)",
                field=error.field,
            ) from error
        return delivery

    async def hear_readings(self, source: str, claims: Mapping[str, Claim | None]) -> None:
        """This is what the readings of `source` say of these services; None is nothing bad.

        Without effect unless this process is on duty.
        """
        if self._reader is not None:
            await self._reader.hear_readings(source, claims)

    async def room(self) -> WaitingRoom:
        """What waits for an incident to be declared, whichever process reads deliveries.

        Raises `StoreError`.
        """
        if self._reader is not None:
            return await self._reader.room()
        return await self._new_reader().preview()

    async def settled(self) -> None:
        """Wait until everything taken in here so far has been read."""
        await self._idle.wait()

    def _new_reader(self) -> DeliveryReader:
        return DeliveryReader(self._formats, self._around, self._thread, self._has_read)

    async def _require_room(self) -> None:
        if self.waiting >= self._most_waiting:
            await self._recount()
        if self.waiting >= self._most_waiting:
            raise refused(
                ProblemCode.OVERLOADED,
                f"{self.waiting} deliveries are waiting to be read",
                retry_after=5.0,
            )

    async def _recount(self) -> None:
        """Look up what was read elsewhere, in case nobody said so."""
        if self._reader is not None or monotonic() - self._counted_at < _RECOUNT_SECONDS:
            return
        self._counted_at = monotonic()
        self._unread &= await asyncio.to_thread(self._deliveries.waiting_ids)
        self._note()

    async def _store(self, arriving: Arriving) -> Delivery:
        """Store a delivery; it counts as waiting from before anyone could read it."""
        waits = arriving.problem is None
        self._storing += waits
        self._idle.clear()
        try:
            (delivery,) = await self._around.recorder.write(
                lambda: self._deliveries.store([arriving])
            )
            if waits and delivery.id > self._read_up_to:
                self._unread.add(delivery.id)
        finally:
            self._storing -= waits
            self._note()
        if self._reader is not None:
            self._reader.look()
        word = _Stored(arriving.source, arriving.received_at)
        self._talk.say(_STORED, msgspec.json.encode(word), key=arriving.source)
        return delivery

    def _note(self) -> None:
        if self.waiting:
            self._idle.clear()
        else:
            self._idle.set()

    def _has_read(self, delivery: int) -> None:
        """Everything up to this delivery has been read."""
        self._read_up_to = delivery
        self._unread = {one for one in self._unread if one > delivery}
        self._note()
        if self._reader is not None:
            self._tell_read()

    # Other processes

    def _tell_read(self) -> None:
        if self._reader is not None:
            self._talk.say(_READ, msgspec.json.encode(self._read_up_to))

    def _hear_read(self, _: str, content: bytes) -> None:
        try:
            delivery = _READ_WORD.decode(content)
        except msgspec.DecodeError:
            return
        if self._reader is None:
            self._has_read(max(delivery, self._read_up_to))

    def _hear_stored(self, _: str, content: bytes) -> None:
        try:
            stored = _STORED_WORD.decode(content)
        except msgspec.DecodeError:
            return
        heard_at = from_microseconds(stored.received_at)
        known = self.heard_at.get(stored.source)
        self.heard_at[stored.source] = heard_at if known is None else max(known, heard_at)
        if self._reader is not None:
            self._reader.look()


def _error_in(
    reading: IntakeFormat, content: bytes, source: SourceRegistered
) -> InvalidInput | None:
    try:
        reading.read(content, source)
    except InvalidInput as error:
        return error
    return None
