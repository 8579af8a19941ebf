"""A list model tells views the narrowest truth about what changed."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QModelIndex, Qt
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from app.models.rows import RowRole, RowsModel

Rows = st.lists(st.integers(0, 6), max_size=8)


class Numbers(RowsModel[int]):
    """Numbers, for the tests of the rows themselves."""

    def sentence(self, row: int) -> str:
        return f"number {row}"


class Watcher:
    """What the model told."""

    def __init__(self, model: Numbers) -> None:
        self.told: list[str] = []
        model.rowsInserted.connect(self._inserted)
        model.rowsRemoved.connect(self._removed)
        model.dataChanged.connect(self._changed)
        model.modelReset.connect(self._reset)

    def _inserted(self, _parent: QModelIndex, first: int, last: int) -> None:
        self.told.append(f"insert {first}-{last}")

    def _removed(self, _parent: QModelIndex, first: int, last: int) -> None:
        self.told.append(f"remove {first}-{last}")

    def _changed(self, first: QModelIndex) -> None:
        self.told.append(f"change {first.row()}")

    def _reset(self) -> None:
        self.told.append("reset")


def shown(old: list[int], new: list[int]) -> list[str]:
    model = Numbers()
    model.show_rows(old)
    watcher = Watcher(model)
    model.show_rows(new)
    assert model.rows == tuple(new)
    return watcher.told


def test_rows_added_at_either_end_or_inside_are_insertions(qtbot: QtBot) -> None:
    assert shown([1, 2], [1, 2, 3]) == ["insert 2-2"]
    assert shown([1, 2], [8, 9, 1, 2]) == ["insert 0-1"]
    assert shown([1, 2], [1, 5, 2]) == ["insert 1-1"]


def test_rows_taken_away_are_removals(qtbot: QtBot) -> None:
    assert shown([1, 2, 3], [1, 3]) == ["remove 1-1"]


def test_only_the_rows_that_differ_are_changed(qtbot: QtBot) -> None:
    assert shown([1, 2, 3, 4], [1, 5, 3, 6]) == ["change 1", "change 3"]


def test_nothing_is_told_when_nothing_changed(qtbot: QtBot) -> None:
    assert shown([1, 2], [1, 2]) == []


def test_anything_else_is_a_reset(qtbot: QtBot) -> None:
    assert shown([1, 2, 3], [4, 5]) == ["reset"]


@given(old=Rows, new=Rows)
def test_any_list_can_follow_any_other(old: list[int], new: list[int]) -> None:
    shown(old, new)


def test_a_row_gives_its_sentence_and_itself(qtbot: QtBot, qtmodeltester: ModelTester) -> None:
    model = Numbers()
    model.show_rows([7, 8])

    assert model.index(1).data() == "number 8"
    assert model.index(1).data(Qt.ItemDataRole.AccessibleTextRole) == "number 8"
    assert model.index(1).data(RowRole.ROW) == 8
    assert model.index(5).data() is None
    assert model.rowCount(model.index(0)) == 0
    qtmodeltester.check(model)
