"""The named invariants of the sync engine, checked on the simulated world.

Each says why it matters; a failure names itself, so that a seed points at what it broke.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from itertools import pairwise
from random import Random
from typing import TYPE_CHECKING

import msgspec

from app.events.codec import RecordLine
from app.events.event import Draft, Recorded, Standing
from app.incident.kinds.situation import LogRestored
from app.incident.kinds.work import NoteWritten
from app.incident.replay import foresee, replay
from app.incident.state import BEFORE_ANYTHING
from app.log.appending import Appended
from app.proof.merkle import CompactRange, Tree, leaf_hash, verify_consistency
from app.proof.signatures import VerifyingKey
from app.protocol.kinds import full_codec
from tests.simulation import rules
from tests.simulation.exporting import export_verifies
from tests.simulation.violation import require

if TYPE_CHECKING:
    from tests.simulation.console import Console
    from tests.simulation.server import Site
    from tests.simulation.world import World

CODEC = full_codec()
RECORD = msgspec.json.Decoder(RecordLine)
LIVE_SECONDS = 5.0
REFUSED_A_MINUTE = 60

# --- on the way -----------------------------------------------------------------------------


def on_start(console: Console) -> None:
    """A console starts: nothing its author was shown may be gone."""
    local_durable(console)
    console.checked_epoch = ""


def on_stored(console: Console) -> None:
    """A console's disk has changed."""
    prefix(console)


def on_view(console: Console) -> None:
    """Somebody looks at a console."""
    copy = console.copy
    if copy is None:
        return
    view = copy.view
    optimistic(console)
    place = (console.disk.epoch or "", view.confirmed.position)
    console.seen_states[place] = view.confirmed


def local_durable(console: Console) -> None:
    """I-LOCAL: what was shown to its author survives a kill right after it was shown."""
    gone = set(console.shown) - console.disk.holds()
    require(not gone, "local_durable", f"{console.person} lost {sorted(gone)}")


def prefix(console: Console) -> None:
    """I-PREFIX: what a console has is a prefix of the epoch's log, byte for byte."""
    disk, history = console.disk, console.world.site.history
    epoch = disk.epoch or ""
    if epoch != console.checked_epoch or len(disk.records) < console.checked:
        console.checked, console.checked_epoch = 0, epoch
    theirs = history.lines.get(epoch, [])
    news = disk.records[console.checked :]
    same = theirs[console.checked : len(disk.records)]
    require(news == same, "prefix", f"{console.person} parts from epoch {epoch[:8]}")
    console.checked = len(disk.records)


def optimistic(console: Console) -> None:
    """I-OPT: what is shown is the confirmed log, then the outbox."""
    assert console.copy is not None
    view = console.copy.view
    rows = console.disk.outbox(console.world.site.log)
    waiting = [CODEC.read_event(row.body) for row in rows]
    foreseen = foresee(replay(_records(console.disk.records)), waiting)
    require(view.state == foreseen, "optimistic", f"{console.person} at {view.confirmed.position}")


def authorised(site: Site, appended: Appended) -> None:
    """I-AUTHZ: nothing of a revoked console takes effect after it was revoked."""
    for growth in appended.growths:
        for recorded in _records(growth.lines):
            is_revoked = recorded.event.console in site.revoked
            is_accepted = recorded.standing is Standing.ACCEPTED
            require(not (is_revoked and is_accepted), "authorised", recorded.event.id)


# --- at the end -----------------------------------------------------------------------------


def check_all(world: World) -> None:
    """Every invariant that is judged once all is calm."""
    converges(world)
    live(world)
    log = _records(world.site.store.lines.get(world.site.log, []))
    once(log)
    dense(log)
    acked_is_kept(world, log)
    fate(world, log)
    epoch_recovered(world, log)
    root(world)
    signature(world, log)
    deterministic(world, log)
    causal(world, log)
    replay_equals_live(world, log)
    bounded(world)
    export_verifies(world)
    shown = replay(log)
    rules.conflict_visible(log, shown)
    rules.safe_freeze(log, shown)


def converges(world: World) -> None:
    """I-CONV: after the storm everybody has the same, and nothing waits."""
    for console in world.consoles:
        waiting = len(console.disk.outbox(world.site.log))
        where = f"{len(console.disk.records)} of {world.site.head}, {waiting} waiting"
        require(console.is_settled, "converges", f"{console.person} has {where}")
    states = [console.copy.view.state for console in world.consoles if console.copy]
    require(all(one == states[0] for one in states), "converges", "states differ")


def live(world: World) -> None:
    """I-LIVE: with a stable network nothing waits for 5 seconds."""
    for console in world.consoles:
        written = console.write([Draft(fact=NoteWritten(text="still there"))], None)
        require(bool(written), "live", f"{console.person} cannot write")
    world.run_for(LIVE_SECONDS)
    late = [one.person for one in world.consoles if one.disk.outbox(world.site.log)]
    require(not late, "live", f"{late} still wait")
    world.run_for(LIVE_SECONDS, until=world.is_settled)


def once(log: list[Recorded]) -> None:
    """I-ONCE: an event is in a log at most once, whatever was retried."""
    twice = [id_ for id_, count in Counter(one.event.id for one in log).items() if count > 1]
    require(not twice, "once", f"{twice}")


def dense(log: list[Recorded]) -> None:
    """I-DENSE: positions are 1 to n without a hole."""
    positions = [one.position for one in log]
    require(positions == list(range(1, len(log) + 1)), "dense", f"{positions}")


def acked_is_kept(world: World, log: list[Recorded]) -> None:
    """I-ACK: what was acknowledged is in every later read, in its place while the epoch lasts."""
    places = {one.event.id: one.position for one in log}
    for event_id, (epoch, position) in world.site.history.acked.items():
        require(event_id in places, "acked_is_kept", f"{event_id} is gone")
        if epoch == world.site.epoch:
            require(places[event_id] == position, "acked_is_kept", f"{event_id} moved")


def fate(world: World, log: list[Recorded]) -> None:
    """I-FATE: whatever was written is recorded or kept aside with a reason, one of both."""
    recorded = {one.event.id for one in log}
    for console in world.consoles:
        assert console.copy is not None
        parked = {row.event.id for row in console.copy.view.parked}
        require(parked == set(console.disk.aside), "fate", f"{console.person} hides a parked row")
        for event_id in console.shown:
            ends = (event_id in recorded) + (event_id in parked)
            require(ends == 1, "fate", f"{event_id} of {console.person} ended {ends} times")


def epoch_recovered(world: World, log: list[Recorded]) -> None:
    """I-EPOCH: what any console had before a restore is back, and the restore is announced."""
    recorded, accepted = {one.event.id for one in log}, world.site.history.accepted
    announced = {
        one.event.fact.epoch_before for one in log if isinstance(one.event.fact, LogRestored)
    }
    for one in log:
        is_kept = one.standing is Standing.ACCEPTED or one.event.id not in accepted
        is_trusted = one.event.console not in world.site.revoked
        require(is_kept or not is_trusted, "epoch_recovered", f"{one.event.id} lost its effect")
    for console in world.consoles:
        for lost in console.disk.lost:
            require(lost.event_id in recorded, "epoch_recovered", f"{lost.event_id} is not back")
            is_known = lost.epoch[:8] in announced
            is_trusted = console.key.console_id not in world.site.revoked
            require(is_known or not is_trusted, "epoch_recovered", "nobody was told")


def root(world: World) -> None:
    """I-ROOT: roots over a console's own bytes are the server's, each on top of the last."""
    site = world.site
    tree = Tree(leaf_hash(line) for line in world.consoles[0].disk.records)
    sizes = [size for epoch, size in site.history.roots if epoch == site.epoch]
    for size in sizes:
        same = tree.root(size) == site.history.roots[site.epoch, size]
        require(same, "root", f"at size {size}")
    for old, new in pairwise(sizes):
        proves = verify_consistency(
            old_size=old, old_root=tree.root(old), new_size=new, new_root=tree.root(new),
            proof=tree.consistency_proof(old, new),
        )  # fmt: skip
        require(proves, "root", f"{old} is no beginning of {new}")
    if site.log in site.store.trees:
        whole = CompactRange.from_bytes(site.store.trees[site.log]).root
        require(tree.root() == whole, "root", "the whole log")


def signature(world: World, log: list[Recorded]) -> None:
    """I-SIG: bodies verify under the key of the console they name (a sample of them)."""
    keys = {one.key.console_id: one.key.public_key for one in world.consoles}
    lines = world.site.store.lines.get(world.site.log, [])
    for index in Random(world.seed).sample(range(len(log)), min(3, len(log))):
        stored = RECORD.decode(lines[index])
        key = VerifyingKey(keys[log[index].event.console])
        holds = key.verifies_body(bytes(stored.body), stored.sig)
        require(holds, "signature", log[index].event.id)


def deterministic(world: World, log: list[Recorded]) -> None:
    """I-DET: the state is the same from zero, in pages of any size, and as folded live."""
    whole = replay(log)
    random, state, position = Random(world.seed), BEFORE_ANYTHING, 0
    while position < len(log):
        size = random.randint(1, 20)
        state = replay(log[position : position + size], state)
        position += size
    require(state == whole, "deterministic", "pages matter")
    live_state = world.consoles[0].copy
    assert live_state is not None
    require(live_state.view.confirmed == whole, "deterministic", "the live state differs")


def causal(world: World, log: list[Recorded]) -> None:
    """I-CAUSAL: what an author had seen comes first, and a console's events keep their order."""
    base = world.site.history.base.get(world.site.epoch, 0)
    last: dict[str, int] = {}
    for one in log[base:]:
        if one.event.epoch == world.site.epoch[:8]:
            require(one.event.seen < one.position, "causal", f"{one.event.id} foresaw")
            before = last.get(one.event.console, 0)
            require(one.event.n > before, "causal", f"{one.event.id} overtook")
            last[one.event.console] = one.event.n


def replay_equals_live(world: World, log: list[Recorded]) -> None:
    """I-REPLAY: going back in time shows what a console showed then."""
    for console in world.consoles:
        for (epoch, position), state in console.seen_states.items():
            if epoch == world.site.epoch:
                again = replay(log[:position])
                require(again == state, "replay_equals_live", f"{console.person} at {position}")


def bounded(world: World) -> None:
    """I-BOUND: a console that is refused tries again at most once a second, over a minute."""
    for console in world.consoles:
        times = console.failures
        for index in range(len(times) - REFUSED_A_MINUTE):
            span = times[index + REFUSED_A_MINUTE] - times[index]
            require(span >= 60.0, "bounded", f"{console.person} failed too often")


def _records(lines: Iterable[bytes]) -> list[Recorded]:
    return [CODEC.read_record(line) for line in lines]
