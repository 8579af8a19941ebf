"""The word of presence: who is at a console that shows a log, told and never recorded."""

from __future__ import annotations

import msgspec

from app.errors import InvalidInput

PRESENCE_SECONDS = 60.0
"""How long a word of presence holds on a server if it is not said again."""


class PresenceWord(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One console's word, as it is sent, and as a `presence` frame gives it to the others.

    `actor` ("person:maria") is the server's to say and empty on the way there; `gone` says that
    nobody is at that console any more.
    """

    console: str = ""
    gone: bool = False
    actor: str = ""


def presence_content(word: PresenceWord) -> bytes:
    """The word as JSON."""
    return msgspec.json.encode(word)


def read_presence(line: bytes) -> PresenceWord:
    """The word in a data line of a frame; raises `InvalidInput` for anything else."""
    try:
        return msgspec.json.decode(line, type=PresenceWord)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InvalidInput(f"this is no word of presence: {error}") from error
