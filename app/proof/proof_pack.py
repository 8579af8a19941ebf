"""A proof pack: one record that convinces by itself, without the rest of its log.

One line of JSON: the record, the hashes that lead to the root, the signed checkpoint with that
root, and the two public keys.
"""

from __future__ import annotations

from collections.abc import Sequence

from app.proof.encoding import to_base64
from app.proof.merkle import HASH_BYTES, leaf_hash, verify_inclusion
from app.proof.note import MAX_NOTE_BYTES, Checkpoint, open_checkpoint
from app.proof.problem import ProofRefused
from app.proof.record import MAX_RECORD_BYTES, RecordFrame, read_frame
from app.proof.signatures import PUBLIC_KEY_BYTES, VerifyingKey, console_id
from app.proof.strict_json import bytes_of, read_document, text_in, texts_in, write_document
from app.proof.verdict import Check, Counted, Verdict, refused

FORMAT = "watchfloor-proof-pack-1"

MAX_PACK_BYTES = 2 * (MAX_RECORD_BYTES + MAX_NOTE_BYTES) + 8 * 1024
"""Twice what it holds: as JSON text in JSON, a quote takes two bytes."""

_FIELDS = ("format", "record", "proof", "checkpoint", "server_key", "console_key")


def make_proof_pack(
    *,
    record: bytes,
    proof: Sequence[bytes],
    checkpoint: bytes,
    server_key: bytes,
    console_key: bytes,
) -> bytes:
    """The pack for one record; raises `ProofRefused` if it would not verify.

    `proof` is `Tree.inclusion_proof(position - 1, size)` for the size in `checkpoint` (a signed
    note); keys are public, 32 bytes each.
    """
    pack = write_document(
        {
            "format": FORMAT,
            "record": record.decode("utf-8"),
            "proof": [to_base64(each) for each in proof],
            "checkpoint": checkpoint.decode("utf-8"),
            "server_key": to_base64(server_key),
            "console_key": to_base64(console_key),
        }
    )
    _examine(pack, None)
    return pack


def verify_proof_pack(data: bytes, *, server_key: bytes | None = None) -> Verdict:
    """Whether the one record in the pack is in its log and by its author; never raises.

    `server_key` (32 bytes), if known from elsewhere, must be the one in the pack.
    """
    try:
        frame, head, key = _examine(data, server_key)
    except ProofRefused as problem:
        return refused(problem, checked="proof pack")
    whose = (
        "the one you gave" if server_key is not None else f"the pack's own claim: {to_base64(key)}"
    )
    return Verdict(
        ok=True,
        checks=(
            Check("checkpoint", True, f"signed by the site; its key is {whose}"),
            Check("record", True, f"position {frame.position} of {head.size} in {head.origin}"),
            Check("author", True, f"signed by console {frame.console}"),
        ),
        counted=Counted(
            records=1,
            signatures=1,
            quarantined=int(frame.standing == "quarantined"),
            checkpoints=1,
        ),
        origin=head.origin,
        size=head.size,
        root=head.root,
        server_key=key,
        consoles=((frame.console, 1),),
    )


def _examine(data: bytes, server_key: bytes | None) -> tuple[RecordFrame, Checkpoint, bytes]:
    where = "proof pack"
    if len(data) > MAX_PACK_BYTES:
        raise ProofRefused(f"is longer than {MAX_PACK_BYTES} bytes", where=where)
    document = read_document(data, _FIELDS, where=where)
    if document["format"] != FORMAT:
        raise ProofRefused("has a format this program does not know", where=where)
    key = _key_in(document, "server_key")
    if server_key is not None and key != server_key:
        raise ProofRefused("the site's key is not the one you gave", where=where)
    note = text_in(document, "checkpoint", where=where).encode("utf-8", "surrogatepass")
    head = open_checkpoint(note, public_keys=[key], where=f"{where}, checkpoint")
    record = text_in(document, "record", where=where).encode("utf-8", "surrogatepass")
    frame = read_frame(record, where=f"{where}, record")
    proof = [
        bytes_of(text, HASH_BYTES, what="a hash", where=f"{where}, proof")
        for text in texts_in(document, "proof", where=where)
    ]
    is_included = verify_inclusion(
        leaf=leaf_hash(record),
        index=frame.position - 1,
        size=head.size,
        root=head.root,
        proof=proof,
    )
    if not is_included:
        raise ProofRefused("does not lead from the record to the root", where=f"{where}, proof")
    _examine_author(frame, head, _key_in(document, "console_key"))
    return frame, head, key


def _examine_author(frame: RecordFrame, head: Checkpoint, console_key: bytes) -> None:
    where = f"record at position {frame.position}"
    if head.origin.rpartition("/")[2] != frame.log:
        raise ProofRefused(f"was written for another log, {frame.log!r}", where=where)
    if console_id(console_key) != frame.console:
        raise ProofRefused("the key is not that of its console", where=where)
    if not VerifyingKey(console_key).verifies_body(frame.body, frame.sig):
        raise ProofRefused("the signature of its author does not match it", where=where)


def _key_in(document: dict[str, object], field: str) -> bytes:
    where = f"proof pack, {field}"
    return bytes_of(
        text_in(document, field, where=where), PUBLIC_KEY_BYTES, what="it", where=where
    )
