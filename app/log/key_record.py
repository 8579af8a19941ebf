"""How a profile's key is kept: a small file that says where the key is, or holds it sealed.

Two lines: a JSON object, and the SHA-256 of that line.  A copy lies beside it, so that one
damaged byte does not cost what waits in the profile.
"""

from __future__ import annotations

import hashlib
import hmac
import unicodedata
from collections.abc import Callable
from pathlib import Path

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from app.log.problems import FolderUnusable, StoreError
from app.log.secret_file import write_secret

KEY_BYTES = 32
ARGON2_KIBIBYTES = 64 * 1024
ARGON2_PASSES = 3
ARGON2_LANES = 4
SALT_BYTES = 16
NONCE_BYTES = 12
_CONTEXT = b"watchfloor profile key 1"
_CHECK_BYTES = 8


class KeyRecordDamaged(StoreError):
    """Neither the file that leads to the key nor its copy can be read."""

    advice = (
        "Restore profile.key from a backup of this computer. Nothing was changed; without it, "
        "entries that were not sent yet cannot be read."
    )


class KeyRecord(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where the key is.  `keeper` is `keyring`, `passphrase` or `file`; bytes are in hex.

    `check` tells whether a key is the one this profile was made with.
    """

    version: int = 1
    keeper: str
    check: str
    entry: str = ""
    key: str = ""
    salt: str = ""
    nonce: str = ""
    sealed: str = ""


def check_of(key: bytes) -> str:
    """A short fingerprint of a key, from which the key cannot be found."""
    return hmac.digest(key, _CONTEXT, "sha256")[:_CHECK_BYTES].hex()


def seal(key: bytes, passphrase: str, random_bytes: Callable[[int], bytes]) -> KeyRecord:
    """A record from which only `passphrase` gets the key back (Argon2id, AES-256-GCM).

    Keyboards compose letters in different ways: the passphrase counts as NFKC makes it (NIST
    SP 800-63B, 5.1.1.2).
    """
    salt, nonce = random_bytes(SALT_BYTES), random_bytes(NONCE_BYTES)
    sealed = AESGCM(_stretched(passphrase, salt)).encrypt(nonce, key, _CONTEXT)
    return KeyRecord(
        keeper="passphrase",
        check=check_of(key),
        salt=salt.hex(),
        nonce=nonce.hex(),
        sealed=sealed.hex(),
    )


def unseal(record: KeyRecord, passphrase: str) -> bytes | None:
    """The key in a sealed record, or None when the passphrase is another one."""
    salt, nonce = bytes.fromhex(record.salt), bytes.fromhex(record.nonce)
    cipher = AESGCM(_stretched(passphrase, salt))
    try:
        return cipher.decrypt(nonce, bytes.fromhex(record.sealed), _CONTEXT)
    except InvalidTag:
        return None


def write_record(path: Path, record: KeyRecord) -> None:
    """Keep `record` at `path` and its copy, for the owner only; raises `FolderUnusable`."""
    line = msgspec.json.encode(record)
    content = line + b"\n" + hashlib.sha256(line).hexdigest().encode() + b"\n"
    write_secret(_copy_of(path), content)
    write_secret(path, content)


def read_record(path: Path) -> KeyRecord | None:
    """The record at `path`, or None if there never was one.

    A damaged file is moved aside and made again from its copy.  Raises `KeyRecordDamaged`,
    `FolderUnusable`.
    """
    contents = [_content(path), _content(_copy_of(path))]
    if contents == [None, None]:
        return None
    records = [_decoded(content) for content in contents]
    found = records[0] or records[1]
    if found is None:
        raise KeyRecordDamaged(f"{path.name} and its copy cannot be read")
    if None in records:
        for file, record in zip((path, _copy_of(path)), records, strict=True):
            if record is None and file.exists():
                file.replace(file.with_name(file.name + ".damaged"))
        write_record(path, found)
    return found


def _stretched(passphrase: str, salt: bytes) -> bytes:
    from argon2.low_level import Type, hash_secret_raw  # most keys need no passphrase

    return hash_secret_raw(
        unicodedata.normalize("NFKC", passphrase).encode(),
        salt,
        time_cost=ARGON2_PASSES,
        memory_cost=ARGON2_KIBIBYTES,
        parallelism=ARGON2_LANES,
        hash_len=KEY_BYTES,
        type=Type.ID,
    )


def _copy_of(path: Path) -> Path:
    return path.with_name(path.name + ".copy")


def _content(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise FolderUnusable(f"{path}: {error.strerror}") from error


def _decoded(content: bytes | None) -> KeyRecord | None:
    line, _, rest = (content or b"").partition(b"\n")
    if rest != hashlib.sha256(line).hexdigest().encode() + b"\n":
        return None
    try:
        return msgspec.json.decode(line, type=KeyRecord)
    except msgspec.DecodeError:
        return None
