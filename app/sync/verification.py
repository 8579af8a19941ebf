"""Reading every record again after a quick opening: is it what was confirmed, and signed?"""

from __future__ import annotations

import asyncio

from app.log.local_log import LocalLog
from app.log.local_values import Cursor
from app.log.problems import DamagedDatabase, StoreError
from app.proof.merkle import CompactRange
from app.proof.note import Checkpoint
from app.proof.problem import ProofRefused
from app.protocol.withholding import grow
from app.sync.site_watch import trusted_site

PAGE_RECORDS = 250
PAUSE_SECONDS = 0.02
"""Between two pages: whoever writes or looks comes first."""


class RecordsDamaged(StoreError):
    """Records of this console's own file cannot be read, or are not those that were confirmed."""

    advice = (
        "Close Watchfloor and open it again. What you wrote and was not sent yet is saved then, "
        "the rest comes from the server again."
    )


class RecordsUnsigned(RecordsDamaged):
    """Records of this console's own file are not those the server signed when they came."""

    advice = (
        "Somebody has changed this file. Export the queue if anything waits in it, and start with "
        "another --profile: the incidents come from the server again."
    )


async def find_damage(local: LocalLog, *, pause: float = PAUSE_SECONDS) -> RecordsDamaged | None:
    """Compute the tree of every log in a profile again; what is wrong, None when nothing is.

    The tree is held against what was confirmed and against the newest checkpoint kept of it.
    After damage nothing is kept that would spare the next opening its check of the whole file.
    """
    damage = None
    try:
        for log in local.followed():
            damage = damage or await _damage_of(local, log, pause)
    except DamagedDatabase as error:
        damage = RecordsDamaged(f"records kept here cannot be read: {error}")
    if damage is not None:
        local.forget_kept_states()
    return damage


async def _damage_of(local: LocalLog, log: str, pause: float) -> RecordsDamaged | None:
    """What is wrong with the records of `log`, whatever arrives while they are read."""
    tree, epoch, signed = CompactRange(), None, None
    while (cursor := local.cursor(log)) is not None:
        if cursor.epoch != epoch or cursor.position < tree.size:
            tree, epoch, signed = CompactRange(), cursor.epoch, _signed(local, cursor)
        if signed is not None and tree.size == signed.size and tree.root != signed.root:
            return RecordsUnsigned(f"the records of {log} here are not those the server signed")
        if tree.size == cursor.position:
            is_whole = tree.to_bytes() == cursor.tree
            return None if is_whole else _not_confirmed(log)
        before, limit = tree.size, PAGE_RECORDS
        if signed is not None and before < signed.size:
            limit = min(limit, signed.size - before)
        grow(tree, local.lines(log, after=before, limit=limit))
        if tree.size == before:
            return _not_confirmed(log)
        await asyncio.sleep(pause)
    return None


def _not_confirmed(log: str) -> RecordsDamaged:
    return RecordsDamaged(f"the records of {log} here are not those it confirmed")


def _signed(local: LocalLog, cursor: Cursor) -> Checkpoint | None:
    """The newest checkpoint kept of a log; None without one by the key that is trusted now."""
    site = trusted_site(local)
    if site is None or not cursor.checkpoint:
        return None
    try:
        return site.opened(cursor.checkpoint, cursor.log)
    except ProofRefused:
        return None
