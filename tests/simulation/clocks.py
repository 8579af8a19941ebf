"""The same history under wrong clocks and under right ones: no clock may settle anything."""

from __future__ import annotations

from collections.abc import Callable

from app.events.event import Standing
from app.sync.engine import Engine
from tests.simulation.invariants import CODEC
from tests.simulation.violation import require
from tests.simulation.world import World

STEPS = 200


def skew_harmless(seed: int, make_engine: Callable[..., Engine] = Engine) -> None:
    """I-SKEW: with wrong clocks the log is the one that right clocks would have given."""
    wrong = World(seed, make_engine=make_engine)
    right = World(seed, make_engine=make_engine, has_true_clocks=True)
    for world in (wrong, right):
        world.run(STEPS)
    require(_order(wrong) == _order(right), "skew_harmless", "the order differs")
    require(wrong.now == right.now, "skew_harmless", "it took another time")


def _order(world: World) -> list[tuple[str, int, Standing, str | None]]:
    records = map(CODEC.read_record, world.site.store.lines.get(world.site.log, []))
    return [(one.event.console, one.event.n, one.standing, one.why) for one in records]
