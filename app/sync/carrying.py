"""What another device queued: into the queue of this console, or straight to a server.

Each event goes to its log as its author signed it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.errors import InvalidInput, WatchfloorError
from app.events.codec import read_body
from app.events.event import ORGANISATION_LOG
from app.log.local_log import LocalLog
from app.protocol.bodies import MAX_BATCH_EVENTS, PushResponse
from app.sync.exchange import Outgoing
from app.sync.own_site import site_at
from app.sync.profile_store import ProfileStore
from app.sync.queue_file import Carried, Queue, QueueFileDamaged
from app.sync.site_mark import keep_site, site_of
from app.sync.unavailable import ServerUnavailable

if TYPE_CHECKING:
    from app.sync.api_client import ApiClient

BATCH_EVENTS = min(200, MAX_BATCH_EVENTS)
TRIES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """What became of a carried queue.

    `recorded` counts events the server has now, whether they came here or were there before.
    `without_effect` counts those among them that were recorded without taking effect.
    `refused` says why the others are not recorded, one sentence each.
    """

    recorded: int = 0
    without_effect: int = 0
    refused: tuple[str, ...] = ()

    @property
    def sentence(self) -> str:
        """What to tell the person, in one line."""
        events = "1 event is" if self.recorded == 1 else f"{self.recorded} events are"
        words = f"{events} recorded as their authors wrote them."
        if self.without_effect:
            words += f" {self.without_effect} without effect."
        if self.refused:
            words += f" Refused {len(self.refused)}: {'; '.join(dict.fromkeys(self.refused))}."
        return words


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenIn:
    """How many events of a carried queue are `new` in this console's, and how many `known`."""

    new: int = 0
    known: int = 0

    @property
    def sentence(self) -> str:
        """What to tell the person, in one line."""
        events = "1 event is" if self.new == 1 else f"{self.new} events are"
        words = f"{events} queued here as their authors signed them, and sent when a server hears."
        if self.known:
            words += f" {self.known} {'was' if self.known == 1 else 'were'} here before."
        return words


class QueueOfOtherSite(WatchfloorError):
    """A queue was brought to where other people's records are."""

    advice = (
        "Nothing was taken in. Bring it to a server of its own site, or to a console or a "
        "--profile that is used there."
    )


def take_in(
    queue: Queue, local: LocalLog, keep: Callable[[str, Sequence[Outgoing]], int]
) -> TakenIn:
    """Put a carried queue in that of the console whose profile is `local`.

    From there it goes like its own.  `keep` keeps rows of one log and says how many were new;
    they are durable when this returns.  Bringing the same file again changes nothing.  A profile
    of no site belongs to that of the queue from then on.  Raises `QueueOfOtherSite`, and
    `QueueFileDamaged` when an event cannot be read, before anything is kept; and what `keep`
    raises.
    """
    own = site_of(local)
    if own.is_known and not own.is_of(queue.site):
        raise QueueOfOtherSite("this queue is of another site than the profile here")
    rows: dict[str, list[Outgoing]] = {log: [] for log in _in_sending_order(queue.events)}
    for one in queue.events:
        try:
            rows[one.log].append(_outgoing(one))
        except InvalidInput as error:
            raise QueueFileDamaged(f"an event in the file cannot be read: {error}") from error
    if not own.is_known and queue.site.key:
        keep_site(local, queue.site.key)
    new = sum(keep(log, own_rows) for log, own_rows in rows.items())
    return TakenIn(new=new, known=len(queue.events) - new)


def queue_of(local: LocalLog, store: ProfileStore) -> Queue:
    """Everything that waits in a profile, in the order it would be sent."""
    logs = dict.fromkeys((*local.waiting_logs(), *local.followed()))
    return Queue(
        site=site_of(local),
        events=tuple(
            Carried(log=log, body=row.body, sig=row.sig)
            for log in logs
            for row in store.outbox(log)
        ),
    )


async def deliver(
    api: ApiClient,
    queue: Queue,
    *,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> Delivery:
    """Send a carried queue; what the server has already stays as it is.

    Raises `QueueOfOtherSite` before anything is sent, and `ServerUnavailable` when the server
    cannot be reached: then the same file can be sent again, whatever part of it arrived.
    """
    if not queue.site.is_of(await site_at(api)):
        raise QueueOfOtherSite(f"this queue was written at another site than {api.url}")
    recorded = without_effect = 0
    refused: list[str] = []
    for log, batch in _batches(queue.events):
        response = await _push(api, log, batch, sleep)
        for result in response.results:
            if result.problem is not None:
                detail = result.problem.detail or result.problem.field
                refused.append(f"{result.problem.code}{f', {detail}' if detail else ''}")
            else:
                recorded += 1
                without_effect += result.why is not None
    return Delivery(recorded=recorded, without_effect=without_effect, refused=tuple(refused))


async def _push(
    api: ApiClient,
    log: str,
    batch: Sequence[Carried],
    sleep: Callable[[float], Awaitable[None]],
) -> PushResponse:
    rows = [_outgoing(one) for one in batch]
    for _ in range(TRIES - 1):
        try:
            return await api.push(log, "", rows)
        except ServerUnavailable as error:
            if error.failure.retry_after is None:
                raise
            await sleep(error.failure.retry_after)
    return await api.push(log, "", rows)


def _batches(events: Sequence[Carried]) -> Iterator[tuple[str, list[Carried]]]:
    """Events by log, the organisation first: it says who may write in the others."""
    for log in _in_sending_order(events):
        own = [one for one in events if one.log == log]
        for start in range(0, len(own), BATCH_EVENTS):
            yield log, own[start : start + BATCH_EVENTS]


def _in_sending_order(events: Sequence[Carried]) -> list[str]:
    return sorted({one.log for one in events}, key=lambda log: (log != ORGANISATION_LOG, log))


def _outgoing(carried: Carried) -> Outgoing:
    envelope = read_body(carried.body)
    if envelope.log != carried.log:
        raise InvalidInput(
            f"is {envelope.log!r}, but it was queued for {carried.log!r}", field="log"
        )
    return Outgoing(event_id=envelope.id, n=envelope.n, body=carried.body, sig=carried.sig)
