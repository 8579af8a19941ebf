"""What a source adds to the organisation never overwrites what people record meanwhile."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from app.events.event import Draft
from app.graph.catalog import Catalog, Service
from app.log.appending import Outcome
from app.organisation.kinds import ServiceRecorded
from app.server.own_hand import OwnHand
from app.server.telemetry.asking import SourceSilent
from app.server.telemetry.known_organisation import KnownOrganisation
from tests.log.writing import CODEC, Writer
from tests.server.intake.scene import Scene
from tests.server.running import RunningServer

pytestmark = pytest.mark.anyio

PAYMENTS = Catalog(services=(Service(id="payments", name="payments"),))
BY_HAND = ServiceRecorded(service="payments", name="Payments", slo="99% in 30 days")


class OvertakenHand(OwnHand):
    """The server's hand; each time it would write, somebody else records one of these first."""

    def __init__(self, scene: Scene, records: Sequence[ServiceRecorded]) -> None:
        site = scene.server.site
        super().__init__(
            site.recorder,
            directory=site.directory,
            key=site.keys.console,
            codec=site.codec,
            clock=site.clock,
        )
        self._scene = scene
        self._records = list(records)

    async def offer(
        self, log: str, actor: str, drafts: Sequence[Draft], *, only_at: int | None = None
    ) -> Outcome:
        if self._records:
            await self._scene.know(self._records.pop(0))
        return await super().offer(log, actor, drafts, only_at=only_at)


@pytest.fixture
def scene(server: RunningServer, maria: Writer) -> Scene:
    """A server whose owner records services."""
    return Scene(server, maria)


def overtaken(scene: Scene, *records: ServiceRecorded) -> KnownOrganisation:
    """An organisation in which these are recorded while a source is compared with it."""
    return KnownOrganisation(scene.server.site.log, CODEC, OvertakenHand(scene, records))


async def test_a_service_described_while_a_source_is_read_keeps_its_description(scene: Scene):
    organisation = overtaken(scene, BY_HAND)

    await organisation.record(PAYMENTS, "prom", is_complete=False)

    known, _ = await organisation.now()
    assert known.services["payments"].slo == "99% in 30 days"
    assert known.services["payments"].sources == ("", "prom")


async def test_a_source_waits_for_its_next_turn_when_the_organisation_never_rests(scene: Scene):
    restless = [ServiceRecorded(service=f"s{n}", name=f"s{n}") for n in range(20)]
    organisation = overtaken(scene, *restless)

    with pytest.raises(SourceSilent, match="prom: the organisation changes"):
        await organisation.record(PAYMENTS, "prom", is_complete=False)

    known, _ = await organisation.now()
    assert "payments" not in known.services


async def test_many_facts_of_one_source_are_all_recorded(scene: Scene):
    many = Catalog(services=tuple(Service(id=f"s{n:04}", name=f"s{n}") for n in range(1_200)))
    organisation = overtaken(scene)

    await organisation.record(many, "cmdb", is_complete=True)

    known, _ = await organisation.now()
    assert len(known.services) == 1_200
