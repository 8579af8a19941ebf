"""A server process with an incident that two consoles look at."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from app.events.event import ORGANISATION_LOG, Draft
from app.incident.kinds.signals import Health
from app.incident.kinds.situation import IncidentDeclared
from app.organisation.kinds import DependencyRecorded, ServiceRecorded
from tests.log.writing import Writer
from tests.patience import PATIENCE
from tests.scenarios.onlooker import Onlooker, onlookers
from tests.server.process import OWNER, ServerProcess
from tests.server.pushing import push_content, register
from tests.server.real.monitoring import wait_for

INCIDENT = "0190f000-0000-7000-8000-00000000beef"
SERVICES = (
    ServiceRecorded(service="web-frontend", name="Web frontend"),
    ServiceRecorded(service="checkout", name="Checkout"),
    ServiceRecorded(service="payments", name="Payments"),
)
CALLS = (
    DependencyRecorded(caller="web-frontend", callee="checkout"),
    DependencyRecorded(caller="checkout", callee="payments"),
)


@dataclass(frozen=True)
class Shop:
    """The server, and the consoles of two people."""

    server: ServerProcess
    consoles: Sequence[Onlooker]

    def register_source(self, source: str, form: str = "alertmanager") -> str:
        """Let a monitoring system send; gives its token."""
        answer = httpx.post(
            f"{self.server.url}/v1/sources",
            json={"source": source, "format": form},
            headers={"Authorization": f"Bearer {self.server.token}"},
            timeout=PATIENCE,
        )
        assert answer.status_code == 201, answer.text
        token: str = answer.json()["token"]
        return token

    def wait_for_health(self, service: str, health: Health) -> None:
        """Return once a service is so on both consoles."""

        def is_so(console: Onlooker) -> bool:
            known = console.state.signals.health_of(service)
            return known is not None and known.health is health

        wait_for(lambda: all(map(is_so, self.consoles)), f"{service} is {health} on both consoles")

    def wait_for_alerts(self, *names: str) -> None:
        """Return once exactly these alerts are open on both consoles."""

        def is_so(console: Onlooker) -> bool:
            return tuple(one.name for one in console.state.signals.open_alerts) == names

        wait_for(lambda: all(map(is_so, self.consoles)), f"{names} are open on both consoles")

    def wait_for_the_same_on_both(self) -> list[str]:
        """Return the sentences of the timeline once both consoles have the same.

        What comes last comes to one of them first.
        """

        def are_same() -> bool:
            first, second = self._timelines()
            return first == second

        wait_for(are_same, "both consoles have the same timeline")
        return self._timelines()[0]

    def _timelines(self) -> list[list[str]]:
        return [[entry.text for entry in one.state.timeline] for one in self.consoles]


@contextmanager
def shop_with_two_consoles(server: ServerProcess, folder: Path) -> Iterator[Shop]:
    """An incident of a shop with three services, on the consoles of priya and tom."""
    writer = Writer(person=OWNER)
    register(server.url, server.token, writer.key)
    facts = [writer.write(fact, ORGANISATION_LOG) for fact in (*SERVICES, *CALLS)]
    answer = httpx.post(
        f"{server.url}/v1/logs/{ORGANISATION_LOG}/events",
        content=push_content(*facts),
        headers={"Authorization": f"Bearer {server.token}"},
        timeout=PATIENCE,
    )
    assert answer.status_code == 200, answer.text
    with onlookers(server.url, server.token, INCIDENT, ("priya", "tom"), folder) as consoles:
        wait_for(lambda: consoles[0].view is not None, "the first console is there")
        declared = IncidentDeclared(number="INC-1", title="Checkout is failing", severity=1)
        consoles[0].write(Draft(fact=declared))
        wait_for(
            lambda: all(one.state.situation.number == "INC-1" for one in consoles),
            "both consoles see the incident",
        )
        yield Shop(server, consoles)
