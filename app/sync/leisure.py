"""Keeping the state of a long log while little happens, so that it opens quickly next time."""

from __future__ import annotations

import asyncio
import logging
from typing import TypeVar

from app.log.problems import StoreError
from app.sync.log_copy import LogCopy

_log = logging.getLogger(__name__)

S = TypeVar("S")

LOOK_SECONDS = 5.0
"""How often it is looked whether a state is worth keeping."""

_BUSY_RECORDS = 500
"""From so many records between two looks a log is being caught up with: it will be kept later."""


async def keep_at_leisure(copy: LogCopy[S], every: float = LOOK_SECONDS) -> None:
    """Keep states of `copy` until cancelled, and once more then; takes parts on a spare thread.

    What the disk cannot do is logged: nothing depends on it.
    """
    before = copy.position
    try:
        while True:
            await asyncio.sleep(every)
            arrived, before = copy.position - before, copy.position
            if arrived < _BUSY_RECORDS:
                await _keep(copy)
    finally:
        _keep_now(copy)


async def _keep(copy: LogCopy[S]) -> None:
    try:
        keepsake = copy.to_keep()
        if keepsake is not None:
            copy.keep(keepsake, await asyncio.to_thread(keepsake.kept))
    except StoreError as error:
        _log.warning("no state could be kept: %s", error)


def _keep_now(copy: LogCopy[S]) -> None:
    try:
        keepsake = copy.to_keep()
        if keepsake is not None:
            copy.keep(keepsake, keepsake.kept())
    except StoreError as error:
        _log.warning("no state could be kept: %s", error)
