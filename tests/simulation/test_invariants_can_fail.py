"""Each named invariant refuses a world in which just what it guards was broken."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from app.events.event import Recorded, Standing
from app.incident.claims import claim
from app.incident.kinds.situation import Phase
from app.incident.replay import replay
from app.incident.state import IncidentState
from app.log.appending import Appended, Growth
from tests.simulate import run_seed
from tests.simulation import invariants, rules
from tests.simulation.clocks import skew_harmless
from tests.simulation.console import Console
from tests.simulation.disk import Lost
from tests.simulation.exporting import bundle_of, export_verifies
from tests.simulation.mutants import ByItsClock
from tests.simulation.violation import Violation
from tests.simulation.world import World

SEED = 10
SEED_OF_CONFLICTS = 3
"""A world in which two contend for a seat, a freeze holds and resolving was blind."""


def _log(world: World) -> list[Recorded]:
    return invariants._records(world.site.store.lines[world.site.log])


def _first(world: World) -> Console:
    return world.consoles[0]


def _forget_an_acknowledged_event(world: World) -> None:
    world.site.history.acked["never recorded"] = (world.site.epoch, 1)
    invariants.acked_is_kept(world, _log(world))


def _record_twice(world: World) -> None:
    log = _log(world)
    invariants.once([*log, log[0]])


def _leave_a_hole(world: World) -> None:
    log = _log(world)
    invariants.dense([*log[:1], *log[2:]])


def _change_what_a_console_has(world: World) -> None:
    console = _first(world)
    console.checked, console.disk.records[0] = 0, console.disk.records[0].replace(b"1", b"2", 1)
    invariants.prefix(console)


def _change_a_root(world: World) -> None:
    history = world.site.history
    history.roots[world.site.epoch, 1] = bytes(32)
    invariants.root(world)


def _sign_otherwise(world: World) -> None:
    lines = world.site.store.lines[world.site.log]
    lines[:] = [line.replace(b'"sig":"', b'"sig":"A', 1) for line in lines]
    invariants.signature(world, _log(world))


def _cut_off(world: World) -> None:
    _first(world).is_cut_off = True
    invariants.live(world)


def _lose_with_a_restore(world: World) -> None:
    log = _log(world)
    line = world.site.store.lines[world.site.log][0]
    gone = line.replace(log[0].event.id.encode(), b"never came back", 1)
    _first(world).disk.lost.append(Lost("an earlier epoch", 1, gone))
    invariants.epoch_recovered(world, log)


def _lag_behind(world: World) -> None:
    _first(world).disk.records.pop()
    invariants.converges(world)


def _fold_differently(world: World) -> None:
    invariants.deterministic(world, _log(world)[:-1])


def _foresee(world: World) -> None:
    log = _log(world)
    event = replace(log[-1].event, seen=10_000, epoch=world.site.epoch[:8])
    world.site.history.base[world.site.epoch] = 0
    invariants.causal(world, [*log[:-1], replace(log[-1], event=event)])


def _lose_what_was_shown(world: World) -> None:
    _first(world).shown.append("never kept")
    invariants.local_durable(_first(world))


def _end_nowhere(world: World) -> None:
    _first(world).shown.append("never ended")
    invariants.fate(world, _log(world))


def _show_something_else(world: World) -> None:
    _first(world).disk.records.pop()
    invariants.optimistic(_first(world))


def _obey_the_revoked(world: World) -> None:
    line = world.site.store.lines[world.site.log][-1]
    (recorded,) = invariants._records([line])
    assert recorded.standing is Standing.ACCEPTED
    world.site.revoked.add(recorded.event.console)
    growth = Growth(
        log=world.site.log, epoch=world.site.epoch, first=1, lines=(line,), received_at=0,
        tree=bytes(8),
    )  # fmt: skip
    invariants.authorised(world.site, Appended(outcomes=(), growths=(growth,)))


def _remember_another_past(world: World) -> None:
    console = _first(world)
    assert console.copy is not None
    console.seen_states[world.site.epoch, 1] = console.copy.view.confirmed
    invariants.replay_equals_live(world, _log(world))


def _hurry(world: World) -> None:
    _first(world).failures = [0.0] * (invariants.REFUSED_A_MINUTE + 1)
    invariants.bounded(world)


def _export_one_thing_and_record_another(world: World) -> None:
    lines = world.site.store.lines[world.site.log]
    assert bundle_of(world, lines)
    lines[0], lines[1] = lines[1], lines[0]
    export_verifies(world)


def _shown(world: World) -> IncidentState:
    """What everybody sees in the end; the rules hold of it."""
    state = replay(_log(world))
    rules.conflict_visible(_log(world), state)
    rules.safe_freeze(_log(world), state)
    return state


def _seat_the_first_silently(world: World) -> None:
    state = _shown(world)
    assert any(seat.is_contested for seat in state.roster)
    roster = tuple(replace(seat, claims=seat.claims[:1]) for seat in state.roster)
    rules.conflict_visible(_log(world), replace(state, roster=roster))


def _lift_what_nobody_lifted(world: World) -> None:
    state = _shown(world)
    now = _log(world)[-1].received_at
    freezes = tuple(replace(one, lifted_at=one.lifted_at or now) for one in state.freeze.freezes)
    assert freezes != state.freeze.freezes
    freeze = replace(state.freeze, freezes=freezes)
    rules.safe_freeze(_log(world), replace(state, freeze=freeze))


def _let_the_severity_fall(world: World) -> None:
    state, last = _shown(world), _log(world)[-1]
    situation = replace(state.situation, severities=(claim(last, 6),))
    rules.safe_freeze(_log(world), replace(state, situation=situation))


def _end_it_behind_somebodys_back(world: World) -> None:
    state, last = _shown(world), _log(world)[-1]
    situation = replace(state.situation, phases=(claim(last, Phase.RESOLVED),))
    rules.safe_freeze(_log(world), replace(state, situation=situation))


def _go_by_the_clock(world: World) -> None:
    skew_harmless(world.seed)
    for seed in range(1, 20):
        skew_harmless(seed, ByItsClock)


Break = Callable[[World], None]

BROKEN: dict[str, Break] = {
    "acked_is_kept": _forget_an_acknowledged_event,
    "once": _record_twice,
    "dense": _leave_a_hole,
    "prefix": _change_what_a_console_has,
    "root": _change_a_root,
    "signature": _sign_otherwise,
    "live": _cut_off,
    "epoch_recovered": _lose_with_a_restore,
    "converges": _lag_behind,
    "deterministic": _fold_differently,
    "causal": _foresee,
    "local_durable": _lose_what_was_shown,
    "fate": _end_nowhere,
    "optimistic": _show_something_else,
    "authorised": _obey_the_revoked,
    "replay_equals_live": _remember_another_past,
    "bounded": _hurry,
    "export_verifies": _export_one_thing_and_record_another,
    "skew_harmless": _go_by_the_clock,
}
BROKEN_RULES: tuple[tuple[str, Break], ...] = (
    ("conflict_visible", _seat_the_first_silently),
    ("safe_freeze", _lift_what_nobody_lifted),
    ("safe_freeze", _let_the_severity_fall),
    ("safe_freeze", _end_it_behind_somebodys_back),
)


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_world_is_refused_by_name(name: str) -> None:
    world = run_seed(SEED)

    with pytest.raises(Violation, match=f"^{name}: "):
        BROKEN[name](world)


@pytest.mark.parametrize(("name", "break_it"), BROKEN_RULES)
def test_a_state_that_hides_a_conflict_is_refused_by_name(name: str, break_it: Break) -> None:
    world = run_seed(SEED_OF_CONFLICTS)

    with pytest.raises(Violation, match=f"^{name}: "):
        break_it(world)
