"""What a fact is: the payload of an event, one frozen dataclass per kind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from app.events.sensitivity import Sensitivity


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """Something that happened.  Subclasses are the kinds of facts a log can hold.

    `kind` is the stored name, `area.verb_past@version`.  It is part of the public contract:
    it is never renamed and never a Python path (see `docs/events.md`).
    """

    kind: ClassVar[str] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnreadableFact(Fact):
    """A fact of a kind, or in a shape, that this version cannot read.

    It is kept, counted and listed, never folded.  `stored_kind` is the name it carries,
    `data` its JSON bytes as received, `problem` why it could not be read.
    """

    kind: ClassVar[str] = "unreadable"

    stored_kind: str
    data: bytes
    problem: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WithheldFact(Fact):
    """What this reader may not read: that something is recorded here, and how sensitive it is.

    `leaf` is the 32-byte hash of the record, so that the proof over the log holds without it.
    """

    kind: ClassVar[str] = "withheld"

    sensitivity: Sensitivity
    leaf: bytes
