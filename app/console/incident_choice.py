"""Which incident a console opens: the one asked for, else the newest there is."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

from app.console.bridge import Notice
from app.sync.unavailable import ServerUnavailable

if TYPE_CHECKING:
    from app.sync.api_client import ApiClient

LOOK_SECONDS = 1.0


async def choose_incident(
    api: ApiClient, *, wanted: str, known: str, tell: Callable[[Notice], None]
) -> str:
    """The id of the incident called `wanted` (id or number; "" takes the newest).

    Waits until there is one, and says so once.  Without a server it is the one `known` from
    last time, if there was a last time.
    """
    told = False
    while True:
        try:
            listed = (await api.incidents()).incidents
        except ServerUnavailable:
            if known:
                return known
            listed = []
        for incident in listed:
            if not wanted or wanted in (incident.id, incident.number):
                return incident.id
        if not told:
            told = True
            what = f"called {wanted} " if wanted else ""
            tell(
                Notice(
                    sentence=f"There is no incident {what}yet.",
                    advice="python main.py declare TITLE begins one.",
                )
            )
        await asyncio.sleep(LOOK_SECONDS)
