"""What is said of a catalogue that cannot be read, and of one that was read in part."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from app.errors import InvalidInput
from app.graph.formats import read_catalog
from app.views.catalogue_words import CatalogueWord, left_out_words, unreadable_words
from app.views.times import TimeDisplay

TWICE = b"""apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: web
  name: shop
"""


def _complaint(data: bytes, name: str) -> InvalidInput:
    with pytest.raises(InvalidInput) as refused:
        read_catalog(data, name)
    return refused.value


def test_what_a_reader_complains_of_names_file_line_and_keys() -> None:
    words = unreadable_words(_complaint(TWICE, "shop.yaml"), ["other.yaml", "shop.yaml"])

    assert words == (
        "Catalogue cannot be read: shop.yaml, line 5, metadata.name: this key is given twice."
    )


def test_a_complaint_about_the_whole_file_names_no_line() -> None:
    words = unreadable_words(_complaint(b"?", "notes.txt"), ["notes.txt"])

    assert words.startswith("Catalogue cannot be read: notes.txt: this is none of backstage, ")


def test_a_place_that_is_in_none_of_the_files_stays_as_it_is() -> None:
    error = InvalidInput("is not known", field="--format")

    assert unreadable_words(error, ["a.csv"]) == (
        "Catalogue cannot be read: --format: is not known."
    )


def test_the_last_good_one_is_named_by_the_time_that_shows() -> None:
    times = TimeDisplay(timezone(timedelta(hours=1)))
    good = datetime(2026, 3, 9, 13, 2, tzinfo=UTC)
    word = CatalogueWord(text="Catalogue cannot be read.", is_trouble=True, last_good=good)

    assert word.sentence(times).endswith("read. Showing the last good one from 13:02.")
    times.use_local(True)
    assert word.sentence(times).endswith("from 14:02.")


def test_without_an_earlier_one_nothing_is_claimed_to_show() -> None:
    word = CatalogueWord(text="Catalogue cannot be read.", is_trouble=True)

    assert word.sentence(TimeDisplay(UTC)) == "Catalogue cannot be read."


def test_of_many_notes_the_first_are_said_and_the_others_counted() -> None:
    words = left_out_words([f"shop.csv:{line}: no known column" for line in range(1, 7)])

    assert words.count("no known column") == 4
    assert words.endswith(" 2 more: python main.py import-catalog lists them all.")
    assert left_out_words([]) == ""
