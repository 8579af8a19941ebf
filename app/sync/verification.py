"""Reading every record again after a quick opening: is it what was confirmed?"""

from __future__ import annotations

import asyncio

from app.log.local_log import LocalLog
from app.log.problems import DamagedDatabase, StoreError
from app.proof.merkle import CompactRange
from app.protocol.withholding import grow

PAGE_RECORDS = 250
PAUSE_SECONDS = 0.02
"""Between two pages: whoever writes or looks comes first."""


class RecordsDamaged(StoreError):
    """Records of this console's own file cannot be read, or are not those that were confirmed."""

    advice = (
        "Close Watchfloor and open it again. What you wrote and was not sent yet is saved then, "
        "the rest comes from the server again."
    )


async def find_damage(local: LocalLog, *, pause: float = PAUSE_SECONDS) -> RecordsDamaged | None:
    """Compute the tree of every log in a profile again; what is wrong, None when nothing is.

    After damage nothing is kept that would spare the next opening its check of the whole file.
    """
    try:
        for log in local.followed():
            if not await _is_whole(local, log, pause):
                local.forget_kept_states()
                return RecordsDamaged(f"the records of {log} here are not those it confirmed")
    except DamagedDatabase as error:
        local.forget_kept_states()
        return RecordsDamaged(f"records kept here cannot be read: {error}")
    return None


async def _is_whole(local: LocalLog, log: str, pause: float) -> bool:
    """Whether the records of `log` give its tree, whatever arrives while they are read."""
    tree, epoch = CompactRange(), None
    while (cursor := local.cursor(log)) is not None:
        if cursor.epoch != epoch or cursor.position < tree.size:
            tree, epoch = CompactRange(), cursor.epoch
        if tree.size == cursor.position:
            return tree.to_bytes() == cursor.tree
        before = tree.size
        grow(tree, local.lines(log, after=before, limit=PAGE_RECORDS))
        if tree.size == before:
            return False
        await asyncio.sleep(pause)
    return True
