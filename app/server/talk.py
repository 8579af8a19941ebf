"""The conversation of the server processes of one site: who is there, and what they say."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from time import monotonic
from typing import Self

from app.server.hints import Grown, Hint, Hints, Outgoing
from app.server.nats_hints import NatsHints
from app.server.postgres_hints import PostgresHints
from app.server.settings import Settings

ALIVE_SECONDS = 1.0
"""How often a process says that it lives, if it has nothing else to say."""

ECHO_SECONDS = 2.5
"""A line over which a process has not heard itself for so long counts as cut."""

DOUBT_SECONDS = 30.0
"""How long the database is looked at often after a process has fallen silent."""

SILENT_SECONDS = 4.0
"""A process that was not heard for so long counts as dead."""

RETELL_SECONDS = 10.0
"""How often what still holds is told again, for whoever missed it."""

_ALIVE, _JOINED = "alive", "joined"

HearWord = Callable[[str, bytes], None]
"""Gets the sender, which tells processes apart, and what it said (JSON)."""


class Talk:
    """Passes words between processes; a word may be lost, so it is told again while it holds.

    Use as an async context manager, after everyone who wants to hear has said so.  Where there
    is one process only (SQLite), nothing is heard and nothing sent.
    """

    def __init__(self, settings: Settings, *, is_shared: bool) -> None:
        self._outgoing = Outgoing()
        self._hints = self._line(settings) if is_shared else None
        self._topics: dict[str, HearWord] = {}
        self._heard_at: dict[str, float] = {}
        self._task: asyncio.Task[None] | None = None
        self._told_at = 0.0
        self._echo_at = 0.0
        self._missed_at = -DOUBT_SECONDS
        self.on_grown: list[Callable[[list[Grown]], None]] = []
        """Called with what grew at another process."""
        self.on_line: list[Callable[[], None]] = []
        """Called when the line stands (again): hints may have been missed."""
        self.on_retell: list[Callable[[], None]] = []
        """Called when it is time to say again what still holds."""
        self.on_silence: list[Callable[[str], None]] = []
        """Called with a sender that has died, or stopped."""

    def _line(self, settings: Settings) -> Hints:
        if settings.hints:
            return NatsHints(
                settings.hints, site=settings.site, outgoing=self._outgoing, ears=self
            )
        return PostgresHints(settings.database, outgoing=self._outgoing, ears=self)

    @property
    def is_shared(self) -> bool:
        """Whether there may be other processes."""
        return self._hints is not None

    @property
    def is_live(self) -> bool:
        """Whether what others say is likely to arrive just now.

        One's own words do, the others' did a moment ago, and nobody has fallen silent lately:
        they may still live, and only be cut off from the line.
        """
        if self._hints is None or not self._hints.is_live:
            return False
        now = monotonic()
        oldest = min(self._heard_at.values(), default=now)
        is_heard = now - min(self._echo_at, oldest) < ECHO_SECONDS
        return is_heard and now - self._missed_at > DOUBT_SECONDS

    @property
    def sender(self) -> str:
        """How the others know this process."""
        return self._outgoing.sender

    @property
    def others(self) -> list[str]:
        """The processes that were heard a moment ago."""
        return sorted(self._heard_at)

    async def __aenter__(self) -> Self:
        if self._hints is not None:
            await self._hints.__aenter__()
            self._task = asyncio.create_task(self._run(), name="talk")
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._hints is not None and self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])
            await self._hints.__aexit__(None, None, None)

    def on_word(self, topic: str, hear: HearWord) -> None:
        """Hear what others say about a topic; what cannot be read is for `hear` to pass over."""
        self._topics[topic] = hear

    def grow(self, grown: Grown) -> None:
        """Tell that a log has grown, soon; never fails and never waits."""
        if self._hints is not None:
            self._outgoing.grow(grown)

    def say(self, topic: str, content: bytes, *, key: str = "") -> None:
        """Tell a word (JSON) soon; a newer one under the same key may take its place."""
        if self._hints is not None:
            self._outgoing.say(topic, key, content)

    def hear(self, hint: Hint) -> None:
        """This was said, by another process or this one."""
        if hint.sender == self.sender:
            self._echo_at = monotonic()
            return
        self._heard_at[hint.sender] = monotonic()
        if hint.grown:
            for listener in self.on_grown:
                listener(hint.grown)
        for word in hint.words:
            if word.topic == _JOINED:
                self._told_at = 0.0  # it knows nothing yet
            elif (hear := self._topics.get(word.topic)) is not None:
                hear(hint.sender, bytes(word.content))

    def connected(self) -> None:
        """The line stands (again)."""
        self.say(_JOINED, b"0")
        self._told_at = 0.0
        for listener in self.on_line:
            listener()

    def look_around(self, now: float) -> None:
        """Say what is due at `now` (seconds of `monotonic`), and note who has fallen silent."""
        self.say(_ALIVE, b"0")
        if now - self._told_at >= RETELL_SECONDS:
            self._told_at = now
            for tell in self.on_retell:
                tell()
        for sender in [one for one, at in self._heard_at.items() if now - at > SILENT_SECONDS]:
            del self._heard_at[sender]
            self._missed_at = now
            for listener in self.on_silence:
                listener(sender)

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(ALIVE_SECONDS)
            self.look_around(monotonic())


__all__ = ["ALIVE_SECONDS", "RETELL_SECONDS", "SILENT_SECONDS", "HearWord", "Talk"]
