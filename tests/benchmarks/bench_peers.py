"""Ours and its peers in the same minutes: y-websocket and Hocuspocus, both on Yjs.

One server process and one process with all consoles each, in turn, two rounds; a figure is the
mean of the rounds.  The peers keep everything in memory and nothing is on disk when a console
sees it; ours has synced every event to disk, and checked its author's signature.

Appends are counted in a room where everybody writes one at a time and is sent what the others
write, as it is with a peer whether one wants it or not.  Beside that stands what one writer of
a peer gets rid of who waits for nothing.
"""

from __future__ import annotations

import os
import tempfile
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from statistics import fmean

from tests.benchmarks.bench_store import durable_rate, room_rate
from tests.benchmarks.bench_sync import (
    EVENTS,
    PER_SECOND,
    TEXT,
    WARM_UP,
    append_seen,
    endings,
)
from tests.benchmarks.figure import Figure
from tests.benchmarks.peers.running import Peers, installed_peers

ROUNDS = 2
OURS = "ours"
SYSTEMS = ("ywebsocket", "hocuspocus")
UNAWAITED = 6_000
APPENDS = {1: 600, 32: 6_400}
COLD = 100_000
PER_TRANSACTION = 100

Values = dict[tuple[str, str], list[float]]
"""What each round measured, by system and by the ending of a figure's name."""


def measure() -> Iterable[Figure]:
    """What the peers take, and ours as a multiple of that."""
    peers = installed_peers()
    rounds: Values = defaultdict(list)
    for _ in range(ROUNDS):
        _one_round(peers, rounds)
    values = {key: fmean(measured) for key, measured in rounds.items()}
    load = f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"
    yield from _of_peers(values, load)
    yield from _ratios(values, load)


def _one_round(peers: Peers, rounds: Values) -> None:
    for consoles in EVENTS:
        _note(rounds, OURS, consoles, append_seen(consoles))
        for system in SYSTEMS:
            _note(rounds, system, consoles, _peer_seen(peers, system, consoles))
    for writers in APPENDS:
        with tempfile.TemporaryDirectory(prefix="wf-bench-") as folder:
            rounds[OURS, f"appends_per_s_w{writers}"].append(room_rate(writers, Path(folder)))
        for system in SYSTEMS:
            room = peers.ask(system, "room", str(writers), str(APPENDS[writers]), TEXT)
            rate = room["events"] / room["seconds"]
            rounds[system, f"appends_per_s_w{writers}"].append(rate)
    with tempfile.TemporaryDirectory(prefix="wf-bench-") as folder:
        rounds[OURS, "appends_per_s_unawaited"].append(durable_rate(32, Path(folder)))
    for system in SYSTEMS:
        appended = peers.ask(system, "appends", str(UNAWAITED), TEXT)
        rounds[system, "appends_per_s_unawaited"].append(UNAWAITED / appended["seconds"])
        opened = peers.ask(system, "cold_open", str(COLD), str(PER_TRANSACTION), TEXT)
        rounds[system, "cold_open_100k_s"].append(opened["seconds"])


def _note(rounds: Values, system: str, consoles: int, seen: dict[str, float]) -> None:
    for ending, value in seen.items():
        rounds[system, f"append_seen_n{consoles}_{ending}_ms"].append(value)


def _peer_seen(peers: Peers, system: str, consoles: int) -> dict[str, float]:
    numbers = (consoles, EVENTS[consoles], PER_SECOND[consoles], WARM_UP)
    answer = peers.ask(system, "seen", *map(str, numbers), TEXT)
    return endings(answer["each"], answer["last"])


def _of_peers(values: dict[tuple[str, str], float], load: str) -> Iterable[Figure]:
    units = {"_ms": "ms", "_w1": "1/s", "_w32": "1/s", "_unawaited": "1/s", "k_s": "s"}
    in_room = f"in memory, every writer is sent everything; mean of {ROUNDS} rounds"
    conditions = {
        "_ms": f"in memory, the consoles in one process; mean of {ROUNDS} rounds",
        "_w1": in_room,
        "_w32": in_room,
        "_unawaited": f"in memory, one writer that waits for nothing; mean of {ROUNDS} rounds",
        "k_s": f"from a server's memory; filled {PER_TRANSACTION} to a transaction",
    }
    for (system, ending), value in values.items():
        if system != OURS:
            tail = next(tail for tail in units if ending.endswith(tail))
            note = f"{conditions[tail]}; {load}"
            name = f"peer.{system}.{ending}"
            yield Figure(name=name, value=round(value, 3), unit=units[tail], n=ROUNDS, note=note)


def _ratios(values: dict[tuple[str, str], float], load: str) -> Iterable[Figure]:
    for name, peer, ending in (
        ("sync.vs_ywebsocket_n1_p50", "ywebsocket", "append_seen_n1_p50_ms"),
        ("sync.vs_hocuspocus_n50_all_p99", "hocuspocus", "append_seen_n50_all_p99_ms"),
        ("sync.vs_hocuspocus_n200_all_p99", "hocuspocus", "append_seen_n200_all_p99_ms"),
        ("store.vs_ywebsocket_appends_w1", "ywebsocket", "appends_per_s_w1"),
        ("store.vs_ywebsocket_appends_w32", "ywebsocket", "appends_per_s_w32"),
        ("store.vs_ywebsocket_unawaited", "ywebsocket", "appends_per_s_unawaited"),
    ):
        ours, theirs = values[OURS, ending], values[peer, ending]
        note = f"ours {ours:,.1f}, synced to disk; theirs {theirs:,.1f}, in memory; {load}"
        yield Figure(name=name, value=round(ours / theirs, 3), unit="x", n=ROUNDS, note=note)
