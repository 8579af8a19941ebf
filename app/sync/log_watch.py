"""Holds a server to the records it gave: the root over them must be the one that it signs.

A console computes the tree of a log from its own bytes.  Checkpoints come by the stream; most are
of exactly the records that are here, so that nothing has to be asked.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING, Protocol

from app.incident.kinds.situation import Dispute, HistoryDisputed
from app.log.local_values import Cursor
from app.log.problems import StoreError
from app.proof.encoding import from_base64, to_base64
from app.proof.merkle import CompactRange, verify_consistency
from app.proof.note import Checkpoint
from app.proof.problem import ProofRefused
from app.protocol.doubt import Doubt
from app.sync.site_watch import Memory, TrustedSite, trusted_site
from app.sync.unavailable import ServerUnavailable

if TYPE_CHECKING:
    from app.sync.api_client import ApiClient

_log = logging.getLogger(__name__)

LOOK_SECONDS = 1.0
"""How long a checkpoint waits for the records it covers, before it is looked at again."""

PROOF_SECONDS = 300.0
"""How long records may go on growing past every checkpoint before a proof is asked for."""

_SENTENCE = (
    "The entries that this console was given are not those the server signed. Keep this console's "
    "data, compare with a colleague, and tell whoever runs the server."
)


class Kept(Memory, Protocol):
    """What is used of the profile."""

    def cursor(self, log: str) -> Cursor | None:
        """How far a log has been followed."""

    def keep_checkpoint(self, log: str, note: bytes) -> None:
        """Remember the newest checkpoint of a log that was verified."""


@dataclass(frozen=True, slots=True)
class _Offered:
    """A note as it was heard, and the epoch it was heard under."""

    note: bytes
    epoch: str


@dataclass(frozen=True, slots=True)
class _Disputed:
    """What is kept of a dispute: its epoch, and from where on the records are in doubt.

    Nothing is in doubt any more (0) once the server signed exactly what is here after all.
    """

    epoch: str = ""
    first: int = 0

    @classmethod
    def read(cls, kept: bytes) -> _Disputed:
        """What was kept; without a position everything is in doubt."""
        epoch, _, first = kept.decode().partition(" ")
        return cls(epoch, int(first or 1))

    @property
    def kept(self) -> bytes:
        """As `read` reads it."""
        return f"{self.epoch} {self.first}".encode()


class LogWatch:
    """For one log; `tell` is given evidence and advice, once for each epoch.

    `doubt` is given the records that the server contradicts, also those it did when this console
    was open before, and None once it does not any more; `signed` up to which position the records
    here are those that it signed.  `clock` tells seconds that only grow.
    """

    def __init__(
        self,
        log: str,
        kept: Kept,
        tell: Callable[[HistoryDisputed, str], None],
        doubt: Callable[[Doubt | None], None],
        signed: Callable[[int], None],
        *,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._log = log
        self._kept = kept
        self._tell = tell
        self._doubt = doubt
        self._signed = signed
        self._clock = clock
        self._agreed_at = clock()
        self._offered: _Offered | None = None
        self._disputed_value = f"disputed.{log}"
        self._news = asyncio.Event()

    def hear(self, lines: Sequence[bytes]) -> None:
        """Take in the data lines of a `checkpoint` frame."""
        cursor = self._kept.cursor(self._log)
        if cursor is not None:
            self._offered = _Offered(b"\n".join(lines) + b"\n", cursor.epoch)
            self._news.set()

    async def run(self, api: ApiClient) -> None:
        """Compare what is offered with what is here, until cancelled."""
        self._news.set()  # what was found out before is so before anything is offered
        while True:
            await self._news.wait()
            self._news.clear()
            await asyncio.sleep(LOOK_SECONDS)  # what it covers may still be on its way to the disk
            try:
                await self.compare(api)
            except (ServerUnavailable, StoreError, ProofRefused) as error:
                _log.info("the records of %s are compared later: %s", self._log, error)

    async def compare(self, api: ApiClient) -> None:
        """Hold what was offered last against the records that are here.

        Raises `ServerUnavailable`, `StoreError`, and `ProofRefused` for a note that is no
        checkpoint of this log, signed by the site: `SiteWatch` says what is to be said of that.
        """
        self._say_how_it_stands()
        offered, cursor = self._offered, self._kept.cursor(self._log)
        site = trusted_site(self._kept)
        if offered is None or cursor is None or site is None or offered.epoch != cursor.epoch:
            return
        disputed = self._disputed(cursor)
        checkpoint = site.opened(offered.note, self._log)
        own = CompactRange.from_bytes(cursor.tree)
        if checkpoint.size > own.size:
            self._news.set()  # not everything it covers is here yet
            return
        is_due = not disputed.first and self._clock() - self._agreed_at >= PROOF_SECONDS
        if checkpoint.size < own.size and not is_due:
            return
        if await self._is_beginning(checkpoint, own, api):
            self._agreed_at = self._clock()
            self._kept.keep_checkpoint(self._log, offered.note)
            if disputed.first:
                self._remember(_Disputed(cursor.epoch))
            self._say_how_it_stands()
        elif not disputed.first and await self._is_still_of(offered.epoch, api):
            first = _first_in_doubt(checkpoint, site.kept_of(cursor))
            self._remember(_Disputed(cursor.epoch, first))
            self._say_how_it_stands()
            if not disputed.epoch:
                self._tell(_evidence(checkpoint, own, offered, site), _SENTENCE)

    async def _is_beginning(
        self, checkpoint: Checkpoint, own: CompactRange, api: ApiClient
    ) -> bool:
        """Whether the checkpoint is of the first records that are here, shown by a proof."""
        proof: list[bytes] = []
        if checkpoint.size != own.size:
            hashes = await api.consistency(self._log, checkpoint.size, own.size)
            try:
                proof = [from_base64(one) for one in hashes]
            except ValueError as error:
                raise ProofRefused(str(error), where="consistency") from error
        return verify_consistency(
            old_size=checkpoint.size,
            old_root=checkpoint.root,
            new_size=own.size,
            new_root=own.root,
            proof=proof,
        )

    async def _is_still_of(self, epoch: str, api: ApiClient) -> bool:
        """Whether the server was not restored meanwhile: then it would say so."""
        page = await api.page(self._log, after=0, limit=1)
        return page.epoch == epoch

    # --- how it stands ----------------------------------------------------------------------

    def _disputed(self, cursor: Cursor | None) -> _Disputed:
        """What was disputed in the epoch that is followed now."""
        kept = self._kept.value(self._disputed_value)
        disputed = _Disputed.read(kept) if kept else _Disputed()
        is_now = cursor is not None and disputed.epoch == cursor.epoch
        return disputed if is_now else _Disputed()

    def _remember(self, disputed: _Disputed) -> None:
        self._kept.set_value(self._disputed_value, disputed.kept)

    def _say_how_it_stands(self) -> None:
        """Say what is in doubt, and what is signed as far as that was found out."""
        cursor, site = self._kept.cursor(self._log), trusted_site(self._kept)
        first = self._disputed(cursor).first
        self._doubt(Doubt(log=self._log, first=first) if first else None)
        agreed = None if cursor is None or site is None else site.kept_of(cursor)
        self._signed(0 if agreed is None else agreed.size)


def _first_in_doubt(disputed: Checkpoint, agreed: Checkpoint | None) -> int:
    """The first position that no checkpoint vouches for; all where they contradict each other."""
    if agreed is None or disputed.size <= agreed.size:
        return 1
    return agreed.size + 1


def _evidence(
    checkpoint: Checkpoint, own: CompactRange, offered: _Offered, site: TrustedSite
) -> HistoryDisputed:
    """What was signed, beside what is here."""
    computed = Checkpoint(origin=checkpoint.origin, size=own.size, root=own.root)
    return HistoryDisputed(
        reason=Dispute.ALTERED,
        seen=computed.text,
        offered=offered.note.decode(),
        site_key=to_base64(site.key),
    )
