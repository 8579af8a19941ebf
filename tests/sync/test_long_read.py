"""Reading many records at once leaves the garbage collector as a program needs it."""

from __future__ import annotations

import gc

import pytest

from app.sync.long_read import FROZEN_FROM, collector_paused, keep_for_good


def test_nothing_is_collected_while_a_log_is_read() -> None:
    with collector_paused():
        assert not gc.isenabled()
    assert gc.isenabled()


def test_the_collector_runs_again_after_a_read_that_failed() -> None:
    with pytest.raises(OSError, match="the disk is gone"), collector_paused():
        raise OSError("the disk is gone")
    assert gc.isenabled()


def test_the_collector_runs_again_when_reads_overlap() -> None:
    with collector_paused(), collector_paused():
        pass
    assert gc.isenabled()


def test_a_long_log_is_kept_out_of_the_collectors_sight_and_a_short_one_is_not() -> None:
    # given
    gc.unfreeze()
    try:
        # when
        keep_for_good(FROZEN_FROM - 1)
        frozen_by_a_short_log = gc.get_freeze_count()
        keep_for_good(FROZEN_FROM)
        # then
        assert frozen_by_a_short_log == 0
        assert gc.get_freeze_count() > 0
    finally:
        gc.unfreeze()
