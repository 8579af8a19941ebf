"""Signed notes and checkpoints: a log's size and root as a short text that a key has signed.

The formats are C2SP signed-note (https://c2sp.org/signed-note) and C2SP tlog-checkpoint
(https://c2sp.org/tlog-checkpoint), with Ed25519 signatures (type 0x01).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256

from app.proof.encoding import from_base64, to_base64
from app.proof.merkle import HASH_BYTES, MAX_SIZE
from app.proof.problem import ProofRefused
from app.proof.signatures import ServerKey, VerifyingKey

MAX_NOTE_BYTES = 64 * 1024
MAX_NOTE_SIGNATURES = 32
MAX_ORIGIN_CHARACTERS = 255

SITE_LOG = "site"

_KEY_ID_BYTES = 4
_ED25519 = b"\x01"
_DASH = "— "
_SIZE = re.compile(r"0|[1-9][0-9]{0,15}")


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteSignature:
    """One signature line: who says they signed (`name`, 4-byte `key_id`), and the signature."""

    name: str
    key_id: bytes
    signature: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedNote:
    """A note as read, nothing verified yet.  `text` ends in a newline."""

    text: str
    signatures: tuple[NoteSignature, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """What a log was at one size: its `origin` (`<site>/<log>`), `size` and 32-byte `root`."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The note text: the lines that get signed, and the leaf bytes (UTF-8) in the site log."""
        lines = (self.origin, str(self.size), to_base64(self.root), *self.extensions)
        return "".join(f"{line}\n" for line in lines)


def origin_of(site: str, log: str) -> str:
    """The origin of a log (`incident:<uuid>`, `organisation`, `site`) of a site (a DNS name)."""
    origin = f"{site}/{log}"
    if not site or not log or not _is_name(origin):
        raise ValueError(f"{origin!r} cannot name a log: no blanks, plus or control characters")
    return origin


def key_id(name: str, public_key: bytes) -> bytes:
    """The 4 bytes that, with its name, identify an Ed25519 key in a note."""
    return sha256(name.encode() + b"\n" + _ED25519 + public_key).digest()[:_KEY_ID_BYTES]


def sign_note(text: str, *, name: str, key: ServerKey) -> bytes:
    """`text` with one signature line by `key` under `name`; raises `ValueError` if not a text."""
    if not text.endswith("\n") or _has_control_characters(text) or not _is_name(name):
        raise ValueError("a note is lines of text without control characters, under a name")
    stamp = key_id(name, key.public_key) + key.sign(text.encode())
    return f"{text}\n{_DASH}{name} {to_base64(stamp)}\n".encode()


def sign_checkpoint(checkpoint: Checkpoint, key: ServerKey) -> bytes:
    """The checkpoint as a signed note; the key goes by the log's origin, as C2SP advises."""
    return sign_note(checkpoint.text, name=checkpoint.origin, key=key)


def parse_note(data: bytes, *, where: str = "note") -> SignedNote:
    """The text and signatures in `data`, unverified; raises `ProofRefused` when malformed."""
    if len(data) > MAX_NOTE_BYTES:
        raise ProofRefused(f"is longer than {MAX_NOTE_BYTES} bytes", where=where)
    try:
        whole = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ProofRefused(f"byte {error.start} is not UTF-8", where=where) from error
    if _has_control_characters(whole):
        raise ProofRefused("has control characters", where=where)
    text, blank, signed = whole.rpartition("\n\n")
    if not blank or not signed.endswith("\n"):
        raise ProofRefused("has no signature lines after a blank line", where=where)
    lines = signed[:-1].split("\n")
    if len(lines) > MAX_NOTE_SIGNATURES:
        raise ProofRefused(f"has more than {MAX_NOTE_SIGNATURES} signatures", where=where)
    return SignedNote(
        text=f"{text}\n", signatures=tuple(_read_signature(line, where) for line in lines)
    )


def verify_note(
    data: bytes, *, name: str, public_keys: Iterable[bytes], where: str = "note"
) -> SignedNote:
    """The note, if one of `public_keys` (32 bytes each) signed it under `name`.

    Signatures by others are left alone, as C2SP asks.  A signature that claims to be by one of
    the keys and does not verify refuses the whole note.  Raises `ProofRefused`.
    """
    note = parse_note(data, where=where)
    message = note.text.encode()
    known = {key_id(name, each): VerifyingKey(each) for each in public_keys}
    is_signed = False
    for line in note.signatures:
        key = known.get(line.key_id) if line.name == name else None
        if key is None:
            continue
        if not key.verifies(line.signature, message):
            raise ProofRefused(f"the signature of {name} does not match the text", where=where)
        is_signed = True
    if not is_signed:
        raise ProofRefused(f"carries no signature by a known key of {name}", where=where)
    return note


def parse_checkpoint(text: str, *, where: str = "checkpoint") -> Checkpoint:
    """The checkpoint in a note's text; raises `ProofRefused` when malformed."""
    lines = text.split("\n")
    if len(lines) < 4 or lines[-1] or not all(lines[:-1]):
        raise ProofRefused("needs an origin, a size and a root, one a line", where=where)
    origin, size, encoded_root, *extensions = lines[:-1]
    if not _is_name(origin):
        raise ProofRefused("line 1 is not the origin of a log", where=f"{where}, line 1")
    if not _SIZE.fullmatch(size) or int(size) > MAX_SIZE:
        raise ProofRefused("is not the size of a log", where=f"{where}, line 2")
    try:
        root = from_base64(encoded_root)
    except ValueError as error:
        raise ProofRefused(str(error), where=f"{where}, line 3") from error
    if len(root) != HASH_BYTES:
        raise ProofRefused(f"is not {HASH_BYTES} bytes of hash", where=f"{where}, line 3")
    return Checkpoint(origin=origin, size=int(size), root=root, extensions=tuple(extensions))


def open_checkpoint(
    data: bytes,
    *,
    public_keys: Sequence[bytes],
    origin: str | None = None,
    where: str = "checkpoint",
) -> Checkpoint:
    """The checkpoint in a signed note, verified against the site's `public_keys`.

    With `origin`, it must be of that log.  Raises `ProofRefused` saying what does not hold.
    """
    checkpoint = parse_checkpoint(parse_note(data, where=where).text, where=where)
    if origin is not None and checkpoint.origin != origin:
        raise ProofRefused(f"is of {checkpoint.origin}, not of {origin}", where=where)
    verify_note(data, name=checkpoint.origin, public_keys=public_keys, where=where)
    return checkpoint


def _read_signature(line: str, where: str) -> NoteSignature:
    name, blank, encoded = line.removeprefix(_DASH).partition(" ")
    if not line.startswith(_DASH) or not blank or not _is_name(name):
        raise ProofRefused("a signature line is not dash, name, signature", where=where)
    try:
        stamp = from_base64(encoded)
    except ValueError as error:
        raise ProofRefused(f"the signature of {name} {error}", where=where) from error
    if len(stamp) <= _KEY_ID_BYTES:
        raise ProofRefused(f"the signature of {name} is too short", where=where)
    return NoteSignature(name=name, key_id=stamp[:_KEY_ID_BYTES], signature=stamp[_KEY_ID_BYTES:])


def _is_name(name: str) -> bool:
    """Whether `name` can be a key name and an origin, safe to show: no blank, no plus."""
    if not 0 < len(name) <= MAX_ORIGIN_CHARACTERS or "+" in name:
        return False
    return name.isprintable() and not any(character.isspace() for character in name)


def _has_control_characters(text: str) -> bool:
    return any(ord(character) < 0x20 and character != "\n" for character in text)
