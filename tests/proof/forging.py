"""A perfect zip of whatever a forger likes, and the verdict on it."""

from __future__ import annotations

import zlib
from pathlib import Path

from app.proof import layout
from app.proof.container import Entry, chunks_of, directory, walk
from app.proof.encoding import to_base64
from app.proof.merkle import leaf_hash

Files = dict[str, bytes]


def unpacked(path: Path) -> Files:
    """The entries of a bundle, to be changed."""
    with path.open("rb") as file:
        found = walk(
            file,
            path.stat().st_size,
            max_entries=100,
            size_limit=layout.size_limit,
            order=layout.place_in_order,
        )
        return {name: b"".join(chunks_of(file, located)) for name, located in found.items()}


def packed(files: Files) -> bytes:
    """A perfect zip of whatever the forger likes."""
    entries = [
        Entry(name=name, size=len(data), crc=zlib.crc32(data)) for name, data in files.items()
    ]
    parts = [
        entry.local_header + data for entry, data in zip(entries, files.values(), strict=True)
    ]
    return b"".join(parts) + directory(entries)


def leaves_of(lines: bytes) -> bytes:
    """`leaves.txt` for changed records."""
    return b"".join(
        to_base64(leaf_hash(line)).encode() + b"\n" for line in lines.split(b"\n")[:-1]
    )


def lines(files: Files) -> list[bytes]:
    """The record lines, newlines included."""
    return files[layout.RECORDS].splitlines(keepends=True)
