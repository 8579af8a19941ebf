"""What is kept of a log is read whole or not at all, and by one process at a time."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from app.log.glance import NothingToSee, glance_at
from app.log.kept_states import KeptMark, KeptState, KeptStates, leads_to
from app.log.local_log import LocalLog
from app.log.profile import open_profile
from app.proof.merkle import CompactRange
from tests.log.profiles import EPOCH, page, record_lines
from tests.log.writing import LOG, NOON, OTHER_LOG, Writer

KEY = bytes(range(32))
LINES = record_lines(Writer().notes(30))


def mark_at(position: int) -> KeptMark:
    tree = CompactRange()
    tree.extend(LINES[:position])
    return KeptMark(log=LOG, epoch=EPOCH, position=position, tree=tree.to_bytes())


def state(number: int, log: str = LOG) -> KeptState:
    mark = replace(mark_at(20), log=log)
    return KeptState(mark=mark, rules=b"rules", parts={"a": b"%d" % number, f"{number}": b"x"})


def profile(path: Path) -> LocalLog:
    local = open_profile(path, KEY, clock=lambda: NOON).log
    local.confirm(page(LOG, LINES))
    return local


def test_the_newest_state_of_each_log_is_kept(tmp_path: Path):
    states = KeptStates(tmp_path / "kept", KEY)
    for number in (1, 2):
        assert states.keep(state(number))
        assert states.keep(state(number + 10, OTHER_LOG))
    states.close()

    again = KeptStates(tmp_path / "kept", KEY)

    assert again.load(LOG) == state(2)
    assert again.load(OTHER_LOG) == state(12, OTHER_LOG)
    assert set(again.marks()) == {LOG, OTHER_LOG}
    assert again.load("incident:another") is None
    again.forget()
    assert not list(tmp_path.iterdir())


def test_to_look_for_what_is_kept_makes_no_file(tmp_path: Path):
    states = KeptStates(tmp_path / "kept", KEY)

    assert (states.load(LOG), states.marks()) == (None, {})
    assert not list(tmp_path.iterdir())


def test_another_process_at_work_with_it_keeps_its_file(tmp_path: Path):
    ours, theirs = KeptStates(tmp_path / "kept", KEY), KeptStates(tmp_path / "kept", KEY)
    assert ours.keep(state(1))

    assert theirs.load(LOG) is None
    assert not theirs.keep(state(2))

    assert ours.load(LOG) == state(1)
    ours.close()
    assert theirs.load(LOG) == state(1)
    theirs.close()


@pytest.mark.parametrize("key", [KEY[::-1]])
def test_another_key_reads_nothing(tmp_path: Path, key: bytes):
    states = KeptStates(tmp_path / "kept", KEY)
    assert states.keep(state(1))
    states.close()

    assert KeptStates(tmp_path / "kept", key).load(LOG) is None


def test_a_mark_leads_to_the_tree_of_what_follows_it_and_to_no_other():
    tree = mark_at(30).tree

    assert all(
        leads_to(mark_at(at), LINES[at:], epoch=EPOCH, tree=tree) for at in range(len(LINES) + 1)
    )
    assert not leads_to(mark_at(20), LINES[21:], epoch=EPOCH, tree=tree)
    assert not leads_to(mark_at(20), LINES[20:], epoch="another", tree=tree)
    assert not leads_to(replace(mark_at(20), position=19), LINES[20:], epoch=EPOCH, tree=tree)
    assert not leads_to(replace(mark_at(20), tree=b"short"), LINES, epoch=EPOCH, tree=tree)


def test_a_glance_uses_what_is_kept_of_these_records_only(tmp_path: Path):
    path = tmp_path / "profile.db"
    with profile(path) as local:
        assert local.keep_state(state(1))
    with glance_at(path, KEY) as glance:
        assert glance.kept_state(LOG) == state(1)

    with open_profile(path, KEY, clock=lambda: NOON).log as local:
        other = replace(mark_at(19), position=20)
        assert local.keep_state(KeptState(mark=other, rules=b"rules", parts={}))
    with glance_at(path, KEY) as glance:
        assert glance.kept_state(LOG) is None


def test_a_long_log_without_a_kept_state_is_not_for_a_glance(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    path = tmp_path / "profile.db"
    profile(path).close()

    monkeypatch.setattr("app.log.glance.MOST_RECORDS", 29)
    with glance_at(path, KEY) as glance:
        assert len(glance.lines(LOG, 1)) == 29
        with pytest.raises(NothingToSee):
            glance.lines(LOG, 0)
