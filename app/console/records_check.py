"""Reading the records of a profile again once the window works, and saying what is wrong."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from app.console.bridge import Notice
from app.log.local_log import LocalLog
from app.sync.verification import find_damage

CHECK_AFTER_SECONDS = 10.0


async def tell_of_damage(
    local: LocalLog, tell: Callable[[Notice], None], after: float = CHECK_AFTER_SECONDS
) -> None:
    """Check, `after` so many seconds, what a quick opening took as it was kept."""
    await asyncio.sleep(after)
    damage = await find_damage(local)
    if damage is not None:
        tell(Notice(sentence=str(damage), advice=damage.advice))
