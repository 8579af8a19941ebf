"""Who may read which record: labels on notes, what was classified since, and clearances."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

import msgspec

from app.errors import InvalidInput
from app.events.codec import Codec
from app.events.event import Standing
from app.events.sensitivity import Sensitivity, highest, sensitivity_of
from app.incident.kinds.work import EntryClassified
from app.log.appending import Growth
from app.log.credentials import Principal
from app.log.event_log import EventLog, Page
from app.proof.merkle import leaf_hash
from app.proof.withheld import WithheldRecord
from app.protocol.withholding import StampedWithheld
from app.server.registry import Registry

_CLASSIFIED = EntryClassified.kind.encode()
_NOTE = b"note."
_ESCAPED = b"\\u"
_NO_LABELS = b'"labels":[]'

Levels = Mapping[str, Sensitivity]
"""How sensitive notes are by what was said of them later, by event id."""


class _Data(msgspec.Struct, frozen=True):
    labels: tuple[str, ...] = ()
    note: str = ""


class _Body(msgspec.Struct, frozen=True):
    id: str
    kind: str
    actor: str
    data: _Data


class _Line(msgspec.Struct, frozen=True):
    position: int
    received_at: int
    body: _Body


_LINE = msgspec.json.Decoder(_Line)


@dataclass(frozen=True, slots=True)
class _Known:
    position: int
    levels: Levels


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """A record that not everybody may read: its author may, and those with the clearance."""

    record: StampedWithheld
    author: str


class Discretion:
    """Says which records of a log are kept from whom.  May be asked from any thread.

    Only notes are ever kept back: what else there is (severity, decisions and their numbers, who
    does what) must be the same to everyone who works on the incident.
    """

    def __init__(self, log: EventLog, registry: Registry, codec: Codec) -> None:
        self._log = log
        self._registry = registry
        self._codec = codec
        self._known: dict[str, _Known] = {}

    def clearance(self, principal: Principal) -> Sensitivity:
        """How sensitive a record may be that this person or integration reads.

        The owner of the site reads everything: it is their database.
        """
        if principal.is_owner:
            return Sensitivity.RESTRICTED
        return self._registry.clearance(principal.person_id or principal.actor)

    def is_for_all(self, growth: Growth) -> bool:
        """Whether everybody may read what was added, as far as is known here."""
        known = self._known.get(growth.log)
        if known is None or known.position < growth.last:
            return False
        return not self.sealed(growth.lines, known.levels)

    def knows(self, log: str, position: int) -> bool:
        """Whether it is known what was classified in `log` up to `position`."""
        known = self._known.get(log)
        return known is not None and known.position >= position

    def learn(self, growth: Growth) -> None:
        """Take in what was added to a log that somebody has read here."""
        known = self._known.get(growth.log)
        if known is not None and growth.first <= known.position + 1 <= growth.last:
            levels = self._with(known.levels, growth.lines)
            self._known[growth.log] = _Known(growth.last, levels)

    def levels(self, log: str, head: int) -> Levels:
        """What was classified in the first `head` records of a log; raises `StoreError`."""
        known = self._known.get(log, _Known(0, MappingProxyType({})))
        if known.position < head:
            lines = self._log.lines_of_kind(log, EntryClassified.kind, after=known.position)
            known = _Known(head, self._with(known.levels, lines))
            if self._known.get(log, _Known(0, {})).position < head:
                self._known[log] = known
        return known.levels

    def sealed(self, lines: Sequence[bytes], levels: Levels) -> dict[int, Sealed]:
        """Which of these lines not everybody may read, by index."""
        found = {}
        for index, line in enumerate(lines):
            if _NOTE in line or _ESCAPED in line:
                sealed = None if _says_nothing(line, levels) else _sealed(line, levels)
                if sealed is not None:
                    found[index] = sealed
        return found

    def sealed_in(self, page: Page) -> dict[int, Sealed]:
        """Which lines of a page not everybody may read, by index; raises `StoreError`."""
        return self.sealed(page.lines, self.levels(page.log, page.head))

    def withheld(
        self, sealed: Mapping[int, Sealed], principal: Principal
    ) -> dict[int, StampedWithheld]:
        """Which of these this reader may not read, by index, and what they get instead."""
        clearance = self.clearance(principal)
        return {
            index: one.record
            for index, one in sealed.items()
            if one.author != principal.actor
            and not one.record.sensitivity.may_be_read_with(clearance)
        }

    def page_for(self, page: Page, sealed: Mapping[int, Sealed], principal: Principal) -> Page:
        """The page as this reader gets it; `sealed` are those in it."""
        withheld = self.withheld(sealed, principal)
        if not withheld:
            return page
        lines = list(page.lines)
        for index, instead in withheld.items():
            lines[index] = instead.line
        return replace(page, lines=tuple(lines))

    def _with(self, levels: Levels, lines: Sequence[bytes]) -> Levels:
        """The levels with what more lines say."""
        news = dict[str, Sensitivity]()
        for line in lines:
            if _CLASSIFIED not in line:
                continue
            try:
                recorded = self._codec.read_record(line)
            except InvalidInput:
                continue
            fact = recorded.event.fact
            if isinstance(fact, EntryClassified) and recorded.standing is Standing.ACCEPTED:
                before = news.get(fact.entry) or levels.get(fact.entry)
                said = () if before is None else (before,)
                news[fact.entry] = highest((fact.sensitivity, *said))
        return MappingProxyType({**levels, **news}) if news else levels


def _says_nothing(line: bytes, levels: Levels) -> bool:
    """Whether a line, as nearly all, need not be taken apart."""
    return not levels and _NO_LABELS in line


def _sealed(line: bytes, levels: Levels) -> Sealed | None:
    try:
        read = _LINE.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    body = read.body
    if not body.kind.startswith("note."):
        return None
    later = (levels[one] for one in (body.id, body.data.note) if one in levels)
    level = highest((sensitivity_of(body.data.labels), *later))
    if level.may_be_read_with(Sensitivity.INTERNAL):
        return None
    withheld = WithheldRecord(position=read.position, leaf=leaf_hash(line))
    return Sealed(
        record=StampedWithheld(record=withheld, received_at=read.received_at, sensitivity=level),
        author=body.actor,
    )
