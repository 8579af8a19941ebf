"""Whether anybody else has what is written at an incident."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.console.bridge import Arrival
from app.console.company import Company
from app.events.event import Standing
from app.incident.kinds.signals import AlertFired
from app.incident.kinds.situation import IncidentDeclared
from app.incident.kinds.work import NoteWritten
from app.incident.replay import replay
from app.incident.state import BEFORE_ANYTHING, IncidentState
from app.sync.who_is_here import Present
from tests.views.checkout_incident import ME, LogWriter, checkout_state

OWN = Arrival(person=ME, url="http://127.0.0.1:1", incident_id="first", is_embedded=True)
NOTE = NoteWritten(text="pool is full")


def after(*authors: str) -> IncidentState:
    """An incident that each of these wrote a note in."""
    writer = LogWriter()
    for author in authors:
        writer.add("14:00", author, NOTE)
    return replay(writer.log)


@pytest.fixture
def company() -> Company:
    """Priya with a server of her own."""
    company = Company()
    company.arrive(OWN)
    return company


def test_before_anybody_sits_down_nothing_is_said_of_company() -> None:
    assert not Company().is_only_here


def test_what_one_writes_on_ones_own_server_is_only_here(company: Company) -> None:
    assert company.is_only_here
    company.read(after(ME, ME))

    assert company.is_only_here


def test_at_a_server_that_somebody_runs_nobody_is_alone() -> None:
    company = Company()
    company.arrive(replace(OWN, is_embedded=False))
    company.read(after(ME))

    assert not company.is_only_here


def test_alerts_changes_and_the_server_itself_are_no_company(company: Company) -> None:
    writer = LogWriter()
    writer.add("14:00", ME, IncidentDeclared(number="INC-1", title="Slow", severity=3))
    alert = AlertFired(alert="a", episode="1", source="monitor", name="ErrorRate")
    writer.add("14:01", "integration:monitor", alert)
    writer.add("14:02", "automation:policy", NOTE)
    writer.add("14:03", "server:watchfloor.local", NOTE)

    company.read(replay(writer.log))

    assert company.is_only_here


@pytest.mark.parametrize("authors", [("tom",), (ME, "tom"), ("tom", ME, ME)])
def test_one_record_of_somebody_else_is_enough_for_good(
    company: Company, authors: tuple[str, ...]
) -> None:
    company.read(after(*authors))
    assert not company.is_only_here

    company.read(after(*authors, ME, ME))
    assert not company.is_only_here


def test_somebody_who_comes_later_is_noticed(company: Company) -> None:
    company.read(after(ME, ME))
    company.read(after(ME, ME, ME, "tom", ME))

    assert not company.is_only_here


def test_even_what_takes_no_effect_was_written_by_somebody(company: Company) -> None:
    writer = LogWriter()
    writer.add("14:00", "tom", NOTE)
    company.read(replay([replace(writer.log[0], standing=Standing.QUARANTINED)]))

    assert not company.is_only_here


def test_another_console_is_company_as_long_as_it_is_there(company: Company) -> None:
    company.meet(Present(people=frozenset({ME})))
    assert company.is_only_here

    company.meet(Present(people=frozenset({ME}), other_consoles=1))
    assert not company.is_only_here

    company.meet(Present())
    assert company.is_only_here


def test_to_another_person_what_the_first_wrote_is_somebody_elses(company: Company) -> None:
    company.read(after(ME))
    company.arrive(replace(OWN, person="tom"))

    assert not company.is_only_here


def test_a_log_that_begins_again_is_read_again(company: Company) -> None:
    company.read(after(ME, ME, ME))
    company.read(BEFORE_ANYTHING)
    company.read(after("tom", ME))

    assert not company.is_only_here


def test_the_checkout_incident_has_company(company: Company) -> None:
    company.read(checkout_state())

    assert not company.is_only_here
