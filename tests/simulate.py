"""Runs the simulated world: `python -m tests.simulate --schedules 10000 [--seed N]`."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable

from app.sync.engine import Engine
from tests.simulation.invariants import check_all
from tests.simulation.world import World

STEPS = 200
MOST_SHOWN = 50


def run_seed(seed: int, steps: int = STEPS, make_engine: Callable[..., Engine] = Engine) -> World:
    """One schedule and all its checks; raises what it finds."""
    world = World(seed, make_engine=make_engine)
    world.run(steps)
    check_all(world)
    return world


def main(arguments: list[str]) -> int:
    """Run schedules one after the other; prints each seed that fails."""
    parser = argparse.ArgumentParser(prog="simulate", description=__doc__)
    parser.add_argument("--schedules", type=int, default=10_000, help="how many seeds")
    parser.add_argument("--first", type=int, default=1, help="the first seed")
    parser.add_argument("--steps", type=int, default=STEPS, help="steps of each schedule")
    parser.add_argument("--seed", type=int, help="run this seed alone, with its traceback")
    options = parser.parse_args(arguments)
    if options.seed is not None:
        run_seed(options.seed, options.steps)
        print(f"seed {options.seed} holds")
        return 0
    began, failed = time.monotonic(), 0
    for seed in range(options.first, options.first + options.schedules):
        try:
            run_seed(seed, options.steps)
        except Exception as error:  # noqa: BLE001 - whatever it is, the seed is what matters
            failed += 1
            if failed > MOST_SHOWN:
                continue
            print(f"seed {seed}: {type(error).__name__}: {str(error)[:300]}", flush=True)
    seconds = time.monotonic() - began
    print(f"{options.schedules} schedules of {options.steps} steps in {seconds:.1f} s")
    print(f"{failed} failed" if failed else "all hold")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
