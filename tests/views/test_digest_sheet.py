"""The digest in words: the sentence that offers it, and its sheet."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta, timezone

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.events.event import Recorded
from app.incident.digest import Digest, digest_of
from app.incident.kinds.signals import Health, HealthChanged
from app.incident.kinds.work import EntryPinned, NoteWritten
from app.incident.last_seen import LastSeen
from app.incident.replay import replay
from app.models.rows import RowRole
from app.views.commander_view import CommanderView
from app.views.desk import Desk
from app.views.digest_sheet import DigestSheet
from app.views.digest_words import (
    MOST_OF_A_TOPIC,
    digest_findings,
    nothing_words,
    offer_words,
    title_words,
)
from app.views.times import TimeDisplay
from tests.views.checkout_incident import ME, NOW, LogWriter, at, checkout_log

UTC_TIMES = TimeDisplay(timezone(timedelta()))


def digest_since(clock: str, log: list[Recorded] | None = None) -> Digest:
    """What priya missed of the checkout incident since then."""
    whole = checkout_log() if log is None else log
    seen = [one for one in whole if one.received_at <= at(clock)]
    return digest_of(replay(whole), LastSeen.of(replay(seen), at(clock)), me=ME, now=NOW)


@pytest.fixture
def digest() -> Digest:
    return digest_since("14:10")


def test_the_offer_names_what_matters_most_and_the_key(digest: Digest) -> None:
    words = offer_words(digest, NOW, UTC_TIMES)

    assert words.startswith("Since 14:10: ")
    assert words.endswith(f"{digest.entries} entries. F3 reads them.")


def test_a_raised_severity_is_named_first(digest: Digest) -> None:
    calmer = replace(digest, since=replace(digest.since, severity=3))

    assert offer_words(calmer, NOW, UTC_TIMES).startswith("Since 14:10: SEV raised, ")


def test_what_was_seen_on_another_day_is_told_with_the_day(digest: Digest) -> None:
    long_ago = replace(digest.since, at=at("14:10") - timedelta(days=1))

    assert title_words(replace(digest, since=long_ago), NOW, UTC_TIMES, as_of=None) == (
        "Since 21 Nov 14:10"
    )


def test_offline_the_title_says_until_when_others_were_heard(digest: Digest) -> None:
    title = title_words(digest, NOW, UTC_TIMES, as_of=at("14:36"))

    assert title == "Since 14:10, as of 14:36"


def test_with_nothing_new_one_sentence_says_so() -> None:
    empty = digest_since("14:39:24")

    assert empty.is_empty
    assert nothing_words(empty, NOW, UTC_TIMES, as_of=None) == "Nothing new since 14:39."


def test_the_sheet_begins_with_the_newest_pinned_entry() -> None:
    writer = LogWriter()
    writer.log = checkout_log()
    pinned = writer.add("14:39:10", "tom", NoteWritten(text="EU only; rollback is running"))
    writer.add("14:39:12", "tom", EntryPinned(entry=pinned))

    heading, status, author, *_ = digest_findings(digest_since("14:10", writer.log), UTC_TIMES)

    assert heading.is_heading
    assert (status.text, status.record) == ("EU only; rollback is running", pinned)
    assert author.text == "SEV 1, mitigating; pinned entry of 14:39, Tom Okafor"


def test_an_estate_that_fails_as_a_whole_is_counted_from_there_on() -> None:
    writer = LogWriter()
    writer.log = checkout_log()
    for number in range(MOST_OF_A_TOPIC + 20):
        fact = HealthChanged(service=f"svc-{number}", health=Health.FAILING)
        writer.add("14:39:20", "integration:monitor", fact)

    texts = [one.text for one in digest_findings(digest_since("14:39:00", writer.log), UTC_TIMES)]

    assert "and 20 more" in texts
    assert sum("svc-" in text for text in texts) == MOST_OF_A_TOPIC


def test_every_line_is_plain_text_and_is_said(
    view: CommanderView, desk: Desk, digest: Digest, qtbot: QtBot
) -> None:
    sheet = DigestSheet(desk, view)
    sheet.open_digest(digest, as_of=None)

    assert sheet.accessibleName() == "Since 14:10"
    assert sheet.list.accessibleName() == "Since 14:10"
    rows = [sheet.model.index(place) for place in range(sheet.model.rowCount())]
    assert all(row.data(Qt.ItemDataRole.AccessibleTextRole) for row in rows)


def test_the_sheet_changes_to_the_zone_that_shows(
    view: CommanderView, desk: Desk, digest: Digest
) -> None:
    sheet = DigestSheet(desk, view)
    sheet.open_digest(digest, as_of=None)

    desk.times.use_local(True)

    assert sheet.accessibleName() == "Since 15:10"


def test_enter_on_a_line_with_a_record_asks_for_it_and_on_others_for_nothing(
    view: CommanderView, desk: Desk, digest: Digest, qtbot: QtBot
) -> None:
    sheet = DigestSheet(desk, view)
    asked: list[str] = []
    sheet.record_chosen.connect(asked.append)
    sheet.open_digest(digest, as_of=None)

    for place in range(sheet.model.rowCount()):
        sheet.list.setCurrentIndex(sheet.model.index(place))
        qtbot.keyClick(sheet.list, Qt.Key.Key_Return)

    rows = [sheet.model.index(place).data(RowRole.ROW) for place in range(sheet.model.rowCount())]
    assert asked == [row.record for row in rows if row.record]
    assert asked


def test_escape_closes_it_as_read_and_gives_the_keyboard_back(
    view: CommanderView, desk: Desk, digest: Digest, qtbot: QtBot
) -> None:
    view.capture.field.setFocus()
    sheet = DigestSheet(desk, view)
    read: list[Digest] = []
    sheet.closed.connect(read.append)
    sheet.open_digest(digest, as_of=None)

    qtbot.keyClick(sheet.list, Qt.Key.Key_Escape)

    assert read == [digest]
    assert not sheet.isVisible()
    assert view.focusWidget() is view.capture.field
