"""The window's line to the worker: starts it, has it do what people ask for, and ends it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import Future
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from PySide6.QtCore import QObject, Slot

from app.console.bridge import Bridge
from app.console.bringing_up import BringingUp
from app.console.options import Options
from app.console.server_time import ServerTime
from app.errors import WatchfloorError
from app.events.codec import to_microseconds
from app.events.event import Draft, Event
from app.incident.kinds.signals import Health
from app.sync.worker import Worker

if TYPE_CHECKING:
    from app.console.backstage import Backstage
    from app.console.cataloguing import Imported
    from app.graph.layout.focus import FocusLayout, FocusSize
    from app.sync.carrying import TakenIn

T = TypeVar("T")

DRAFT_SECONDS, FAREWELL_SECONDS = 10.0, 1.0
"""How long ending waits for what is typed to be on disk, and for the others to be told."""


class WorkerLink(QObject):
    """Called in the user interface's thread; the answers come through the bridge or as futures.

    What is asked before the worker has loaded what does it is done as soon as it has.
    """

    def __init__(
        self, options: Options, bridge: Bridge, time: ServerTime, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._time = time
        self._worker = Worker()
        self._bringing_up = BringingUp(options, bridge)
        self._backstage: Future[Backstage] = Future()
        self._running: Future[None] | None = None
        self._draft: Future[None] | None = None

    def start(self) -> None:
        """Begin to load, and then to stay in step."""
        self._worker.start()
        self._running = self._worker.submit(self._work())

    @property
    def has_ended(self) -> bool:
        """Whether nothing more can come: what works behind the window ended, and said why."""
        return self._running is not None and self._running.done()

    def end(self) -> None:
        """Wait, but not for long, for the last words to be kept and said; then stop."""
        if self._running is None:
            return
        if self._backstage.done():
            farewell = self.ask(lambda stage: stage.leave())
            for last_word, within in ((self._draft, DRAFT_SECONDS), (farewell, FAREWELL_SECONDS)):
                with suppress(TimeoutError, WatchfloorError):
                    if last_word is not None:
                        last_word.result(within)
        self._worker.stop(timeout=10.0)  # once: a second cancellation would cut the ending off

    async def _work(self) -> None:
        """Load what is slow to load, then stay in step until cancelled."""
        backstage = await self._bringing_up.bring_up()
        self._backstage.set_result(backstage)
        await backstage.run()

    def ask(self, work: Callable[[Backstage], Coroutine[Any, Any, T]]) -> Future[T]:
        """Let what works on the worker do something, once it is loaded."""

        async def ask() -> T:
            return await work(await asyncio.wrap_future(self._backstage))

        return self._worker.submit(ask())

    @Slot()
    def tell_shown(self) -> None:
        """Something is on the screen: whatever waited for that may begin."""
        self._worker.submit(self._bringing_up.note_shown())

    @Slot()
    def try_at_once(self) -> None:
        """Do not wait out a pause before the server is asked again."""
        self.ask(lambda stage: stage.try_at_once())

    @Slot()
    def open_read_only(self) -> None:
        """Show what a newer version wrote, as it is."""
        self.ask(lambda stage: stage.open_read_only())

    # --- what is written --------------------------------------------------------------------

    def write(
        self, drafts: tuple[Draft, ...], seen: int, repeats: str
    ) -> Future[tuple[Event, ...]]:
        """Log drafts in the incident, by the server's clock; gives the events."""
        stamped = self._time.stamped(drafts)
        return self.ask(lambda stage: stage.write(stamped, seen, repeats))

    def write_of_organisation(
        self, drafts: tuple[Draft, ...], seen: int
    ) -> Future[tuple[Event, ...]]:
        """Log drafts in the organisation's log; gives the events."""
        return self.ask(lambda stage: stage.write_of_organisation(drafts, seen))

    def import_catalogues(self, paths: Sequence[Path]) -> Future[Imported]:
        """Bring the organisation in line with what these files say."""
        return self.ask(lambda stage: stage.import_catalogues(paths))

    @Slot(str)
    def give_passphrase(self, passphrase: str) -> None:
        """Answer what was asked for a profile; empty for no passphrase."""
        self.ask(lambda stage: stage.give_passphrase(passphrase))

    @Slot(str, object)
    def save_draft(self, text: str, began_at: datetime | None) -> None:
        """Keep what is being typed, and when its first character was."""
        self._draft = self.ask(lambda stage: _keep_draft(stage, text, began_at))

    # --- the queue in files -----------------------------------------------------------------

    def export_queue(self, path: Path) -> Future[tuple[Path, int]]:
        """Write what waits to a file; gives the file and how many events are in it."""
        return self.ask(lambda stage: stage.export_queue(path))

    def import_queue(self, path: Path) -> Future[TakenIn]:
        """Take in what waits in a file."""
        return self.ask(lambda stage: stage.import_queue(path))

    # --- what is looked into ----------------------------------------------------------------

    def look_back(self, moment: datetime, number: int) -> Future[None]:
        """Find out how things stood at a moment; the answer bears this number."""
        return self.ask(lambda stage: stage.look_back(moment, number))

    @Slot(str, object)
    def suppose(self, service: str, health: Health) -> None:
        """Work out what would follow if a service were in this health."""
        self.ask(lambda stage: stage.looking.suppose(service, health))

    @Slot(str)
    def measure(self, service: str) -> None:
        """Find what was measured of a service."""
        self.ask(lambda stage: stage.looking.measure(service))

    @Slot(object)
    def lay_out_afresh(self, size: FocusSize) -> None:
        """Find new places on a map of this size."""
        self.ask(lambda stage: stage.looking.lay_out_afresh(size))

    @Slot(object)
    def restore_layout(self, layout: FocusLayout) -> None:
        """Take these places on the map again."""
        self.ask(lambda stage: stage.looking.restore(layout))


async def _keep_draft(stage: Backstage, text: str, began_at: datetime | None) -> None:
    profile = await stage.open_profile()
    if profile is not None:
        profile.save_draft(text, None if began_at is None else to_microseconds(began_at))
