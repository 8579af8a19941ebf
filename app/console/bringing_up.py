"""What the worker does first: show what the last session left, then load what goes on with it."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from importlib import import_module
from typing import TYPE_CHECKING

from app.console.bridge import Bridge
from app.console.options import Options
from app.sync.folders import profile_folder
from app.sync.site_profiles import SiteProfiles

if TYPE_CHECKING:
    from app.console.backstage import Backstage

SHOWN_WITHIN_SECONDS = 1.0


class BringingUp:
    """Lives on the worker's loop.  `note_shown` tells it that a state is on the screen."""

    def __init__(self, options: Options, bridge: Bridge) -> None:
        self._options = options
        self._bridge = bridge
        self._is_shown = asyncio.Event()

    async def note_shown(self) -> None:
        """What was published is on the screen: there is time for everything else."""
        self._is_shown.set()

    async def await_shown(self) -> None:
        """Wait until a state is on the screen, but not for long."""
        with suppress(TimeoutError):  # `wait_for` of Python 3.11 may go on where it is cancelled
            async with asyncio.timeout(SHOWN_WITHIN_SECONDS):
                await self._is_shown.wait()

    async def bring_up(self) -> Backstage:
        """Show what is on disk; gives what opens it for work, not opened yet."""
        from app.console.first_look import first_look
        from app.protocol.kinds import full_codec

        at = SiteProfiles(self._options.profile).at(self._options.address)
        folder = profile_folder(at or self._options.profile)
        is_in_doubt = at == ""
        seen = None if is_in_doubt else first_look(folder, self._options, full_codec())
        if seen is not None:
            seen.publish(self._bridge)
            await self.await_shown()
        await asyncio.to_thread(import_module, "app.console.backstage")
        from app.console.backstage import Backstage

        return Backstage(
            self._options, self._bridge, self.await_shown, is_draft_known=seen is not None
        )
