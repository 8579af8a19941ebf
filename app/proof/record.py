"""A record's frame, read from its exact bytes: the server's stamp, the body, the signature.

The frame is one line of JSON whose parts always stand in the same order, so the body's bytes can
be cut out verbatim; nothing is decoded and encoded again.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from app.proof.problem import ProofRefused
from app.proof.strict_json import read_object, text_in

MAX_RECORD_BYTES = 80 * 1024

_NUMBER = rb"(-?(?:0|[1-9][0-9]{0,17}))"
_TEXT = rb'(?:null|"(?:[^"\\\x00-\x1f]|\\.)*")'
_FRAME = re.compile(
    rb'\{"v":1,"position":' + _NUMBER + rb',"received_at":' + _NUMBER + rb',"skew_ms":' + _NUMBER
    + rb',"standing":"(accepted|quarantined)","why":' + _TEXT + rb',"body":'
)  # fmt: skip
_SIGNATURE = re.compile(rb',"sig":"([A-Za-z0-9_-]{86})"\}')
_SIGNATURE_BYTES = len(b',"sig":""}') + 86
_BLOB_REFERENCE = re.compile(rb"(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])")


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordFrame:
    """A record taken apart.  `received_at` is server time in microseconds since 1970 UTC.

    `body` is the verbatim bytes the author's console signed, `sig` its signature (base64url).
    `log`, `console` and `event_id` are what the body says of itself.
    """

    position: int
    received_at: int
    standing: str
    body: bytes
    sig: str
    log: str
    console: str
    event_id: str


def read_frame(record: bytes, *, where: str = "record") -> RecordFrame:
    """The frame of one record (without newline); raises `ProofRefused` when it is not one."""
    if len(record) > MAX_RECORD_BYTES:
        raise ProofRefused(f"is longer than {MAX_RECORD_BYTES} bytes", where=where)
    stamp = _FRAME.match(record)
    signature = _SIGNATURE.fullmatch(record, max(0, len(record) - _SIGNATURE_BYTES))
    if stamp is None or signature is None or stamp.end() > signature.start():
        raise ProofRefused("does not have the form of a record", where=where)
    body = record[stamp.end() : signature.start()]
    envelope = read_object(body, where=f"{where}, body")
    return RecordFrame(
        position=int(stamp[1]),
        received_at=int(stamp[2]),
        standing=stamp[4].decode(),
        body=body,
        sig=signature[1].decode(),
        log=text_in(envelope, "log", where=where),
        console=text_in(envelope, "console", where=where),
        event_id=text_in(envelope, "id", where=where),
    )


def blobs_mentioned(body: bytes) -> set[str]:
    """The SHA-256 values (64 lower-case hex digits) in a body: its attachments are among them."""
    return {match.decode() for match in _BLOB_REFERENCE.findall(body)}
