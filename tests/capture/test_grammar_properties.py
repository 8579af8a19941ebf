"""What holds for any line at all."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from app.capture.completion import ROWS, complete
from app.capture.correction import correct
from app.capture.entry import Entry, EntryKind
from app.capture.grammar import parse
from app.capture.names import fold, matched_range
from app.capture.people import Person
from app.capture.restate import restate
from app.capture.scanner import scan
from app.capture.vocabulary import Role, Service, Vocabulary
from tests.capture.plain import as_note

MARIA = Person(id="p1", name="Maria Silva", handles=("maria",))
JOSE = Person(id="p2", name="José Straße")
WORLD = Vocabulary.of(
    people=[MARIA, JOSE],
    roles=[Role(handle="dba", code="sme_database", title="Database SME")],
    services=[Service(id="checkout", name="checkout"), Service(id="s2", name="Orders DB")],
)
TOKENS = st.sampled_from(
    [
        *(
            "/d",
            "/a",
            "/t",
            "/zz",
            "//",
            "/",
            "@maria",
            "@maria,",
            "(@dba)",
            "@jo",
            "@",
            "#checkout",
        ),
        *(
            "checkout",
            "#nope",
            "!go",
            "!hold",
            "!",
            "+5m",
            "+5",
            "=14:36",
            "=99:99",
            "~3m",
            "~14:36",
        ),
        *("D-7", "ex-1", "%public", "because", "bc", '"', "`", '"@maria !go"', "\\@maria", "\\"),
        *("v41", "rollback", "40%", "\n", "  ", "José", "\U0001f525", "ß"),
    ]
)
LINES = st.one_of(
    st.text(),
    st.lists(TOKENS).map(" ".join),
    st.lists(st.one_of(TOKENS, st.text(max_size=3))).map("".join),
)
WORDS = st.lists(st.from_regex(r"[a-z]{2,8}", fullmatch=True), min_size=1, max_size=8)


def said(entry: Entry) -> str:
    """Everything the entry kept, in one text to search."""
    kept = [entry.verb, entry.text, entry.reason, *entry.refs, *entry.labels, *entry.errors]
    kept += [typed.typed for typed in (entry.due, entry.at) if typed]
    kept += [entry.line[span.start : span.end] for span in entry.spans]
    return fold(" ".join(kept))


@given(LINES)
def test_any_text_is_a_line_and_reads_the_same_twice(line):
    assert parse(line, WORLD) == parse(line, WORLD)


@given(LINES)
def test_spans_are_in_order_inside_the_line_and_never_overlap(line):
    end = 0
    for span in parse(line, WORLD).spans:
        assert end <= span.start < span.end <= len(line)
        end = span.end


@given(LINES)
def test_every_word_that_was_typed_is_kept_somewhere(line):
    entry = parse(line, WORLD)

    kept = said(entry)
    for word in line.split():
        core = word.strip("\\/.,;:!?)]}'\"…([{`#")
        assert fold(core) in kept, word


@given(LINES, st.sampled_from(["you", "me", "Me"]))
def test_naming_oneself_reads_as_ones_handle_does(line, word):
    by_author = Vocabulary.of(people=[MARIA, JOSE], author="p1")
    named, spoken = (f"{line} @{handle} then" for handle in ("maria", word))

    entry, said_so = parse(named, by_author), parse(spoken, by_author)

    assume(entry.people)  # an unknown command is kept as it is
    assert said_so.line_for_others == entry.line_for_others
    for name in ("kind", "text", "reason", "owner", "mentions", "verdict", "due", "at", "role"):
        assert getattr(said_so, name) == getattr(entry, name), name


@given(LINES)
def test_pieces_and_gaps_together_are_the_line(line):
    pieces = list(scan(line))

    covered = "".join(piece.gap + line[piece.start : piece.end] for piece in pieces)
    assert covered == line[: len(covered)]
    assert not line[len(covered) :].strip()


@given(LINES)
def test_any_text_can_be_written_as_a_note_of_itself(text):
    entry = parse(as_note(text), WORLD)

    assert (entry.kind, entry.text) == (EntryKind.NOTE, text.strip())
    assert (entry.owner, entry.due, entry.at, entry.reason, entry.problems) == (
        *(None, None, None, ""),
        (),
    )


@given(WORDS)
def test_the_text_of_a_plain_note_reads_as_that_note_again(words):
    note = parse(" ".join(words), WORLD)

    assert parse(note.text, WORLD) == note


@given(LINES, st.integers(min_value=-3, max_value=200))
def test_the_bar_has_an_answer_wherever_the_caret_is(line, caret):
    completions = complete(line, caret, WORLD)
    entry = parse(line, WORLD)

    assert 0 <= completions.start <= completions.end <= len(line)
    assert len(completions.rows) <= ROWS
    assert bool(restate(entry, acting=(), caret=caret)) == bool(line.strip())
    corrections = correct(line, caret, WORLD)
    if corrections:
        assert line[corrections.start : corrections.end] == corrections.subject


@given(st.text(), st.text(max_size=5))
def test_a_matched_range_shows_the_letters_that_were_typed(name, typed):
    found = matched_range(name, typed)

    if found:
        assert fold(name[slice(*found)]).startswith(fold(typed))


@pytest.mark.parametrize("quote", ['"', "`", "\\", "@", "/"])
def test_a_very_long_line_of_signs_is_read(quote):
    line = f"{quote} " * 20_000

    assert parse(line, WORLD).text.count(quote) == 20_000


def test_the_vectors_hold_the_properties_too():
    file = Path(__file__).with_name("vectors.json")
    for vector in json.loads(file.read_text(encoding="utf-8"))["lines"]:
        assert parse(as_note(vector["typed"]), WORLD).text == vector["typed"]
