"""Holds the server to the record it showed before: gossip about the site's checkpoints.

The newest checkpoint that was seen is kept in the profile, with the key that signed it and the
epoch it was seen under.  Whatever the server offers later under the same epoch must continue it.
After a restore there is another epoch, and the restore itself is on the timeline.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import msgspec

from app.events.event import ORGANISATION_LOG
from app.incident.kinds.situation import Dispute, HistoryDisputed
from app.log.local_values import Cursor
from app.log.problems import StoreError
from app.proof.encoding import from_base64
from app.proof.note import SITE_LOG, Checkpoint, open_checkpoint, origin_of
from app.proof.problem import ProofRefused
from app.proof.site_log import Agreement, Witnessed, witness
from app.protocol.authoring import EPOCH_CHARACTERS
from app.protocol.gossip import SiteWord, read_site_word
from app.protocol.problems import ProblemCode
from app.sync.unavailable import ServerUnavailable

if TYPE_CHECKING:
    from app.sync.api_client import ApiClient

_log = logging.getLogger(__name__)

LOOK_SECONDS = 30.0
"""How often what is offered is compared; in between the newest is enough."""

_VALUE = "site.seen"


class Memory(Protocol):
    """Small values that outlive the console."""

    def value(self, name: str) -> bytes | None:
        """The value of this name."""

    def set_value(self, name: str, value: bytes) -> None:
        """Keep a value."""


class _Seen(msgspec.Struct, frozen=True, kw_only=True):
    """What this console saw last: the epoch, the site's Base64 key, and the note."""

    epoch: str
    key: str
    note: str
    is_disputed: bool = False


@dataclass(frozen=True, slots=True)
class TrustedSite:
    """The name of a site and the key it signs with, as they were first seen in this epoch."""

    name: str
    key: bytes

    def opened(self, note: bytes, log: str) -> Checkpoint:
        """The checkpoint of a log of this site; raises `ProofRefused` for any other note."""
        return open_checkpoint(note, public_keys=[self.key], origin=origin_of(self.name, log))

    def kept_of(self, cursor: Cursor) -> Checkpoint | None:
        """The newest checkpoint kept of a log; None without one by the key that is trusted now."""
        try:
            return self.opened(cursor.checkpoint, cursor.log) if cursor.checkpoint else None
        except ProofRefused:
            return None


def trusted_site(memory: Memory) -> TrustedSite | None:
    """The site this console holds to its word; None before it heard any."""
    kept = memory.value(_VALUE)
    if not kept:
        return None
    seen = msgspec.json.decode(kept, type=_Seen)
    key = from_base64(seen.key)
    origin = open_checkpoint(seen.note.encode(), public_keys=[key]).origin
    return TrustedSite(name=origin.removesuffix(f"/{SITE_LOG}"), key=key)


def trusted_site_key(memory: Memory) -> str:
    """The Base64 key of that site; empty before this console heard any."""
    kept = memory.value(_VALUE)
    return "" if not kept else msgspec.json.decode(kept, type=_Seen).key


def forget_site(memory: Memory) -> None:
    """Hold the next site to nothing that was seen of this one."""
    memory.set_value(_VALUE, b"")


class SiteWatch:
    """One console's side of the gossip.  `tell` is given evidence and advice, once per dispute."""

    def __init__(
        self,
        memory: Memory,
        tell: Callable[[HistoryDisputed, str], None],
        *,
        look_seconds: float = LOOK_SECONDS,
    ) -> None:
        self._memory = memory
        self._tell = tell
        self._look_seconds = look_seconds
        self._offered = ""
        self._news = asyncio.Event()
        kept = memory.value(_VALUE)
        self._seen = msgspec.json.decode(kept, type=_Seen) if kept else None

    def word(self) -> str:
        """The header that says what was seen last; empty before anything was."""
        seen = self._seen
        return "" if seen is None else SiteWord(epoch=seen.epoch, note=seen.note.encode()).header

    def hear(self, word: str) -> None:
        """Take in the header of an answer."""
        if word != self._offered:
            self._offered = word
            self._news.set()

    async def run(self, api: ApiClient) -> None:
        """Compare what is offered, until cancelled."""
        while True:
            await self._news.wait()
            self._news.clear()
            try:
                await self.compare(api)
            except (ServerUnavailable, StoreError, ProofRefused) as error:
                _log.info("the site's record is compared later: %s", error)
            await asyncio.sleep(self._look_seconds)

    async def compare(self, api: ApiClient) -> None:
        """Hold what was offered last against what was seen before.

        Raises `ServerUnavailable`, `StoreError`, and `ProofRefused` for a header that is none.
        """
        word, seen = read_site_word(self._offered), self._seen
        if seen is None or seen.epoch != word.epoch:
            await self._begin(word, api)
        elif not seen.is_disputed:
            await self._hold(seen, word, api)

    async def _begin(self, word: SiteWord, api: ApiClient) -> None:
        """The first word of this epoch is taken on trust; what is seen later is not."""
        key = (await api.who_am_i()).site_key
        open_checkpoint(word.note, public_keys=[from_base64(key)])
        self._keep(_Seen(epoch=word.epoch, key=key, note=word.note.decode()))

    async def _hold(self, seen: _Seen, word: SiteWord, api: ApiClient) -> None:
        key = [from_base64(seen.key)]
        before = open_checkpoint(seen.note.encode(), public_keys=key)
        try:
            offered = open_checkpoint(word.note, public_keys=key, origin=before.origin)
        except ProofRefused:
            await self._other_key(seen, word, api)
            return
        note = word.note
        if offered.size < before.size:  # another process may have signed this a moment ago
            note = await api.site_checkpoint()
            offered = open_checkpoint(note, public_keys=key, origin=before.origin)
        found = await self._witnessed(before, offered, api)
        if found.agreement is Agreement.AGREES:
            if offered.size > before.size:
                self._keep(_Seen(epoch=seen.epoch, key=seen.key, note=note.decode()))
            return
        shorter = offered.size < before.size
        reason = Dispute.SHORTENED if shorter else Dispute.FORKED
        await self._dispute(seen, note, reason, found.sentence, api)

    async def _witnessed(
        self, before: Checkpoint, offered: Checkpoint, api: ApiClient
    ) -> Witnessed:
        old, new = sorted((before.size, offered.size))
        proof: list[bytes] = []
        if old != new:
            try:
                proof = [from_base64(one) for one in await api.consistency(SITE_LOG, old, new)]
            except ServerUnavailable as error:
                if error.failure.code is not ProblemCode.CURSOR_AHEAD:
                    raise
            except ValueError as error:
                raise ProofRefused(str(error), where="consistency") from error
        return witness(before, offered, proof)

    async def _other_key(self, seen: _Seen, word: SiteWord, api: ApiClient) -> None:
        key = (await api.who_am_i()).site_key
        open_checkpoint(word.note, public_keys=[from_base64(key)])  # or it is nobody's word
        sentence = (
            "The server signs its record with another key than before. Keep this console's data, "
            "and ask whoever runs the server why its key changed."
        )
        await self._dispute(seen, word.note, Dispute.OTHER_KEY, sentence, api)

    async def _dispute(
        self, seen: _Seen, offered: bytes, reason: Dispute, sentence: str, api: ApiClient
    ) -> None:
        """Keep both as evidence, unless the server was restored meanwhile and says so."""
        page = await api.page(ORGANISATION_LOG, after=0, limit=1)
        if page.epoch[:EPOCH_CHARACTERS] != seen.epoch:
            return
        fact = HistoryDisputed(
            reason=reason, seen=seen.note, offered=offered.decode(), site_key=seen.key
        )
        self._tell(fact, sentence)
        self._keep(msgspec.structs.replace(seen, is_disputed=True))

    def _keep(self, seen: _Seen) -> None:
        self._memory.set_value(_VALUE, msgspec.json.encode(seen))
        self._seen = seen
