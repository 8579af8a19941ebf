"""Reading every record again after a quick opening: is it what was confirmed, and signed?"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from app.log.local_log import LocalLog
from app.log.local_values import Cursor
from app.log.problems import DamagedDatabase, StoreError
from app.proof.merkle import CompactRange
from app.proof.note import Checkpoint
from app.protocol.doubt import EVERY_LOG, Doubt
from app.protocol.withholding import grow
from app.sync.locating import PAGE_RECORDS, Prove, Root, confirmed_roots, first_in_doubt
from app.sync.site_watch import trusted_site

PAUSE_SECONDS = 0.02
"""Between two pages: whoever writes or looks comes first."""


class RecordsDamaged(StoreError):
    """Records of this console's own file cannot be read, or are not those that were confirmed.

    `doubt` tells which.
    """

    advice = (
        "Close Watchfloor and open it again. What you wrote and was not sent yet is saved then, "
        "the rest comes from the server again."
    )

    def __init__(self, sentence: str, doubt: Doubt) -> None:
        super().__init__(sentence)
        self.doubt = doubt


class RecordsUnsigned(RecordsDamaged):
    """Records of this console's own file are not those the server signed when they came."""

    advice = (
        "Somebody has changed this file. Export the queue if anything waits in it, and start with "
        "another --profile: the incidents come from the server again."
    )


async def find_damage(
    local: LocalLog, *, prove: Prove | None = None, pause: float = PAUSE_SECONDS
) -> tuple[RecordsDamaged, ...]:
    """Compute the tree of every log in a profile again; what is wrong, at most once for a log.

    The tree is held against what was confirmed and against the newest checkpoint kept of it;
    `prove` helps to say which record is the first that is wrong.
    After damage nothing is kept that would spare the next opening its check of the whole file.
    """
    try:
        found = [await _Reading(local, log, prove, pause).damage() for log in local.followed()]
    except DamagedDatabase as error:
        found = [_unreadable(error, Doubt(log=EVERY_LOG, first=1))]
    damages = tuple(one for one in found if one is not None)
    if damages:
        local.distrust()
    return damages


@dataclass(frozen=True, slots=True)
class _Reading:
    """One log of a profile, its records read a page at a time with pauses (seconds) between."""

    local: LocalLog
    log: str
    prove: Prove | None
    pause: float

    async def damage(self) -> RecordsDamaged | None:
        """What is wrong with the records, and from where on."""
        try:
            return await self._contradiction()
        except DamagedDatabase as error:
            return _unreadable(error, await self._doubt(_roots(self.local, self.log)))

    async def _contradiction(self) -> RecordsDamaged | None:
        """What the records contradict, whatever arrives while they are read."""
        local, log = self.local, self.log
        tree, epoch, signed, is_signed = CompactRange(), None, None, True
        while (cursor := local.cursor(log)) is not None:
            if cursor.epoch != epoch or cursor.position < tree.size:
                tree, epoch, signed = CompactRange(), cursor.epoch, _signed(local, cursor)
                is_signed = True
            if signed is not None and tree.size == signed.size:
                is_signed = tree.root == signed.root
            if tree.size == cursor.position:
                is_whole = tree.to_bytes() == cursor.tree
                return await self._told(is_whole=is_whole, is_signed=is_signed)
            before, limit = tree.size, PAGE_RECORDS
            if signed is not None and before < signed.size:
                limit = min(limit, signed.size - before)
            grow(tree, local.lines(log, after=before, limit=limit))
            if tree.size == before:
                return await self._told(is_whole=False, is_signed=is_signed)
            await asyncio.sleep(self.pause)
        return None

    async def _told(self, *, is_whole: bool, is_signed: bool) -> RecordsDamaged | None:
        """What it means that the records are, or are not, what was confirmed and signed.

        A tree that was changed with the records vouches for nothing.
        """
        if is_whole and is_signed:
            return None
        here = f"the records of {self.log} here are not those"
        if is_whole:
            doubt = await self._doubt(_signed_roots(self.local, self.log))
            return RecordsUnsigned(f"{here} the server signed", doubt)
        return RecordsDamaged(
            f"{here} it confirmed", await self._doubt(_roots(self.local, self.log))
        )

    async def _doubt(self, roots: Sequence[Root]) -> Doubt:
        """What is in doubt, when only these roots vouch for anything."""
        first = await first_in_doubt(
            self.local, self.log, roots, pause=self.pause, prove=self.prove
        )
        return Doubt(log=self.log, first=first)


def _unreadable(error: DamagedDatabase, doubt: Doubt) -> RecordsDamaged:
    return RecordsDamaged(f"records kept here cannot be read: {error}", doubt)


def _roots(local: LocalLog, log: str) -> Sequence[Root]:
    """What was confirmed and signed of `log`; nothing where not even that can be read."""
    try:
        cursor = local.cursor(log)
    except DamagedDatabase:
        return ()
    if cursor is None:
        return ()
    return (*confirmed_roots(local, cursor), *_signed_roots(local, log))


def _signed_roots(local: LocalLog, log: str) -> Sequence[Root]:
    cursor = local.cursor(log)
    signed = None if cursor is None else _signed(local, cursor)
    return () if signed is None else ((signed.size, signed.root),)


def _signed(local: LocalLog, cursor: Cursor) -> Checkpoint | None:
    """The newest checkpoint kept of a log; None without one by the key that is trusted now."""
    site = trusted_site(local)
    return None if site is None else site.kept_of(cursor)
