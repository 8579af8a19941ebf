"""What the server writes itself: registrations, and what it reads out of deliveries."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from datetime import datetime

from app.events.codec import Codec, to_microseconds
from app.events.event import Draft
from app.log.appending import Arrival, Batch, Outcome
from app.proof.signatures import ConsoleKey
from app.protocol.authoring import Author, Place, SignedEvent
from app.server.directory import Directory
from app.server.recorder import Recorder


class OwnHand:
    """Records facts signed with the server's own key."""

    def __init__(
        self,
        recorder: Recorder,
        *,
        directory: Directory,
        key: ConsoleKey,
        codec: Codec,
        clock: Callable[[], datetime],
    ) -> None:
        self._recorder = recorder
        self._directory = directory
        self._key = key
        self._codec = codec
        self._clock = clock

    async def record(self, log: str, actor: str, drafts: Sequence[Draft]) -> list[int]:
        """Record these facts as `actor` (an integration or automation); returns positions.

        Raises `Refused` (overloaded) and `StoreError`; then nothing was recorded.
        """
        if not drafts:
            return []
        outcome = await self.offer(log, actor, drafts)
        return [placement.position or 0 for placement in outcome.placements]

    async def offer(
        self,
        log: str,
        actor: str,
        drafts: Sequence[Draft],
        *,
        only_at: int | None = None,
        is_whole: bool = False,
    ) -> Outcome:
        """The same, telling of each whether it was recorded: one with an id of its own that is
        in the log already with other content is not.  With `only_at`, none is when the log has
        another head than that; with `is_whole`, none is when one of them is not.

        Raises `Refused` (overloaded) and `StoreError`; then nothing was recorded.
        """
        arrivals = tuple(_arrival(each) for each in self._written(log, actor, drafts))
        now = to_microseconds(self._clock())
        batch = Batch(
            log=log, arrivals=arrivals, arrived_at=now, only_at=only_at, is_whole=is_whole
        )
        return await self._recorder.submit(batch)

    def _written(self, log: str, actor: str, drafts: Sequence[Draft]) -> list[SignedEvent]:
        author = Author(
            actor=actor,
            key=self._key,
            codec=self._codec,
            clock=self._clock,
            random_bytes=secrets.token_bytes,
        )
        head = self._directory.head(log)
        seen, epoch = (0, "") if head is None else (head.position, head.epoch)
        return [
            author.write(draft, Place(log=log, n=seen + index, seen=seen, epoch=epoch))
            for index, draft in enumerate(drafts, 1)
        ]


def _arrival(signed: SignedEvent) -> Arrival:
    return Arrival(
        event_id=signed.event.id,
        kind=signed.event.fact.kind,
        console=signed.event.console,
        n=signed.event.n,
        body=signed.body,
        sig=signed.sig,
    )
