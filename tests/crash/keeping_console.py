"""A console as a child that is forked: keeps one state of its log after the other, for ever.

`main(folder)`; says `keeping` before it begins, and `kept` once the first is.
"""

from __future__ import annotations

from pathlib import Path

from app.log.kept_states import KeptMark, KeptState
from tests.crash.telling import tell
from tests.log.profiles import open_in
from tests.log.writing import LOG


def main(folder: str) -> None:
    """Keep states of 1 to 40 parts until killed; every part of a state says which one it is."""
    with open_in(Path(folder)).log as log:
        cursor = log.cursor(LOG)
        assert cursor is not None
        mark = KeptMark(log=LOG, epoch=cursor.epoch, position=cursor.position, tree=cursor.tree)
        tell("keeping")
        number = 0
        while True:
            number += 1
            words = str(number).encode() * 2_000
            parts = {f"part {place}": words for place in range(number % 40 + 1)}
            assert log.keep_state(KeptState(mark=mark, rules=str(number).encode(), parts=parts))
            if number == 1:
                tell("kept")
