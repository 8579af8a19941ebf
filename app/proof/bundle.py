"""Writing a bundle: one log as a `.watchfloor` file that convinces without us."""

from __future__ import annotations

import zlib
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import chain

from app.proof import layout
from app.proof.container import Entry, directory
from app.proof.encoding import to_base64
from app.proof.guide import GUIDE_TEXT
from app.proof.merkle import CompactRange, leaf_hash
from app.proof.note import open_checkpoint
from app.proof.problem import ProofRefused
from app.proof.record import blobs_mentioned, read_frame
from app.proof.signatures import console_id
from app.proof.strict_json import write_document
from app.proof.withheld import WithheldRecord

SUFFIX = ".watchfloor"
MEDIA_TYPE = "application/vnd.watchfloor.bundle+zip"

_CHUNK_BYTES = 256 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class SitePublication:
    """Where a log's checkpoint stands in the site log.

    `checkpoint` is the site's signed note, `index` the leaf (from 0), `proof` its inclusion.
    """

    checkpoint: bytes
    index: int
    proof: Sequence[bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class BundleContents:
    """Everything a bundle says.

    `records` are all of the log's, positions 1, 2, …, up to the size of `checkpoint` (a signed
    note): exact record bytes, or withheld.  `server_key` and `console_keys` are public keys, 32
    bytes each; keys and `blobs` (attachments, exact bytes) that no shown record needs are left
    out of the bundle.  `earlier_checkpoints` are signed notes by the same server key.
    """

    records: Sequence[bytes | WithheldRecord]
    checkpoint: bytes
    server_key: bytes
    console_keys: Collection[bytes]
    earlier_checkpoints: Sequence[bytes] = ()
    site: SitePublication | None = None
    blobs: Sequence[bytes] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _File:
    """A file to be written: its entry in the zip and its bytes in pieces."""

    entry: Entry
    parts: Sequence[bytes]


def bundle_chunks(contents: BundleContents) -> Iterator[bytes]:
    """The bundle's bytes in pieces of some hundred kilobytes, to be streamed.

    The same contents give the same bytes.  Raises `ProofRefused` before the first piece if the
    contents do not prove themselves.
    """
    files = _files(contents)
    entries = [each.entry for each in files]
    end = directory(entries)
    if sum(entry.length for entry in entries) + len(end) > layout.MAX_BUNDLE_BYTES:
        raise ProofRefused("is larger than 2 GiB; leave attachments out", where="bundle")
    pieces = chain.from_iterable((each.entry.local_header, *each.parts) for each in files)
    return _gathered(chain(pieces, (end,)))


def _files(contents: BundleContents) -> list[_File]:
    consoles, mentioned = _needed_by(contents.records)
    known = {console_id(key): key for key in contents.console_keys}
    for console, position in consoles.items():
        if console not in known:
            raise ProofRefused(
                f"the key of console {console!r} is missing",
                where=f"record at position {position}",
            )
    keys = sorted(to_base64(known[console]) for console in consoles)
    files = [
        _file(layout.GUIDE, [GUIDE_TEXT.encode()]),
        _file(layout.KEYS, [_keys_document(contents.server_key, keys)]),
        _file(layout.CHECKPOINT, [contents.checkpoint]),
        *_earlier_checkpoints(contents),
        *_site_files(contents.site),
        *_log_files(contents),
        *_blob_files(contents.blobs, mentioned),
    ]
    if len(files) > layout.MAX_ENTRIES:
        raise ProofRefused(f"has more than {layout.MAX_ENTRIES} files", where="bundle")
    return files


def _keys_document(server_key: bytes, console_keys: list[str]) -> bytes:
    return write_document({"v": 1, "server": to_base64(server_key), "consoles": console_keys})


def _needed_by(records: Sequence[bytes | WithheldRecord]) -> tuple[dict[str, int], set[str]]:
    """The consoles that shown records come from (with the first position), and blobs they name."""
    consoles, mentioned = dict[str, int](), set[str]()
    for position, record in enumerate(records, start=1):
        if isinstance(record, bytes):
            frame = read_frame(record, where=f"record at position {position}")
            consoles.setdefault(frame.console, position)
            mentioned |= blobs_mentioned(frame.body)
    return consoles, mentioned


def _log_files(contents: BundleContents) -> list[_File]:
    """`leaves.txt` and `records.ndjson`, once their root is the checkpoint's."""
    if len(contents.records) > layout.MAX_RECORDS:
        raise ProofRefused(f"has more than {layout.MAX_RECORDS} records", where="bundle")
    tree, leaves, lines = CompactRange(), list[bytes](), list[bytes]()
    for record in contents.records:
        if isinstance(record, WithheldRecord):
            leaf, line = record.leaf, record.line
        else:
            leaf, line = leaf_hash(record), record
        tree.append_leaf(leaf)
        leaves.append(to_base64(leaf).encode() + b"\n")
        lines += (line, b"\n")
    head = open_checkpoint(contents.checkpoint, public_keys=[contents.server_key])
    if (head.size, head.root) != (tree.size, tree.root):
        raise ProofRefused(
            f"is not that of the {tree.size} records to be written", where=layout.CHECKPOINT
        )
    return [_file(layout.LEAVES, leaves), _file(layout.RECORDS, lines)]


def _earlier_checkpoints(contents: BundleContents) -> list[_File]:
    keys = [contents.server_key]
    head = open_checkpoint(contents.checkpoint, public_keys=keys)
    by_size = dict[int, bytes]()
    for note in contents.earlier_checkpoints:
        earlier = open_checkpoint(note, public_keys=keys, origin=head.origin)
        if earlier.size < head.size:
            by_size[earlier.size] = note
    return [
        _file(layout.earlier_checkpoint_name(size), [by_size[size]]) for size in sorted(by_size)
    ]


def _site_files(site: SitePublication | None) -> list[_File]:
    if site is None:
        return []
    proof = {"v": 1, "index": site.index, "hashes": [to_base64(each) for each in site.proof]}
    return [
        _file(layout.SITE_CHECKPOINT, [site.checkpoint]),
        _file(layout.SITE_PROOF, [write_document(proof)]),
    ]


def _blob_files(blobs: Iterable[bytes], mentioned: set[str]) -> list[_File]:
    by_hash = {sha256(blob).hexdigest(): blob for blob in blobs}
    return [
        _file(layout.blob_name(name), [by_hash[name]])
        for name in sorted(by_hash)
        if name in mentioned
    ]


def _file(name: str, parts: Sequence[bytes]) -> _File:
    size = crc = 0
    for part in parts:
        size += len(part)
        crc = zlib.crc32(part, crc)
    limit = layout.size_limit(name)
    if limit is None or size > limit:
        raise ProofRefused(f"{size} bytes are more than the {limit} it may have", where=name)
    return _File(entry=Entry(name=name, size=size, crc=crc), parts=parts)


def _gathered(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes in fewer, larger pieces."""
    waiting, length = list[bytes](), 0
    for piece in pieces:
        waiting.append(piece)
        length += len(piece)
        if length >= _CHUNK_BYTES:
            yield b"".join(waiting)
            waiting, length = [], 0
    yield b"".join(waiting)
