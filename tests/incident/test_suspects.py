"""What people say of suspects: on the timeline, and where each suspect stands."""

from __future__ import annotations

from app.incident.kinds.signals import SuspectNamed, SuspectRuledIn, SuspectRuledOut
from app.incident.projections.signals import SuspicionKind
from app.incident.replay import replay
from tests.views.checkout_incident import LogWriter


def after(*facts):
    writer = LogWriter()
    for fact in facts:
        writer.add("14:00", "jae", fact)
    return replay(writer.log)


def test_every_word_on_a_suspect_reads_as_a_sentence():
    state = after(
        SuspectNamed(service="orders-db", reason="pool is full"),
        SuspectRuledIn(service="orders-db", evidence="498 of 500", layer="host"),
        SuspectRuledOut(service="", evidence="no loss", layer="third_party"),
        SuspectNamed(service="cart"),
    )

    assert [entry.text for entry in state.timeline] == [
        "Suspect orders-db: pool is full",
        "orders-db (host) ruled in: 498 of 500",
        "the third party layer ruled out: no loss",
        "Suspect cart",
    ]


def test_the_last_word_says_where_a_suspect_stands():
    state = after(
        SuspectRuledOut(service="cart", evidence="no errors"),
        SuspectRuledIn(service="cart", evidence="errors now"),
    )

    (suspect,) = state.signals.suspects
    assert suspect.ruled_in_because == "errors now"
    assert not suspect.ruled_out_because


def test_a_service_may_be_ruled_out_before_anybody_suspected_it():
    state = after(SuspectRuledOut(service="cart", evidence="no errors"))

    assert state.signals.suspects[0].ruled_out_because == "no errors"


def test_a_word_on_a_whole_layer_names_no_suspect_and_is_kept():
    state = after(SuspectRuledOut(service="", evidence="no loss", layer="network"))

    assert state.signals.suspects == ()
    assert [word.said for word in state.signals.words] == [SuspicionKind.RULED_OUT]


def test_words_arrive_in_log_order_however_the_log_is_cut():
    writer = LogWriter()
    for name in ("cart", "auth", "tax"):
        writer.add("14:00", "jae", SuspectNamed(service=name))

    whole = replay(writer.log)
    halves = replay(writer.log[2:], replay(writer.log[:2]))

    assert halves.signals.words == whole.signals.words
