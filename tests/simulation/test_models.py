"""The modelled disk and server log do what the real ones do."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.events.codec import record_line
from app.events.event import Standing
from app.log.appending import Batch
from app.log.event_log import EventLog
from app.log.kept_states import KeptMark, KeptState
from app.log.profile import open_profile
from app.protocol.problems import ProblemCode
from app.sync.exchange import Outgoing
from app.sync.profile_store import ProfileStore
from app.sync.reading import read_arrived
from tests.log.writing import CODEC, LOG, NOON, Writer, arrival
from tests.simulation.disk import ModelDisk
from tests.simulation.server import ModelLog

pushes = st.lists(
    st.tuples(st.lists(st.integers(0, 14), max_size=6), st.sampled_from(["", "known", "other"])),
    max_size=8,
)


@given(pushes=pushes)
@settings(max_examples=30)
def test_the_modelled_log_gives_every_event_the_place_the_real_one_gives(tmp_path_factory, pushes):
    folder = tmp_path_factory.mktemp("log")
    notes = Writer().notes(15)
    model = ModelLog(Random(1))
    with EventLog.open(folder / "log.db") as real:
        for number, (chosen, epoch) in enumerate(pushes, 1):
            arrivals = tuple(arrival(notes[index]) for index in chosen)
            outcomes = []
            for store in (model, real):
                whole = _epoch_of(store) if epoch == "known" else epoch
                batch = Batch(log=LOG, arrivals=arrivals, arrived_at=number, epoch=whole)
                outcomes.append(store.append([batch]).outcomes[0])
            modelled, actual = outcomes
            assert modelled.placements == actual.placements
            assert modelled.is_epoch_changed == actual.is_epoch_changed
            assert modelled.head == actual.head
        if pushes:
            page = real.page(LOG, 0, limit=1_000, max_bytes=10**9)
            assert list(page.lines) == model.lines[LOG]
            assert real.head(LOG).tree == model.trees[LOG]


def _epoch_of(store):
    if isinstance(store, ModelLog):
        return store.heads.get(LOG, ("",))[0]
    return next((head.epoch for head in store.heads() if head.log == LOG), "")


steps = st.lists(
    st.sampled_from(
        ["append", "carry", "confirm", "confirm_own", "settle", "park", "repeat", "rewind", "keep"]
    ),
    max_size=14,
)


@pytest.mark.timeout(300)
@given(steps=steps, seed=st.integers(0, 10_000))
@settings(max_examples=25)
def test_the_modelled_disk_keeps_what_the_real_one_keeps(tmp_path_factory, steps, seed):
    path = tmp_path_factory.mktemp("profile") / "profile.db"
    with open_profile(path, bytes(32), clock=lambda: NOON).log as local:
        both = (ModelDisk(), ProfileStore(local, lambda: NOON))
        script = _Script(Random(seed))
        for step in steps:
            script.do(step, both)
            model, real = both
            assert model.cursor(LOG) == real.cursor(LOG)
            assert model.lines(LOG, 0, 99) == real.lines(LOG, 0, 99)
            assert _rows(model) == _rows(real)
            assert model.parked(LOG) == real.parked(LOG)
            assert model.kept_state(LOG) == real.kept_state(LOG)
            assert model.next_number(LOG) == real.next_number(LOG)


def _rows(store):
    return [(row.event_id, row.body, row.sig) for row in store.outbox(LOG)]


class _Script:
    """Does the same to both disks."""

    def __init__(self, random):
        self.random = random
        self.mine, self.others = Writer(seed=1), Writer(seed=2, person="tom")
        self.carried = Writer(seed=3, person="lena")
        self.epochs = 1

    def do(self, step, both):
        model = both[0]
        epoch, position = model.cursor(LOG).epoch or "e1", model.cursor(LOG).position
        rows = model.outbox(LOG)
        if step == "append":
            self._append(both)
        elif step == "carry":
            signed = [self.carried.note(), *self.carried.notes(2)]
            rows = [
                Outgoing(event_id=one.event.id, n=n, body=one.body, sig=one.sig)
                for n, one in enumerate([*signed, signed[0]], 1)
            ]
            first, second = (store.carry(LOG, rows) for store in both)
            assert first == second
            assert [store.carry(LOG, rows) for store in both] == [[], []]
        elif step == "repeat" and model.aside:
            self._append(both, repeats=next(iter(model.aside)))
        elif step == "confirm":
            signed = [self.others.note() for _ in range(self.random.randint(1, 3))]
            self._confirm(both, [(one.body, one.sig) for one in signed], position, epoch)
        elif step == "confirm_own" and rows:
            self._confirm(both, [(rows[0].body, rows[0].sig)], position, epoch)
        elif step == "settle" and model.rows:
            event_id = next(iter(model.rows))
            for store in both:
                store.confirm(LOG, (), [event_id], epoch)
        elif step == "park" and model.rows:
            event_id = next(iter(model.rows))
            for store in both:
                store.park(event_id, ProblemCode.TOO_LARGE, "why")
        elif step == "keep" and model.epoch is not None:
            mark = KeptMark(log=LOG, epoch=epoch, position=position, tree=model.cursor(LOG).tree)
            parts = {"state": self.random.randbytes(4), str(position): b"a part"}
            for store in both:
                assert store.keep_state(KeptState(mark=mark, rules=b"rules", parts=parts))
        elif step == "rewind" and position:
            self.epochs += 1
            keep = self.random.randint(0, position)
            for store in both:
                store.rewind(LOG, keep, f"e{self.epochs}")

    def _append(self, both, repeats=""):
        signed = self.mine.note()
        row = Outgoing(
            event_id=signed.event.id, n=both[0].next_number(LOG), body=signed.body, sig=signed.sig
        )
        for store in both:
            store.append(LOG, [row], repeats=repeats)

    def _confirm(self, both, bodies, position, epoch):
        lines = [
            record_line(
                position=at, received_at=at, skew_ms=0, standing=Standing.ACCEPTED, why=None,
                body=body, sig=sig,
            )
            for at, (body, sig) in enumerate(bodies, position + 1)
        ]  # fmt: skip
        for store in both:
            store.confirm(LOG, read_arrived(CODEC, LOG, lines, position), (), epoch)
