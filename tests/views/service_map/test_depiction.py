"""What the map shows of an incident, live and at any instant of its log."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.events.event import Recorded
from app.graph.catalog import Criticality
from app.graph.investigation import investigate
from app.graph.topology import topology_of
from app.incident.kinds.freezes import (
    ChangeOutcome,
    ChangeSeen,
    ExceptionApproved,
    ExceptionRequested,
    FreezeDeclared,
    FreezeScope,
)
from app.incident.kinds.signals import Health, HealthChanged, SuspectNamed, SuspectRuledOut
from app.incident.replay import replay
from app.organisation.kinds import DependencyRecorded, ServiceRecorded
from app.views.service_map.depiction import picture_of
from app.views.service_map.picture import MapPicture, TagMeaning
from tests.graph.organisations import shop_organisation, with_services
from tests.views.checkout_incident import NOW, LogWriter, at, checkout_log, checkout_state

TOPOLOGY = topology_of(shop_organisation())
LOG = checkout_log()


def shown(log: list[Recorded], *, moment=NOW, topology=TOPOLOGY) -> MapPicture:
    return picture_of(replay(log), topology, now=moment)


def said(*facts: tuple[str, object]) -> MapPicture:
    writer = LogWriter()
    for clock, fact in facts:
        writer.add(clock, "jae", fact)
    return shown(writer.log)


def test_the_checkout_incident_looks_like_its_screen():
    picture = shown(LOG)

    assert picture.health_of("checkout").state is Health.FAILING
    assert picture.health_of("checkout").indicator == "41% err"
    assert picture.health_of("email").indicator == "no data 6 m"
    assert picture.tags["checkout"][0].text == "v42 13:37"
    assert "Suspect" in [tag.text for tag in picture.tags["orders-db"]]
    assert picture.failing_path == {
        ("web-frontend", "checkout"),
        ("mobile-bff", "checkout"),
        ("checkout", "order"),
        ("order", "orders-db"),
    }
    assert not picture.is_stale


def test_a_dependency_nobody_waits_for_is_no_failing_path():
    organisation = with_services(
        shop_organisation(),
        [],
        [DependencyRecorded(caller="checkout", callee="order", criticality=Criticality.ASYNC)],
    )

    picture = shown(LOG, topology=topology_of(organisation))

    assert ("checkout", "order") not in picture.failing_path


def test_a_service_that_came_back_is_marked_for_five_minutes():
    ill = ("14:10", HealthChanged(service="cart", health=Health.FAILING))
    well = ("14:36", HealthChanged(service="cart", health=Health.NORMAL))
    writer = LogWriter()
    for clock, fact in (ill, well):
        writer.add(clock, "jae", fact)

    soon = shown(writer.log, moment=at("14:40:59"))
    later = shown(writer.log, moment=at("14:41"))

    assert soon.health_of("cart").state is Health.RECOVERING
    assert soon.health_of("cart").indicator == "recovered 14:36"
    assert later.health_of("cart").state is Health.NORMAL


def test_a_service_that_was_never_ill_is_not_recovering():
    picture = said(("14:39", HealthChanged(service="cart", health=Health.NORMAL)))

    assert "cart" not in picture.health


def test_what_is_said_of_an_alias_is_shown_on_its_service():
    aliased = ServiceRecorded(service="cart-api", name="Cart API", aliases=("crt",))
    topology = topology_of(with_services(shop_organisation(), [aliased]))
    writer = LogWriter()
    writer.add("14:00", "jae", HealthChanged(service="crt", health=Health.FAILING))
    writer.add("14:01", "jae", HealthChanged(service="cart-api", health=Health.NORMAL))
    writer.add("14:02", "jae", HealthChanged(service="unheard-of", health=Health.FAILING))

    picture = shown(writer.log, topology=topology)

    assert picture.health_of("cart-api").state is Health.FAILING
    assert set(picture.health) == {"cart-api"}


def test_changes_that_were_not_made_leave_no_tag():
    def seen(title: str, outcome: ChangeOutcome) -> ChangeSeen:
        return ChangeSeen(ref=title, title=title, service=title, outcome=outcome, version="v2")

    picture = said(
        ("14:00", seen("cart", ChangeOutcome.HELD)),
        ("14:01", seen("auth", ChangeOutcome.BLOCKED)),
        ("14:02", seen("tax", ChangeOutcome.APPLIED)),
    )

    assert set(picture.tags) == {"tax"}
    assert picture.tags["tax"][0].detail == "v2, 37 min"


def test_a_change_long_before_the_trouble_shows_in_the_mode_about_changes_only():
    picture = said(
        ("06:00", ChangeSeen(ref="d", title="Deploy", service="cart", version="v7")),
        ("14:00", HealthChanged(service="cart", health=Health.FAILING)),
    )

    assert not picture.tags["cart"][0].is_recent
    assert picture.tags["cart"][0].detail == "v7, 8 h"


def test_an_exception_shows_once_it_opens_the_freeze():
    writer = LogWriter()
    freeze = writer.add("14:00", "priya", FreezeDeclared(scope=FreezeScope.FULL))
    asked = ExceptionRequested(
        change="to v41", freezes=(freeze,), services=("checkout",), requester="maria"
    )
    exception = writer.add("14:01", "maria", asked)
    waiting = shown(writer.log)
    for person in ("priya", "tom"):
        approval = ExceptionApproved(exception=exception, person=person, name=person)
        writer.add("14:02", person, approval)

    approved = shown(writer.log)

    assert "checkout" not in waiting.tags
    assert approved.tags["checkout"][0].text == "EX-1"
    assert approved.tags["checkout"][0].meaning is TagMeaning.EXCEPTION


def test_a_suspect_ruled_out_loses_the_tag_and_dims():
    picture = said(
        ("14:00", SuspectNamed(service="cart", reason="slow")),
        ("14:10", SuspectRuledOut(service="cart", evidence="p99 is flat")),
    )

    assert "cart" not in picture.tags
    assert picture.ruled_out == {"cart"}


def test_ranked_suspects_carry_their_rank():
    state = checkout_state()
    investigation = investigate(state, TOPOLOGY, now=NOW)

    picture = picture_of(state, TOPOLOGY, now=NOW, investigation=investigation)

    assert picture.suspicions[0].service_id == "checkout"
    assert picture.suspicions[0].rank == 1


def test_old_health_never_looks_live_and_its_clock_stands_still():
    picture = picture_of(
        checkout_state(), TOPOLOGY, now=NOW + timedelta(minutes=20), as_of=at("14:36")
    )

    assert picture.is_stale
    assert picture.as_of == at("14:36")
    assert picture.health_of("email").indicator == "no data 3 m"


def test_the_same_state_gives_back_the_same_picture():
    state = checkout_state()
    first = picture_of(state, TOPOLOGY, now=NOW)

    again = picture_of(replace(state), TOPOLOGY, now=NOW + timedelta(seconds=5), before=first)

    assert again is first


def test_a_change_of_health_replaces_only_what_changed():
    first = shown(LOG)
    writer = LogWriter()
    writer.log = [*LOG]
    writer.add("14:39:24", "integration:monitor",
               HealthChanged(service="auth", health=Health.DEGRADED))  # fmt: skip

    after = picture_of(replay(writer.log), TOPOLOGY, now=NOW, before=first)

    assert after.focus is first.focus
    assert after.tags is first.tags
    assert after.health["checkout"] is first.health["checkout"]
    assert after.health_of("auth").state is Health.DEGRADED


@given(st.integers(0, len(LOG)), st.integers(1, 9))
def test_the_picture_of_an_instant_is_the_one_that_was_shown_live(cut, step):
    moment = LOG[cut - 1].received_at if cut else NOW
    live_state, live = replay([]), None
    for start in range(0, cut, step):
        live_state = replay(LOG[start : min(start + step, cut)], live_state)
        live = picture_of(live_state, TOPOLOGY, now=moment, before=live)
    live = picture_of(live_state, TOPOLOGY, now=moment, before=live)

    again = picture_of(replay(LOG[:cut]), TOPOLOGY, now=moment)

    for part in ("health", "tags", "failing_path", "ruled_out", "as_of", "is_stale"):
        assert getattr(again, part) == getattr(live, part)
    assert again.focus is live.focus


@pytest.mark.parametrize("word", [Health.RECOVERING, Health.NORMAL])
def test_recovery_may_be_said_or_seen(word):
    picture = said(
        ("14:10", HealthChanged(service="cart", health=Health.DEGRADED)),
        ("14:37", HealthChanged(service="cart", health=word)),
    )

    assert picture.health_of("cart").state is Health.RECOVERING
