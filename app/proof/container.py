"""The zip around a bundle, in one exact form: every byte of it follows from the entries.

Entries are stored uncompressed one after another, without extra fields, comments, times or
attributes of their own, so that any unzip reads them and no byte is free to change.  Format:
PKWARE APPNOTE 6.3, sections 4.3.7 (local header), 4.3.12 (directory) and 4.3.16 (end).
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from app.proof.problem import ProofRefused

_LOCAL = struct.Struct("<4sHHHHHIIIHH")
_CENTRAL = struct.Struct("<4sHHHHHHIIIHHHHHII")
_END = struct.Struct("<4sHHHHIIH")
_LOCAL_SIGNATURE, _CENTRAL_SIGNATURE, _END_SIGNATURE = b"PK\3\4", b"PK\1\2", b"PK\5\6"
_STORED_VERSION = 10
_MADE_ON_UNIX = (3 << 8) | 20
_FIRST_OF_JANUARY_1980 = 0x0021
_PLAIN_FILE = 0o100644 << 16

_MAX_NAME_BYTES = 96
_CHUNK_BYTES = 1 << 20
_LOCAL_FIELDS = (
    (0, "signature"), (4, "version"), (6, "flags"), (8, "compression method"), (10, "time"),
    (12, "date"), (14, "checksum"), (18, "compressed size"), (22, "size"), (26, "name length"),
    (28, "extra length"), (30, "name"),
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One file in the zip: its name (ASCII), its size in bytes and its CRC-32."""

    name: str
    size: int
    crc: int

    @property
    def local_header(self) -> bytes:
        """The bytes in front of the entry's data."""
        name = self.name.encode("ascii")
        return _LOCAL.pack(
            _LOCAL_SIGNATURE, _STORED_VERSION, 0, 0, 0, _FIRST_OF_JANUARY_1980,
            self.crc, self.size, self.size, len(name), 0,
        ) + name  # fmt: skip

    @property
    def length(self) -> int:
        """Header and data together, in bytes."""
        return len(self.local_header) + self.size


@dataclass(frozen=True, slots=True, kw_only=True)
class Located:
    """An entry found in a file, and the byte at which its data starts."""

    entry: Entry
    start: int

    @property
    def end(self) -> int:
        """The byte after its data."""
        return self.start + self.entry.size


def directory(entries: Sequence[Entry]) -> bytes:
    """Everything that follows the data of the last entry."""
    parts, offset = list[bytes](), 0
    for entry in entries:
        name = entry.name.encode("ascii")
        parts.append(
            _CENTRAL.pack(
                _CENTRAL_SIGNATURE, _MADE_ON_UNIX, _STORED_VERSION, 0, 0, 0,
                _FIRST_OF_JANUARY_1980, entry.crc, entry.size, entry.size, len(name), 0, 0, 0,
                0, _PLAIN_FILE, offset,
            ) + name
        )  # fmt: skip
        offset += entry.length
    size = sum(map(len, parts))
    count = len(entries)
    parts.append(_END.pack(_END_SIGNATURE, 0, 0, count, count, size, offset, 0))
    return b"".join(parts)


def walk(
    file: BinaryIO,
    file_size: int,
    *,
    max_entries: int,
    size_limit: Callable[[str], int | None],
    order: Callable[[str], tuple[int, str]],
) -> dict[str, Located]:
    """The entries of the zip in `file`, found from its beginning.

    Nothing but the headers is read, and the directory at the end is believed only once it is
    byte for byte what `directory` writes.  Raises `ProofRefused` naming the first byte that
    is not as it must be, an entry that is too large, unknown, out of `order` or there twice.
    """
    found = list[Located]()
    offset = 0
    while located := _entry_at(file, offset, file_size):
        entry, where = located.entry, f"byte {offset}, entry {located.entry.name!r}"
        limit = size_limit(entry.name)
        if limit is None:
            raise ProofRefused("a bundle has no entry of this name", where=where)
        if entry.size > limit:
            raise ProofRefused(f"{entry.size} bytes are more than {limit}", where=where)
        if len(found) == max_entries:
            raise ProofRefused(f"is one more than the {max_entries} there may be", where=where)
        if found and order(entry.name) <= order(found[-1].entry.name):
            raise ProofRefused("is out of order, or there twice", where=where)
        found.append(located)
        offset = located.end
    _compare_directory(file, offset, [each.entry for each in found])
    return {each.entry.name: each for each in found}


def chunks_of(file: BinaryIO, located: Located) -> Iterator[bytes]:
    """The entry's data in pieces; never reads past its end."""
    file.seek(located.start)
    left = located.entry.size
    while left:
        chunk = file.read(min(left, _CHUNK_BYTES))
        if not chunk:
            raise ProofRefused("ends before its data does", where=located.entry.name)
        left -= len(chunk)
        yield chunk


def check_sum(file: BinaryIO, located: Located) -> None:
    """Raises `ProofRefused` unless the entry's data has the CRC-32 its header states."""
    crc = 0
    for chunk in chunks_of(file, located):
        crc = zlib.crc32(chunk, crc)
    if crc != located.entry.crc:
        raise ProofRefused(
            "the checksum in the zip does not belong to the data",
            where=f"{located.entry.name}, bytes {located.start} to {located.end}",
        )


def _entry_at(file: BinaryIO, offset: int, file_size: int) -> Located | None:
    """The entry whose header starts at `offset`; None where the directory starts."""
    file.seek(offset)
    head = file.read(_LOCAL.size)
    if offset and head[:4] in (_CENTRAL_SIGNATURE, _END_SIGNATURE):
        return None
    if len(head) < _LOCAL.size or head[:4] != _LOCAL_SIGNATURE:
        raise ProofRefused("no entry of a bundle starts here", where=f"byte {offset}")
    *_, crc, _, size, name_length, _ = _LOCAL.unpack(head)
    raw_name = file.read(min(name_length, _MAX_NAME_BYTES))
    name = "".join(chr(byte) if 0x20 < byte < 0x7F else "?" for byte in raw_name)
    entry = Entry(name=name, size=size, crc=crc)
    difference = _first_difference(head + raw_name, entry.local_header)
    if difference is not None:
        raise ProofRefused(
            f"the {_field_at(difference)} of the entry {name!r} is not as a bundle has it",
            where=f"byte {offset + difference}",
        )
    located = Located(entry=entry, start=offset + entry.length - size)
    if located.end > file_size:
        raise ProofRefused(
            f"claims {size} bytes, more than the file has", where=f"byte {offset}, entry {name!r}"
        )
    return located


def _compare_directory(file: BinaryIO, offset: int, entries: Sequence[Entry]) -> None:
    expected = directory(entries)
    file.seek(offset)
    found = file.read(len(expected) + 1)
    difference = _first_difference(found, expected)
    if difference is not None:
        raise ProofRefused(
            "the directory of the zip does not follow from its entries"
            if difference < len(expected)
            else "something follows the end of the zip",
            where=f"byte {offset + difference}",
        )


def _first_difference(found: bytes, expected: bytes) -> int | None:
    if found == expected:
        return None
    pairs = enumerate(zip(found, expected, strict=False))
    shorter = min(len(found), len(expected))
    return next((at for at, (one, other) in pairs if one != other), shorter)


def _field_at(offset: int) -> str:
    return next(name for start, name in reversed(_LOCAL_FIELDS) if start <= offset)
