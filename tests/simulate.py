"""Runs the simulated world: `python -m tests.simulate --schedules 10000 [--seed N]`."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context

from app.sync.engine import Engine
from tests.simulation.invariants import check_all
from tests.simulation.world import World

STEPS = 200
SEEDS_AT_A_TIME = 10
MOST_SHOWN = 50


def run_seed(seed: int, steps: int = STEPS, make_engine: Callable[..., Engine] = Engine) -> World:
    """One schedule and all its checks; raises what it finds."""
    world = World(seed, make_engine=make_engine)
    world.run(steps)
    check_all(world)
    return world


def failures(seeds: Iterable[int], steps: int = STEPS) -> Iterator[str]:
    """Run schedules on all processors; a sentence for each seed that fails, in their order."""
    with ProcessPoolExecutor(mp_context=get_context("spawn")) as processors:
        found = processors.map(partial(_failure, steps=steps), seeds, chunksize=SEEDS_AT_A_TIME)
        yield from (sentence for sentence in found if sentence)


def _failure(seed: int, steps: int) -> str:
    try:
        run_seed(seed, steps)
    except Exception as error:  # noqa: BLE001 - whatever it is, the seed is what matters
        return f"seed {seed}: {type(error).__name__}: {str(error)[:300]}"
    return ""


def main(arguments: list[str]) -> int:
    """Run schedules; prints each seed that fails."""
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
    seeds = range(options.first, options.first + options.schedules)
    for failed, sentence in enumerate(failures(seeds, options.steps), 1):
        if failed <= MOST_SHOWN:
            print(sentence, flush=True)
    seconds = time.monotonic() - began
    print(f"{options.schedules} schedules of {options.steps} steps in {seconds:.1f} s")
    print(f"{failed} failed" if failed else "all hold")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
