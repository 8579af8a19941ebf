"""What the parse line says a line will be saved as."""

from __future__ import annotations

import pytest

from app.capture.entry import EntryKind
from app.capture.grammar import parse
from app.capture.restate import Part, Tone, as_sentence, restate
from app.capture.verbs import VERBS


@pytest.fixture
def restated(vocabulary):
    """The parse line as one sentence, with every kind acting."""

    def restated(line: str, **options) -> str:
        options.setdefault("acting", set(EntryKind))
        return as_sentence(restate(parse(line, vocabulary), **options))

    return restated


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("pool refilled", "Note"),
        ("~14:36 bridge dropped", "Note · Happened at 14:36 UTC"),
        (
            "/d rollback checkout to v41 because error rate 40% @maria !go",
            "Decision · Go · checkout to v41 · Owner Maria Silva · Revisit in 15 min (suggested)",
        ),
        (
            "/d rollback checkout v42 to v41 EX-1 @tom !go +30m",
            "Decision · Go · checkout v42 to v41 · Freeze exception EX-1 attached"
            " · Owner Tom Okafor · Revisit in 30 min",
        ),
        ("/d tell everybody", "Decision · Proposed · Pick an owner"),
        ("/d fail over payment !nogo", "Decision · No-go · payment · Pick an owner"),
        ("/a dump the pool @jae +5m", "Action · Owner Jae Park · Due in 5 min"),
        ("/a dump the pool", "Action · No owner"),
        ("/o D-7 may not reverse @jae", "Objection · D-7 · Jae Park"),
        ("/ok @tom @ben", "No objection · the open poll · Tom Okafor · Ben Ito"),
        ("/go", "Go · the open poll"),
        ("/nogo D-7", "No-go · D-7 · Say why: because ..."),
        ("/x D-5 because it failed", "Reverse · D-5 · Because it failed"),
        ("/x", "Reverse · Which decision? · Say why: because ..."),
        ("/u next =15:13 %public", "Update · Next update at 15:13 UTC · public"),
        (
            "/u we roll back because v42 leaks %public",
            "Update · Draft: we roll back because v42 leaks · public",
        ),
        ("/u", "Update · What should people read?"),
        ("/s monitoring", "State · Monitoring"),
        ("/s asleep", "State · Which state?"),
        ("/sev SEV2", "Severity · SEV 2"),
        ("/sev 9", "Severity · 1 to 5?"),
        ("/r scribe @ben", "Role · Scribe · Ben Ito"),
        ("/r scribe @you", "Role · Scribe · Priya Raman"),
        ("/r cook", "Role · Which role? · Who?"),
        ("/p @dba +5m", "Page · Dba · Retry in 5 min"),
        ("/f full prod-eu +2h", "Freeze · full prod-eu · Ends in 2 h"),
        ("/f", "Freeze · Freeze what?"),
        ("/done A-12", "Done · A-12"),
        ("/t 3m ask jae", "Timer · ask jae · Rings in 3 min"),
        ("/t ask jae", "Timer · ask jae · How long?"),
        ("/pin", "Pin · the last entry"),
        ("/ho @tom", "Handoff · To Tom Okafor"),
        ("/zz what", "Note · No command /zz. Saved as a note."),
        ("fail over !go", "Note · Add /d to make this a decision"),
        ("", ""),
        ("   ", ""),
    ],
)
def test_a_line_is_said_back(line, sentence, restated):
    assert restated(line) == sentence


def test_a_command_that_does_nothing_yet_says_that_it_is_saved_as_a_note(restated):
    assert restated("/p @dba", acting={EntryKind.DECISION}).endswith("/p is saved as a note")
    assert "saved as a note" not in restated("/n pool", acting=())


def test_times_of_day_name_the_zone_they_are_typed_in(restated):
    assert restated("/u =15:13", clock="local") == "Update · Next update at 15:13 local"


def test_a_name_is_not_asked_about_while_it_is_typed(restated):
    line = "/a ask @mar"

    assert restated(line, caret=len(line)) == "Action · No owner"
    assert restated(line, caret=3) == "Action · No owner · Who is @mar? F4 to fix"


def test_what_is_missing_and_what_is_only_offered_have_their_own_tone(vocabulary):
    parts = restate(parse("/d rollback checkout", vocabulary), acting=set(EntryKind))

    assert parts == (
        Part("decision", "Decision", Tone.KIND),
        Part("verdict", "Proposed"),
        Part("service", "checkout"),
        Part("owner", "Pick an owner", Tone.PROMPT),
        Part("time", "Revisit in 15 min (suggested)", Tone.QUIET),
    )


def test_every_kind_can_be_said_back_with_nothing_but_its_command(vocabulary):
    for verb in VERBS:
        parts = restate(parse(f"/{verb.code}", vocabulary), acting=set(EntryKind))
        assert parts[0].icon == verb.kind
        assert all(part.text for part in parts)
