"""Severities, phases and suggested times that entries name."""

from __future__ import annotations

import pytest

from app.capture.grammar import parse
from app.capture.subjects import phase_of, severity_of, suggested_due
from app.incident.kinds.situation import Phase


@pytest.mark.parametrize(
    ("line", "severity"),
    [("/sev 1", 1), ("/sev SEV2", 2), ("/sev sev-3 because", None), ("/sev 0", None), ("1", None)],
)
def test_a_severity_is_one_to_five(line, severity, vocabulary):
    assert severity_of(parse(line, vocabulary)) == severity


@pytest.mark.parametrize(
    ("line", "phase"),
    [
        ("/s monitoring", Phase.MONITORING),
        ("/s Resolved because errors are gone", Phase.RESOLVED),
        ("/s bored", None),
        ("monitoring", None),
    ],
)
def test_a_state_is_one_of_the_phases(line, phase, vocabulary):
    assert phase_of(parse(line, vocabulary)) == phase


@pytest.mark.parametrize(
    "line", ["/d roll back cart", "/d Fail over payment !go", "/d restart orders-db"]
)
def test_a_mitigation_is_worth_another_look(line, vocabulary):
    assert suggested_due(parse(line, vocabulary)) == "+15m"


@pytest.mark.parametrize(
    "line", ["/d wait", "/a restart cart", "/d restart cart !hold", "/d scaled"]
)
def test_anything_else_is_not(line, vocabulary):
    assert suggested_due(parse(line, vocabulary)) == ""
