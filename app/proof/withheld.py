"""Records that may not be shown: only their place and their leaf hash stay, and the tree holds.

A reader without clearance, and everyone once the time for keeping a record is over, gets such a
line instead of the record.  Need-to-know, redaction and retention are this one mechanism.
"""

from __future__ import annotations

import re
from collections.abc import Container, Sequence
from dataclasses import dataclass

from app.proof.encoding import from_base64url, to_base64url
from app.proof.merkle import HASH_BYTES, leaf_hash
from app.proof.problem import ProofRefused

_LINE = re.compile(rb'\{"v":1,"position":([1-9][0-9]{0,15}),"withheld":"([A-Za-z0-9_-]{43})"\}')


@dataclass(frozen=True, slots=True, kw_only=True)
class WithheldRecord:
    """A record of which a reader gets only the `position` and the 32-byte `leaf` hash."""

    position: int
    leaf: bytes

    @property
    def line(self) -> bytes:
        """The line that stands in the record's place, without newline."""
        return b'{"v":1,"position":%d,"withheld":"%s"}' % (
            self.position,
            to_base64url(self.leaf).encode(),
        )


def withhold(records: Sequence[bytes], hidden: Container[int]) -> list[bytes | WithheldRecord]:
    """A whole log's records (positions 1, 2, …) with those at the `hidden` positions withheld."""
    return [
        WithheldRecord(position=position, leaf=leaf_hash(record)) if position in hidden else record
        for position, record in enumerate(records, start=1)
    ]


WITHHELD_MARK = b',"withheld":"'
"""What is near the beginning of a withheld record's line, and never of a record's."""


def is_withheld_line(line: bytes) -> bool:
    """Whether a line claims to stand for a withheld record; no record begins like this."""
    return WITHHELD_MARK in line[:48]


def read_withheld(line: bytes, *, where: str = "record") -> WithheldRecord:
    """The withheld record in its line (without newline); raises `ProofRefused` otherwise."""
    match = _LINE.fullmatch(line)
    if match is None:
        raise ProofRefused("is not a withheld record's line", where=where)
    try:
        leaf = from_base64url(match[2].decode())
    except ValueError as error:
        raise ProofRefused(f"the leaf hash {error}", where=where) from error
    if len(leaf) != HASH_BYTES:
        raise ProofRefused(f"the leaf hash has not {HASH_BYTES} bytes", where=where)
    return WithheldRecord(position=int(match[1]), leaf=leaf)
