"""Who is in which room and what they are about to do: passed on, never recorded.

What somebody says of themselves holds until they say something else, that they have gone, or
nothing for `PRESENCE_SECONDS`; and no longer than the server process they said it to.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Self

import msgspec

from app.protocol.presence import PRESENCE_SECONDS
from app.protocol.stream import FrameKind
from app.server.feed import Feed
from app.server.talk import Talk

_TOPIC, _ASKED = "presence", "presence-asked"
_SWEEP_SECONDS = 1.0
_MOST_IN_A_ROOM = 500
_NULL = b"null"

Who = tuple[str, str]
"""An actor, and which of their consoles (empty if it does not say)."""


class _Word(msgspec.Struct, frozen=True, array_like=True):
    """One presence on its way to another process; `line` is `null` for one that has gone."""

    log: str
    actor: str
    console: str
    line: msgspec.Raw
    seconds: float


_WORD = msgspec.json.Decoder(_Word)
_LOG_NAME = msgspec.json.Decoder(str)


@dataclass(frozen=True, slots=True)
class _Present:
    line: bytes
    sender: str
    until: float


class Presence:
    """Knows who is in the rooms somebody follows here, and tells whoever follows them.

    Use as an async context manager.
    """

    def __init__(self, feed: Feed, talk: Talk, monotonic: Callable[[], float]) -> None:
        self._feed = feed
        self._talk = talk
        self._monotonic = monotonic
        self._rooms: dict[str, dict[Who, _Present]] = {}
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._talk.on_word(_TOPIC, self._hear)
        self._talk.on_word(_ASKED, lambda _, content: self._answer(content))
        self._talk.on_retell.append(self._tell_all_again)
        self._talk.on_silence.append(self._forget)
        self._task = asyncio.create_task(self._run(), name="presence")
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])

    def say(self, log: str, actor: str, said: Mapping[str, msgspec.Raw]) -> None:
        """Somebody says of themselves here: what to show of them, or `"gone": true`."""
        who = (actor, _text_in(said.get("console")))
        if bytes(said.get("gone", b"")) == b"true":
            self._leave(log, who)
            self._pass_on(log, who, None)
            return
        line = _one_line({**said, "actor": msgspec.Raw(msgspec.json.encode(actor))})
        present = _Present(line, self._talk.sender, self._monotonic() + PRESENCE_SECONDS)
        if self._enter(log, who, present):
            self._pass_on(log, who, present)

    def present(self, log: str) -> list[bytes]:
        """What those in this room said last, one JSON object each, for one who comes in."""
        if self._talk.is_shared:
            self._talk.say(_ASKED, msgspec.json.encode(log), key=log)
        return [one.line for one in self._rooms.get(log, {}).values()]

    def _enter(self, log: str, who: Who, present: _Present) -> bool:
        """Note a word of presence; whether it says anything new."""
        room = self._rooms.setdefault(log, {})
        before = room.get(who)
        if before is None and len(room) >= _MOST_IN_A_ROOM:
            return False
        room[who] = present
        if before is not None and (before.line, before.sender) == (present.line, present.sender):
            return False
        self._feed.announce(log, FrameKind.PRESENCE, [present.line])
        return True

    def _leave(self, log: str, who: Who) -> None:
        room = self._rooms.get(log, {})
        if room.pop(who, None) is not None:
            self._feed.announce(log, FrameKind.PRESENCE, [_gone(who)])
        if not room:
            self._rooms.pop(log, None)

    # Other processes

    def _pass_on(self, log: str, who: Who, present: _Present | None) -> None:
        if not self._talk.is_shared:
            return
        word = _Word(
            log,
            *who,
            msgspec.Raw(_NULL if present is None else present.line),
            0.0 if present is None else present.until - self._monotonic(),
        )
        self._talk.say(_TOPIC, msgspec.json.encode(word), key="\n".join((log, *who)))

    def _hear(self, sender: str, content: bytes) -> None:
        try:
            word = _WORD.decode(content)
        except msgspec.DecodeError:
            return
        if not self._feed.has_listeners(word.log):
            return
        who = (word.actor, word.console)
        if (line := bytes(word.line)) != _NULL:
            until = self._monotonic() + min(word.seconds, PRESENCE_SECONDS)
            self._enter(word.log, who, _Present(line, sender, until))
        elif (known := self._rooms.get(word.log, {}).get(who)) and known.sender == sender:
            self._leave(word.log, who)

    def _answer(self, content: bytes) -> None:
        """Somebody came into a room at another process."""
        try:
            log = _LOG_NAME.decode(content)
        except msgspec.DecodeError:
            return
        self._tell_again(log)

    def _tell_again(self, log: str) -> None:
        for who, present in self._rooms.get(log, {}).items():
            if present.sender == self._talk.sender:
                self._pass_on(log, who, present)

    def _tell_all_again(self) -> None:
        for log in self._rooms:
            self._tell_again(log)

    def _forget(self, sender: str) -> None:
        """A process has died, and those who were there with it."""
        self._leave_where(lambda one: one.sender == sender)

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(_SWEEP_SECONDS)
            self.leave_the_silent()

    def leave_the_silent(self) -> None:
        """Let go of everyone who has said nothing for too long."""
        now = self._monotonic()
        self._leave_where(lambda one: one.until <= now)

    def _leave_where(self, is_over: Callable[[_Present], bool]) -> None:
        over = [
            (log, who)
            for log, room in self._rooms.items()
            for who, present in room.items()
            if is_over(present)
        ]
        for log, who in over:
            self._leave(log, who)


def _gone(who: Who) -> bytes:
    actor, console = who
    return msgspec.json.encode({"actor": actor, "console": console, "gone": True})


def _text_in(raw: msgspec.Raw | None) -> str:
    try:
        return "" if raw is None else msgspec.json.decode(raw, type=str)
    except msgspec.DecodeError:
        return ""


def _one_line(said: Mapping[str, msgspec.Raw]) -> bytes:
    """The object without line breaks between its parts; they cannot be inside strings."""
    return msgspec.json.encode(said).replace(b"\r", b" ").replace(b"\n", b" ")
