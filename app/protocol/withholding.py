"""How a record that its reader may not read travels, and the leaf hash of any line.

It is the line that stands for it in a bundle, and besides what everybody may know: when it was
recorded and how sensitive it is.  The server says that; the leaf hash alone is proved.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from app.events.sensitivity import Sensitivity
from app.proof.merkle import CompactRange, leaf_hash
from app.proof.problem import ProofRefused
from app.proof.withheld import WithheldRecord, is_withheld_line, read_withheld

_STAMP = re.compile(
    rb'(\{"v":1,"position":[0-9]+,"withheld":"[A-Za-z0-9_-]+")'
    rb',"received_at":([0-9]{1,18}),"sensitivity":"([a-z]{1,32})"\}'
)


@dataclass(frozen=True, slots=True, kw_only=True)
class StampedWithheld:
    """A withheld record, when it was received (microseconds) and how sensitive it is."""

    record: WithheldRecord
    received_at: int
    sensitivity: Sensitivity

    @property
    def line(self) -> bytes:
        """The line that travels in its place, without newline."""
        return self.record.line[:-1] + b',"received_at":%d,"sensitivity":"%s"}' % (
            self.received_at,
            self.sensitivity.encode(),
        )


def read_stamped(line: bytes) -> StampedWithheld:
    """The withheld record in a line as it travels; raises `ProofRefused` otherwise.

    A sensitivity this version does not know is taken for the highest.
    """
    match = _STAMP.fullmatch(line)
    if match is None:
        raise ProofRefused("is not a withheld record's line", where="record")
    said = match[3].decode()
    return StampedWithheld(
        record=read_withheld(match[1] + b"}"),
        received_at=int(match[2]),
        sensitivity=Sensitivity(said) if said in _LEVELS else Sensitivity.RESTRICTED,
    )


_LEVELS = frozenset(one.value for one in Sensitivity)


def leaf_of(line: bytes) -> bytes:
    """The leaf hash a line stands for in its log's tree, shown or withheld."""
    if is_withheld_line(line):
        try:
            return read_stamped(line).record.leaf
        except ProofRefused:  # it only looks like one: then it is a record with these bytes
            return leaf_hash(line)
    return leaf_hash(line)


def grow(tree: CompactRange, lines: Iterable[bytes]) -> None:
    """Append what these lines stand for to a tree, in order."""
    for leaf in leaves_of(lines):
        tree.append_leaf(leaf)


def leaves_of(lines: Iterable[bytes]) -> Iterator[bytes]:
    """The leaf hash of each line."""
    return map(leaf_of, lines)
