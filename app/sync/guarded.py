"""Which records that are shown here not everybody may read: a server may take them back."""

from __future__ import annotations

from app.errors import InvalidInput
from app.events.codec import Codec
from app.events.event import Recorded, Standing
from app.events.sensitivity import Sensitivity, sensitivity_of
from app.incident.kinds.work import EntryClassified, NoteRewritten, NoteWritten
from app.sync.local_store import LocalStore

_LABELLED = b'"labels":["'
_CLASSIFIED = EntryClassified.kind.encode()


class GuardedRecords:
    """Those of one log, but what `actor` wrote: that they may always read.

    What was read through once is remembered, until `forget`.
    """

    AT_ONCE = 5_000
    """So many records are read through before others have their turn: some 30 ms."""

    def __init__(self, log: str, store: LocalStore, codec: Codec, actor: str) -> None:
        self._log = log
        self._store = store
        self._codec = codec
        self._actor = actor
        self._known: set[int] = set()
        self._read_to = 0

    def forget(self) -> None:
        """Records have other words, or other places, than before."""
        self._known.clear()
        self._read_to = 0

    @property
    def positions(self) -> list[int]:
        """Where they are, as far as was read."""
        return sorted(self._known)

    def read_on(self, last: int) -> bool:
        """Read some more of the records up to position `last`; whether there were any."""
        after, to = self._read_to, min(last, self._read_to + self.AT_ONCE)
        for position in self._store.positions(self._log, _LABELLED, after=after, to=to):
            if self._is_guarded(position):
                self._known.add(position)
        for position in self._store.positions(self._log, _CLASSIFIED, after=after, to=to):
            self._known.update(self._classified_at(position))
        self._read_to = to
        return to > after

    def _is_guarded(self, position: int) -> bool:
        recorded = self._read(position)
        if recorded is None or recorded.event.actor == self._actor:
            return False
        match recorded.event.fact:
            case NoteWritten(labels=labels) | NoteRewritten(labels=labels):
                return not sensitivity_of(labels).may_be_read_with(Sensitivity.INTERNAL)
            case _:
                return False

    def _classified_at(self, position: int) -> list[int]:
        """The records that have to do with an entry that was classified here."""
        recorded = self._read(position)
        if recorded is None or recorded.standing is not Standing.ACCEPTED:
            return []
        match recorded.event.fact:
            case EntryClassified(entry=entry):
                return self._store.positions(self._log, entry.encode())
            case _:
                return []

    def _read(self, position: int) -> Recorded | None:
        line = self._store.line_at(self._log, position)
        try:
            return None if line is None else self._codec.read_record(line)
        except InvalidInput:
            return None
