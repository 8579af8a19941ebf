"""An alert lands on the timeline of its incident once, and its service is as it says."""

from __future__ import annotations

import pytest

from app.incident.kinds.signals import AlertFired, AlertResolved, Health, HealthChanged
from app.server.settings import Settings
from tests.log.writing import LOG, OTHER_LOG, Writer
from tests.server.intake.scene import Scene, SetClock
from tests.server.intake.webhooks import START, alert, webhook
from tests.server.running import running_server

pytestmark = pytest.mark.anyio

FIRING = webhook(alert(annotations={"summary": "errors above 20%", "indicator": "24% err"}))
RESOLVED = webhook(alert(is_resolved=True), status="resolved")


async def test_an_alert_is_recorded_with_what_it_said_and_its_service_fails(scene: Scene):
    await scene.send(FIRING)

    _, fired, changed = await scene.records()
    assert fired.event.actor == "integration:monitor"
    assert fired.event.occurred_at == START
    assert isinstance(fired.event.fact, AlertFired)
    assert fired.event.fact.services == ("checkout",)
    assert fired.event.fact.summary == "errors above 20%"
    assert fired.event.fact.link == "http://prometheus.example/graph?g0.expr=up"
    assert changed.event.fact == HealthChanged(
        service="checkout",
        health=Health.FAILING,
        indicator="24% err",
        cause=(f"alert:{fired.event.fact.alert}",),
    )


async def test_the_same_delivery_a_hundred_times_is_one_fact(scene: Scene):
    await scene.send(*[FIRING] * 100)

    assert await scene.kinds() == ["alert.fired", "service.health_changed"]


async def test_an_alert_that_resolves_leaves_its_service_recovering_then_normal(
    scene: Scene, clock: SetClock
):
    await scene.send(FIRING, RESOLVED)
    assert await scene.health() is Health.RECOVERING
    assert await scene.open_alerts() == []

    clock.go_on(minutes=4, seconds=59)
    await scene.send(RESOLVED)
    assert await scene.health() is Health.RECOVERING

    clock.go_on(seconds=1)
    await scene.until(lambda state: state.signals.services[0].health is Health.NORMAL)


async def test_a_service_that_fails_again_while_recovering_fails(scene: Scene):
    await scene.send(FIRING, RESOLVED, webhook(alert(started=120)))

    assert await scene.health() is Health.FAILING


async def test_a_service_is_as_the_worst_of_its_open_alerts(scene: Scene):
    await scene.send(
        webhook(alert("Latency", severity="warning", annotations={"indicator": "p99 3.8 s"}))
    )
    assert await scene.health() is Health.DEGRADED

    await scene.send(FIRING)
    assert await scene.health() is Health.FAILING

    await scene.send(RESOLVED)
    known = (await scene.state()).signals.health_of("checkout")
    assert known is not None
    assert (known.health, known.indicator) == (Health.DEGRADED, "p99 3.8 s")


async def test_missing_telemetry_can_be_said(scene: Scene):
    await scene.send(webhook(alert(severity="info", annotations={"health": "no_data"})))

    assert await scene.health() is Health.NO_DATA


async def test_a_slight_alert_is_told_and_changes_no_health(scene: Scene):
    await scene.send(webhook(alert(severity="info")))

    assert await scene.kinds() == ["alert.fired"]


async def test_a_repeat_with_another_indicator_changes_only_that(scene: Scene):
    worse = webhook(alert(annotations={"summary": "errors", "indicator": "41% err"}))

    await scene.send(FIRING, worse, worse)

    assert await scene.kinds() == ["alert.fired"] + ["service.health_changed"] * 2
    assert (await scene.state()).signals.services[0].indicator == "41% err"


async def test_without_an_indicator_the_summary_serves_cut_short(scene: Scene):
    await scene.send(webhook(alert(annotations={"summary": "connections near the limit of all"})))

    indicator = (await scene.state()).signals.services[0].indicator
    assert indicator == "connections near the li…"


@pytest.mark.parametrize("word", ["checkout", "CHECKOUT", "Checkout", "co"])
async def test_a_service_is_known_by_id_alias_and_name(scene: Scene, word: str):
    await scene.send(webhook(alert(service=word)))

    assert await scene.health() is Health.FAILING


async def test_an_alert_of_an_unknown_service_is_told_without_one(scene: Scene):
    await scene.send(webhook(alert(service="pay<script>alert(1)</script>")))

    assert await scene.kinds() == ["alert.fired"]


async def test_an_alert_that_is_heard_of_when_it_is_over_is_told_whole(scene: Scene):
    await scene.send(RESOLVED)

    _, fired, resolved = await scene.records()
    assert isinstance(fired.event.fact, AlertFired)
    assert isinstance(resolved.event.fact, AlertResolved)
    assert await scene.open_alerts() == []


async def test_a_straggler_does_not_open_what_is_over(scene: Scene, clock: SetClock):
    await scene.send(FIRING, RESOLVED, FIRING)
    assert await scene.open_alerts() == []

    clock.go_on(minutes=2, seconds=1)
    await scene.send(FIRING)
    assert await scene.open_alerts() == ["ErrorRate"]


async def test_a_pair_of_senders_reports_one_alert_until_neither_does(quiet: Scene):
    await quiet.declare()
    await quiet.register("pair", ignored_labels=["replica"])
    one, other = alert(replica="a"), alert(replica="b", started=7)

    await quiet.send(webhook(one), webhook(other), webhook(one), source="pair")
    assert (await quiet.kinds()).count("alert.fired") == 1

    await quiet.send(webhook(one | {"status": "resolved"}), source="pair")
    assert await quiet.open_alerts() == ["ErrorRate"]

    await quiet.send(webhook(other | {"status": "resolved"}), source="pair")
    assert await quiet.open_alerts() == []


async def test_a_heartbeat_is_no_alert(scene: Scene):
    await scene.send(webhook(alert("Watchdog", severity="none")))

    assert await scene.kinds() == []


async def test_the_sender_may_not_put_an_alert_in_the_future(scene: Scene, clock: SetClock):
    await scene.send(webhook(alert(started=30 * 24 * 3600)))

    fired = (await scene.records())[1]
    assert fired.happened_at == clock.now


async def test_alerts_go_to_the_incident_declared_last(scene: Scene, clock: SetClock):
    clock.go_on(minutes=1)
    await scene.send(webhook(alert("Before")))
    later = Writer(seed=2)
    later.author._clock = clock
    await scene.server.register(later)
    scene.maria = later
    await scene.declare(OTHER_LOG)

    await scene.send(webhook(alert("After")), webhook(alert("Before", is_resolved=True)))

    assert await scene.open_alerts(OTHER_LOG) == ["After"]
    assert await scene.open_alerts(LOG) == []
    assert (await scene.kinds(LOG)).count("alert.resolved") == 1


async def test_alerts_never_go_to_an_exercise_by_themselves(quiet: Scene):
    await quiet.declare(is_exercise=True)

    await quiet.send(FIRING)
    assert await quiet.kinds() == []

    await quiet.register("drill", incident=LOG.removeprefix("incident:"))
    await quiet.send(FIRING, source="drill")
    assert (await quiet.kinds())[0] == "alert.fired"


async def test_what_fires_while_no_incident_is_run_begins_the_next_one(quiet: Scene):
    await quiet.send(FIRING, webhook(alert("Over")), webhook(alert("Over", is_resolved=True)))
    waiting = (await quiet.server.owner.get("/v1/intake/waiting")).json()
    assert [one["name"] for one in waiting["alerts"]] == ["ErrorRate"]
    assert waiting["deliveries"] == 0

    await quiet.declare()

    state = await quiet.until(lambda state: bool(state.signals.services))
    assert [one.name for one in state.signals.alerts] == ["ErrorRate"]
    assert state.signals.services[0].indicator == "24% err"
    await quiet.send(FIRING)
    waiting = (await quiet.server.owner.get("/v1/intake/waiting")).json()
    assert waiting == {"alerts": [], "changes": 0, "deliveries": 0}
    assert (await quiet.kinds()).count("alert.fired") == 1


async def test_what_waits_outlasts_the_server(settings: Settings, clock: SetClock):
    async with running_server(settings, clock) as server:
        scene = Scene(server, Writer())
        token = await scene.register()
        await scene.send(webhook(alert("Waits")), webhook(alert("Waits")))

    async with running_server(settings, clock) as server:
        scene = Scene(server, Writer(), token)
        await server.register(scene.maria)
        await scene.declare()
        await scene.until(lambda state: len(state.signals.open_alerts) == 1)


async def test_after_a_restart_nothing_is_told_twice(settings: Settings, clock: SetClock):
    maria = Writer()
    async with running_server(settings, clock) as server:
        scene = Scene(server, maria)
        await server.register(maria)
        token = await scene.register()
        await scene.declare()
        await scene.send(FIRING, webhook(alert("Over")), webhook(alert("Over", is_resolved=True)))
        before = await scene.kinds()

    async with running_server(settings, clock) as server:
        scene = Scene(server, maria, token)
        await scene.send(FIRING, webhook(alert("Over", is_resolved=True)), webhook(alert("Over")))

        assert await scene.kinds() == before


async def test_a_recovery_ends_after_a_restart_too(settings: Settings, clock: SetClock):
    async with running_server(settings, clock) as server:
        scene = Scene(server, Writer())
        await server.register(scene.maria)
        from app.organisation.kinds import ServiceRecorded

        await scene.know(ServiceRecorded(service="checkout", name="Checkout"))
        await scene.register()
        await scene.declare()
        await scene.send(FIRING, RESOLVED)

    clock.go_on(minutes=6)
    async with running_server(settings, clock) as server:
        scene = Scene(server, Writer())
        await scene.until(lambda state: state.signals.services[0].health is Health.NORMAL)


async def test_changes_are_told_once_and_those_before_an_incident_when_it_begins(quiet: Scene):
    await quiet.register("pipeline", form="change")
    early = b'{"ref": "v42", "title": "checkout v42", "service": "co"}'
    await quiet.send(early, early, source="pipeline", form="change")

    await quiet.declare()
    await quiet.until(lambda state: state.position == 2)
    late = b'{"ref": "v43", "title": "checkout v43", "outcome": "held"}'
    await quiet.send(early, late, late, source="pipeline", form="change")

    assert await quiet.kinds() == ["change.seen", "change.seen"]
    first = (await quiet.records())[1].event.fact
    assert getattr(first, "service", "") == "checkout"
