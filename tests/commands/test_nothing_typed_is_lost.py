"""Whatever is typed after whatever command: its words are in a fact that is recorded."""

from __future__ import annotations

from itertools import count

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.capture.grammar import parse
from app.capture.verbs import VERBS
from app.commands.desk import Act, Desk
from app.commands.entries import log_entry
from app.commands.vocabulary import vocabulary_of
from app.incident.state import BEFORE_ANYTHING
from tests.graph.organisations import shop_organisation
from tests.views.checkout_incident import ME, NOW, checkout_state

ORGANISATION = shop_organisation()
STATES = {"nothing yet": BEFORE_ANYTHING, "the checkout incident": checkout_state()}
VOCABULARIES = {name: vocabulary_of(state, ORGANISATION) for name, state in STATES.items()}
CODES = sorted({verb.code for verb in VERBS} | {"", "zz"})
WORDS = st.lists(st.from_regex(r"q[a-z]{3,8}", fullmatch=True), min_size=1, max_size=6)
SIGNS = st.lists(
    st.sampled_from(
        ["A-1", "D-1", "D-9", "resolved", "2", "full", "next", "!go", "+5m", "because"]
    )
)


def typed(line: str, where: str, **how: bool) -> Act:
    numbers = count(1)
    desk = Desk(
        person=ME, state=STATES[where], organisation=ORGANISATION, now=NOW,
        new_id=lambda: f"id-{next(numbers)}",
    )  # fmt: skip
    return log_entry(parse(line, VOCABULARIES[where]), desk, **how)


def recorded_text(act: Act) -> str:
    return " ".join(msgspec.json.encode(draft.fact).decode() for draft in act.drafts)


@pytest.mark.parametrize("code", CODES)
@settings(max_examples=30)
@given(before=SIGNS, words=WORDS, where=st.sampled_from(list(STATES)))
def test_every_word_after_a_command_is_recorded(code, before, words, where):
    line = " ".join([f"/{code}" if code else "", *before, *words]).strip()

    act = typed(line, where)

    kept = recorded_text(act)
    assert act.drafts
    assert [word for word in words if word not in kept] == []


@given(line=st.text(min_size=1), where=st.sampled_from(list(STATES)))
def test_any_text_at_all_is_recorded_as_something(line, where):
    assert typed(line, where).drafts


@given(line=st.text(min_size=1))
def test_a_line_that_begins_with_no_command_is_recorded_word_for_word(line):
    act = typed(f"x{line}", "nothing yet")

    kept = recorded_text(act)
    missing = [
        word for word in line.split() if word.isalnum() and word.isascii() and word not in kept
    ]
    assert missing == []
