"""What server processes tell one another: "log X grew to n", and words that are not recorded.

A hint may be lost, late or doubled; whoever gets one reads the database where it matters.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Callable
from typing import Protocol, Self

import msgspec

_log = logging.getLogger(__name__)

_MOST_WORDS = 20_000
_WORDS_AT_ONCE = 1_000


class Grown(msgspec.Struct, frozen=True, array_like=True):
    """Records `first` to `last` were added to a log; `is_listed` if one may change the list."""

    log: str
    first: int
    last: int
    epoch: str
    received_at: int
    is_listed: bool


class Word(msgspec.Struct, frozen=True, array_like=True):
    """Something that passes: JSON about a topic."""

    topic: str
    content: msgspec.Raw


class Hint(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Everything one process had to say at one moment; `sender` tells processes apart."""

    sender: str
    grown: list[Grown] = []
    words: list[Word] = []


_HINT = msgspec.json.Decoder(Hint)


class Ears(Protocol):
    """Who hears."""

    def hear(self, hint: Hint) -> None:
        """This was said, by another process or this one."""

    def connected(self) -> None:
        """The line stands (again); what was said before may have been missed."""


class Hints(Protocol):
    """A way to tell other processes.  Use as an async context manager."""

    @property
    def is_live(self) -> bool:
        """Whether hints are likely to arrive just now."""

    async def __aenter__(self) -> Self:
        """Begin to listen."""

    async def __aexit__(self, *_: object) -> None:
        """Stop."""


class Outgoing:
    """What is to be told: each log's growth in one, and the newest word under each key."""

    def __init__(self) -> None:
        self.sender = secrets.token_hex(8)
        self._grown: dict[str, Grown] = {}
        self._words: dict[tuple[str, str], bytes] = {}
        self._news = asyncio.Event()

    def grow(self, grown: Grown) -> None:
        """Tell that a log has grown, soon; never fails and never waits."""
        before = self._grown.get(grown.log)
        if before is not None:
            has_hole = grown.first != before.last + 1  # somebody else's, and perhaps listed
            is_listed = grown.is_listed or before.is_listed or has_hole
            grown = msgspec.structs.replace(grown, first=before.first, is_listed=is_listed)
        self._grown[grown.log] = grown
        self._news.set()

    def say(self, topic: str, key: str, content: bytes) -> None:
        """Tell a word (JSON) soon; it takes the place of one under the same key not told yet."""
        if len(self._words) < _MOST_WORDS or (topic, key) in self._words:
            self._words[topic, key] = content
        self._news.set()

    async def take(self) -> bytes:
        """Everything that is to be told, once there is something."""
        await self._news.wait()
        grown, self._grown = list(self._grown.values()), {}
        some = list(self._words.items())[:_WORDS_AT_ONCE]
        for key, _ in some:
            del self._words[key]
        if not self._words:
            self._news.clear()
        words = [Word(topic=topic, content=msgspec.Raw(said)) for (topic, _), said in some]
        return msgspec.json.encode(Hint(sender=self.sender, grown=grown, words=words))

    def give(self, content: bytes, hear: Callable[[Hint], None]) -> None:
        """Pass on what was said, by this process too: so it knows that it is heard."""
        try:
            hint = _HINT.decode(content)
        except (msgspec.DecodeError, UnicodeDecodeError):
            _log.warning("a hint that cannot be read was passed over")
            return
        hear(hint)


__all__ = ["Ears", "Grown", "Hint", "Hints", "Outgoing", "Word"]
