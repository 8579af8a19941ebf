"""Facts about what people write and do: notes, actions, follow-ups, pins, corrections."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from app.events.fact import Fact
from app.events.sensitivity import Sensitivity


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file that belongs to an entry; the server keeps it under its SHA-256 (hex)."""

    sha256: str
    name: str
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteWritten(Fact):
    """Something a person said or saw, word for word.

    `command` is the capture command it was typed with, if that command has no fact of its own
    yet ("/p"): nothing typed is lost.
    """

    kind: ClassVar[str] = "note.written@1"

    text: str
    services: tuple[str, ...] = ()
    mentions: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    command: str = ""
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteRewritten(Fact):
    """The text of a note was corrected; `replaces` is the event id of the text it corrects.

    `labels` are those of the note: what it says anew may be read as far as what it said.
    """

    kind: ClassVar[str] = "note.rewritten@1"

    note: str
    replaces: str
    text: str
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionAssigned(Fact):
    """Work given to one person, with the time by which to check back."""

    kind: ClassVar[str] = "action.assigned@1"

    text: str
    owner: str = ""
    owner_name: str = ""
    services: tuple[str, ...] = ()
    check_back_at: datetime | None = None
    action: str = ""
    """The id of the assignment this one replaces; empty for a new action."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionExtended(Fact):
    """The owner needs more time."""

    kind: ClassVar[str] = "action.extended@1"

    action: str
    check_back_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionDone(Fact):
    """The action's owner finished it."""

    kind: ClassVar[str] = "action.done@1"

    action: str
    result: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUpNoted(Fact):
    """Work agreed for after the incident."""

    kind: ClassVar[str] = "follow_up.noted@1"

    text: str
    owner: str = ""
    services: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryPinned(Fact):
    """A timeline entry is significant; it joins the executive timeline."""

    kind: ClassVar[str] = "entry.pinned@1"

    entry: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryTakenBack(Fact):
    """Its author took an entry back.  The entry stays, struck out, with this trace."""

    kind: ClassVar[str] = "entry.taken_back@1"

    entry: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryClassified(Fact):
    """A note, and what rewrites it, is more sensitive than it said.

    Of several levels the highest holds: what was read widely cannot be made to be read less by
    an accident, and nobody can open by a fact what another one closed.
    """

    kind: ClassVar[str] = "entry.classified@1"

    entry: str
    sensitivity: Sensitivity
    reason: str = ""


WORK_KINDS: tuple[type[Fact], ...] = (
    NoteWritten,
    NoteRewritten,
    ActionAssigned,
    ActionExtended,
    ActionDone,
    FollowUpNoted,
    EntryPinned,
    EntryTakenBack,
    EntryClassified,
)
