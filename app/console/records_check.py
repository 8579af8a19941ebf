"""Reading the records of a profile again once the window works, and saying what is wrong."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from app.console.bridge import Notice
from app.log.local_log import LocalLog
from app.log.problems import DamagedDatabase
from app.protocol.doubt import Doubt
from app.sync.locating import Prove
from app.sync.verification import RecordsDamaged, find_damage

CHECK_AFTER_SECONDS = 10.0

LOOK_SECONDS = 5.0
"""How often damage is looked at: whether records came again since."""


async def tell_of_damage(
    local: LocalLog,
    tell: Callable[[Notice], None],
    doubt: Callable[[Sequence[Doubt]], None],
    *,
    prove: Prove | None = None,
    after: float = CHECK_AFTER_SECONDS,
    look: float = LOOK_SECONDS,
) -> None:
    """Check, `after` so many seconds, what a quick opening took as it was kept.

    Damage is told of once.  While there is any, `doubt` is given which records are in doubt, and
    all is checked again whenever records were put in the place of others; at last `doubt` is
    given nothing.  `prove` asks the server where exactly they begin.
    """
    await asyncio.sleep(after)
    known: set[str] = set()
    checked: tuple[object, ...] | None = None
    while True:
        copies = _copies(local)
        if copies != checked:
            checked, damages = copies, await find_damage(local, prove=prove)
            doubt([one.doubt for one in damages])
            for damage in damages:
                if str(damage) not in known:
                    tell(_notice(damage))
            if not damages:
                return
            known.update(map(str, damages))
        await asyncio.sleep(look)


def _notice(damage: RecordsDamaged) -> Notice:
    return Notice(sentence=str(damage), advice=damage.advice)


def _copies(local: LocalLog) -> tuple[object, ...]:
    """Changes when records that are here give way to others: of an epoch, or reworded ones."""
    try:
        cursors = [local.cursor(log) for log in local.followed()]
    except DamagedDatabase:
        cursors = []
    epochs = tuple((one.log, one.epoch) for one in cursors if one is not None)
    return epochs, local.rewrites
