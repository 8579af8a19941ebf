"""What a bundle is made of: the names, their order and their greatest sizes."""

from __future__ import annotations

import re

from app.proof.note import MAX_NOTE_BYTES

GUIDE = "VERIFY.md"
KEYS = "keys.json"
CHECKPOINT = "checkpoint.txt"
EARLIER_CHECKPOINTS = "checkpoints/"
SITE_CHECKPOINT = "site-checkpoint.txt"
SITE_PROOF = "site-proof.json"
LEAVES = "leaves.txt"
RECORDS = "records.ndjson"
BLOBS = "blobs/"

MAX_BUNDLE_BYTES = 2**31 - 1
MAX_ENTRIES = 10_000
MAX_RECORDS = 1_000_000
MAX_BLOB_BYTES = 25 * 1024 * 1024

LEAF_LINE_BYTES = 45
"""A leaf hash in Base64 and a newline."""

_EARLIER = re.compile(r"checkpoints/[0-9]{16}\.txt")
_BLOB = re.compile(r"blobs/[0-9a-f]{64}")
_LIMITS = {
    GUIDE: 64 * 1024,
    KEYS: 4 * 1024 * 1024,
    CHECKPOINT: MAX_NOTE_BYTES,
    EARLIER_CHECKPOINTS: MAX_NOTE_BYTES,
    SITE_CHECKPOINT: MAX_NOTE_BYTES,
    SITE_PROOF: 16 * 1024,
    LEAVES: MAX_RECORDS * LEAF_LINE_BYTES,
    RECORDS: MAX_BUNDLE_BYTES,
    BLOBS: MAX_BLOB_BYTES,
}
_ORDER = {kind: place for place, kind in enumerate(_LIMITS)}

ALWAYS_THERE = (GUIDE, KEYS, CHECKPOINT, LEAVES, RECORDS)


def earlier_checkpoint_name(size: int) -> str:
    """Where the checkpoint at `size` records stands."""
    return f"{EARLIER_CHECKPOINTS}{size:016}.txt"


def blob_name(sha256_hex: str) -> str:
    """Where the attachment with this SHA-256 (64 lower-case hex digits) stands."""
    return f"{BLOBS}{sha256_hex}"


def size_limit(name: str) -> int | None:
    """The most bytes an entry may have; None for a name that no entry of a bundle has."""
    kind = _kind(name)
    return None if kind is None else _LIMITS[kind]


def place_in_order(name: str) -> tuple[int, str]:
    """Sorts entries as a bundle has them: by what they are, then by name."""
    kind = _kind(name)
    return len(_ORDER) if kind is None else _ORDER[kind], name


def _kind(name: str) -> str | None:
    if _EARLIER.fullmatch(name):
        return EARLIER_CHECKPOINTS
    if _BLOB.fullmatch(name):
        return BLOBS
    return name if name in _LIMITS and not name.endswith("/") else None
