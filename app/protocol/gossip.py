"""What server and consoles tell each other of the site's record, in a header both ways.

It is the newest checkpoint of the site log that the sender knows, and the epoch of the
organisation's log it was seen under: a restore begins new epochs, and what was signed before it
says nothing about what is signed after it.
"""

from __future__ import annotations

from dataclasses import dataclass

from app.proof.encoding import from_base64url, to_base64url
from app.proof.problem import ProofRefused
from app.protocol.authoring import EPOCH_CHARACTERS

MAX_WORD_CHARACTERS = 4_096


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteWord:
    """A signed note of the site log, as it came, and the beginning of the epoch it belongs to."""

    epoch: str
    note: bytes

    @property
    def header(self) -> str:
        """How it travels: the epoch, a dot, and the note in base64url."""
        return f"{self.epoch[:EPOCH_CHARACTERS]}.{to_base64url(self.note)}"


def read_site_word(text: str) -> SiteWord:
    """What a header says; raises `ProofRefused` when it cannot be read."""
    epoch, _, note = text.partition(".")
    if len(text) > MAX_WORD_CHARACTERS or len(epoch) != EPOCH_CHARACTERS:
        raise ProofRefused("is not a checkpoint with its epoch", where="header")
    try:
        return SiteWord(epoch=epoch, note=from_base64url(note))
    except ValueError as error:
        raise ProofRefused(str(error), where="header") from error
