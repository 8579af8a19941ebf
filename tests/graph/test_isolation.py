"""What people have ruled in or out, and what the board makes of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.graph.catalog import Kind
from app.graph.isolation import IsolationBoard, Layer, Ruling, Standing, fold_rulings, layer_of

NOON = datetime(2026, 3, 14, 12, tzinfo=UTC)


def ruling(
    service: str,
    standing: Standing,
    *,
    layer: Layer = Layer.APPLICATION,
    by: str = "ana",
    evidence: str = "heap is flat",
    minute: int = 0,
) -> Ruling:
    return Ruling(
        service=service,
        layer=layer,
        standing=standing,
        by=by,
        at=NOON + timedelta(minutes=minute),
        evidence=evidence,
    )


def test_a_service_nobody_named_is_open() -> None:
    assert IsolationBoard().standing_of("orders") is Standing.OPEN


def test_ruling_out_with_evidence_dims_the_service() -> None:
    board = fold_rulings([ruling("orders", Standing.RULED_OUT)])
    assert board.ruled_out == ("orders",)
    deciding = board.parts[0].deciding
    assert deciding is not None
    assert deciding.evidence == "heap is flat"


@pytest.mark.parametrize("evidence", ["", "  \n"])
def test_ruling_out_without_evidence_is_kept_but_decides_nothing(evidence: str) -> None:
    board = fold_rulings([ruling("orders", Standing.RULED_OUT, evidence=evidence)])
    assert board.ruled_out == ()
    assert board.parts[0].standing is Standing.OPEN
    assert len(board.parts[0].rulings) == 1


def test_the_last_word_wins_and_the_earlier_ones_stay_readable() -> None:
    board = fold_rulings(
        [ruling("orders", Standing.RULED_OUT), ruling("orders", Standing.RULED_IN, minute=5)]
    )
    assert board.ruled_in == ("orders",)
    assert [one.standing for one in board.parts[0].rulings] == [
        Standing.RULED_OUT,
        Standing.RULED_IN,
    ]


def test_taking_a_ruling_back_needs_no_evidence() -> None:
    board = fold_rulings(
        [ruling("orders", Standing.RULED_OUT), ruling("orders", Standing.OPEN, evidence="")]
    )
    assert board.ruled_out == ()


def test_two_people_who_contradict_each_other_are_shown_as_contested() -> None:
    board = fold_rulings(
        [ruling("orders", Standing.RULED_OUT), ruling("orders", Standing.RULED_IN, by="ben")]
    )
    assert board.parts[0].is_contested


def test_somebody_who_changes_their_own_mind_contests_nothing() -> None:
    board = fold_rulings(
        [ruling("orders", Standing.RULED_OUT), ruling("orders", Standing.RULED_IN)]
    )
    assert not board.parts[0].is_contested


def test_a_service_ruled_out_in_one_layer_only_does_not_dim() -> None:
    board = fold_rulings(
        [
            ruling("orders", Standing.RULED_OUT, layer=Layer.HOST),
            ruling("orders", Standing.OPEN, layer=Layer.APPLICATION),
        ]
    )
    assert board.ruled_out == ()


def test_ruling_out_a_whole_layer_rules_out_its_open_parts_but_not_those_ruled_in() -> None:
    board = fold_rulings(
        [
            ruling("router", Standing.OPEN, layer=Layer.NETWORK),
            ruling("resolver", Standing.RULED_IN, layer=Layer.NETWORK),
            ruling("", Standing.RULED_OUT, layer=Layer.NETWORK),
        ],
        candidates=[("proxy", Layer.NETWORK)],
    )
    assert board.standing_of("resolver") is Standing.RULED_IN
    assert board.ruled_out == ("proxy",)
    proxy = next(part for part in board.parts if part.service == "proxy")
    assert proxy.by_layer


def test_candidates_stand_open_after_what_people_named() -> None:
    board = fold_rulings(
        [ruling("orders", Standing.OPEN)],
        candidates=[("cart", Layer.APPLICATION), ("orders", Layer.APPLICATION)],
    )
    assert [part.service for part in board.in_layer(Layer.APPLICATION)] == ["orders", "cart"]


def test_every_kind_of_service_has_a_layer() -> None:
    assert {layer_of(kind) for kind in Kind} == {
        Layer.APPLICATION,
        Layer.DATABASE,
        Layer.THIRD_PARTY,
    }


some_rulings = st.lists(
    st.builds(
        ruling,
        st.sampled_from(["", "a", "b"]),
        st.sampled_from(list(Standing)),
        layer=st.sampled_from(list(Layer)),
        by=st.sampled_from(["ana", "ben"]),
        evidence=st.sampled_from(["", "seen"]),
    ),
    max_size=12,
)


@given(some_rulings)
def test_no_word_is_lost_and_nothing_is_both_in_and_out(rulings: list[Ruling]) -> None:
    board = fold_rulings(rulings)
    assert sum(len(part.rulings) for part in board.parts) == len(rulings)
    assert not set(board.ruled_in) & set(board.ruled_out)
    assert [part.layer for part in board.parts] == sorted(
        (part.layer for part in board.parts), key=list(Layer).index
    )
