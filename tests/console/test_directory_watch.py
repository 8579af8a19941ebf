"""The directory is missed once the server answers for the incident alone for a while."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from app.console.directory_watch import UNREACHABLE_AFTER, DirectoryStanding, DirectoryWatch
from app.protocol.problems import ProblemCode
from app.sync.engine import Progress
from app.sync.exchange import Failure
from tests.console.standing import STEADY

NOON = datetime(2026, 3, 9, 12, 0, tzinfo=UTC)
LATER = UNREACHABLE_AFTER.total_seconds()
CUT = replace(STEADY, is_connected=False)
FORBIDDEN = replace(CUT, refusal=Failure(detail="no", code=ProblemCode.FORBIDDEN))
BEHIND = replace(STEADY, behind=3)


class Watched:
    """The watch, and seconds after noon that pass."""

    def __init__(self) -> None:
        self._watch = DirectoryWatch()

    def at(
        self, seconds: float, incident: Progress = STEADY, organisation: Progress = STEADY
    ) -> DirectoryStanding:
        return self._watch.standing(incident, organisation, NOON + timedelta(seconds=seconds))


def test_with_both_logs_in_step_everything_known_can_be_relied_on() -> None:
    assert Watched().at(0) is DirectoryStanding.IN_STEP


@pytest.mark.parametrize("organisation", [CUT, FORBIDDEN])
def test_a_server_that_answers_for_the_incident_alone_is_told_after_a_while(
    organisation: Progress,
) -> None:
    watched = Watched()

    assert watched.at(0, STEADY, organisation) is DirectoryStanding.UNKNOWN
    assert watched.at(LATER - 1, STEADY, organisation) is DirectoryStanding.UNKNOWN
    assert watched.at(LATER, STEADY, organisation) is DirectoryStanding.UNREACHABLE
    assert watched.at(LATER + 1) is DirectoryStanding.IN_STEP


def test_a_stream_that_breaks_and_comes_back_begins_anew() -> None:
    watched = Watched()
    watched.at(0, STEADY, CUT)
    watched.at(LATER - 1)

    assert watched.at(LATER, STEADY, CUT) is DirectoryStanding.UNKNOWN
    assert watched.at(2 * LATER, STEADY, CUT) is DirectoryStanding.UNREACHABLE


@pytest.mark.parametrize("incident", [CUT, FORBIDDEN])
def test_offline_altogether_nothing_is_said_of_the_directory_alone(incident: Progress) -> None:
    watched = Watched()
    watched.at(0, incident, CUT)

    assert watched.at(10 * LATER, incident, CUT) is DirectoryStanding.UNKNOWN


def test_once_the_server_is_back_for_the_incident_the_directory_has_its_while_again() -> None:
    watched = Watched()
    watched.at(0, CUT, CUT)
    watched.at(10 * LATER, CUT, CUT)

    assert watched.at(10 * LATER + 1, STEADY, CUT) is DirectoryStanding.UNKNOWN


def test_a_directory_that_is_being_read_is_neither_in_step_nor_missed() -> None:
    assert Watched().at(10 * LATER, STEADY, BEHIND) is DirectoryStanding.UNKNOWN
