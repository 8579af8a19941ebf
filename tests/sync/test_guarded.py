"""Which records a server may take back is found a piece at a time, and anew when words change."""

from __future__ import annotations

import pytest

from app.events.codec import record_line
from app.events.event import Standing
from app.events.fact import Fact
from app.events.sensitivity import Sensitivity
from app.incident.kinds.work import EntryClassified, NoteRewritten, NoteWritten
from app.sync.guarded import GuardedRecords
from tests.log.writing import CODEC, LOG, Writer
from tests.simulation.disk import ModelDisk


class Shown:
    """Records on a disk, and what is found of them at Omar's console."""

    def __init__(self) -> None:
        self.disk = ModelDisk(before=lambda _: None, after=lambda _: None)
        self._writers = {name: Writer(seed=at, person=name) for at, name in enumerate(PEOPLE)}
        self.guarded = GuardedRecords(LOG, self.disk, CODEC, "person:omar")

    def add(self, person: str, fact: Fact, standing: Standing = Standing.ACCEPTED) -> str:
        """Record a fact; the id of its event."""
        signed = self._writers[person].write(fact)
        self.disk.records.append(
            record_line(
                position=len(self.disk.records) + 1, received_at=1, skew_ms=0, standing=standing,
                why=None, body=signed.body, sig=signed.sig,
            )
        )  # fmt: skip
        return signed.event.id

    def found(self) -> list[int]:
        """Everything that is found."""
        while self.guarded.read_on(len(self.disk.records)):
            pass
        return self.guarded.positions


PEOPLE = ("maria", "omar")


@pytest.fixture
def shown() -> Shown:
    """Notes for few among notes for all."""
    shown = Shown()
    shown.add("maria", NoteWritten(text="for all"))
    secret = shown.add("maria", NoteWritten(text="secret", labels=("pii",)))
    shown.add("maria", NoteRewritten(note=secret, replaces=secret, text="more", labels=("pii",)))
    shown.add("omar", NoteWritten(text="omar's own", labels=("restricted",)))
    shown.add("maria", NoteWritten(text="of the database", labels=("db",)))
    return shown


def test_labelled_notes_of_others_are_found(shown: Shown) -> None:
    assert shown.found() == [2, 3]


def test_what_is_classified_later_is_found_with_what_says_so(shown: Shown) -> None:
    note = shown.add("omar", NoteWritten(text="was for all"))
    classified = EntryClassified(entry=note, sensitivity=Sensitivity.CONFIDENTIAL)
    shown.add("maria", classified, Standing.QUARANTINED)
    assert shown.found() == [2, 3]

    shown.add("maria", classified)
    assert shown.found() == [2, 3, 6, 7, 8]


def test_only_what_is_new_is_read_until_words_change(
    shown: Shown, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(GuardedRecords, "AT_ONCE", 2)
    read: list[int] = []
    line_at = shown.disk.line_at
    monkeypatch.setattr(
        shown.disk,
        "line_at",
        lambda log, position: (read.append(position), line_at(log, position))[1],
    )

    assert shown.found() == shown.found() == [2, 3]
    assert read == [2, 3, 4, 5]

    shown.guarded.forget()
    assert shown.guarded.positions == []
    assert shown.found() == [2, 3]
