"""The key of a profile: from the system's keyring, a passphrase, or a file.

The keyring is used only through backends that ask the operating system; others that `keyring`
may find keep passwords in plain files and are passed over.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from app.log.key_record import (
    KEY_BYTES,
    KeyRecord,
    check_of,
    read_record,
    seal,
    unseal,
    write_record,
)
from app.log.problems import StoreError

KEY_FILE_VARIABLE = "WATCHFLOOR_KEY_FILE"
RECORD_NAME = "profile.key"
SHORTEST_PASSPHRASE = 12
"""Characters: whoever takes the disk can guess as long as he likes."""
KEYRING_SERVICE = "watchfloor"
ALLOWED_BACKENDS = {
    "keyring.backends.SecretService": "keyring",
    "keyring.backends.libsecret": "keyring",
    "keyring.backends.kwallet": "KWallet",
    "keyring.backends.macOS": "Keychain",
    "keyring.backends.Windows": "Credential Manager",
}
"""Modules of backends that ask the operating system, and what people call them."""


class KeyLost(StoreError):
    """The profile has a key, and it is not where it was kept."""

    advice = (
        "Restore the keyring of this computer from a backup. If that cannot be done, start with "
        "another --profile: the incidents come from the server again, but entries that were not "
        "sent yet cannot be read without the key."
    )


class KeyringLocked(StoreError):
    """The keyring is there and does not answer."""

    advice = (
        "Unlock the keyring of your account (log in to the desktop again) and start again. "
        "Nothing was changed. Where nobody can unlock it, a new profile can have its key in a "
        "file that WATCHFLOOR_KEY_FILE names."
    )


class KeyringMissing(StoreError):
    """The profile's key is in a keyring that this session does not have."""

    advice = (
        "Start from the desktop session in which the profile was made, or start with another "
        "--profile. Nothing was changed."
    )


class WrongPassphrase(StoreError):
    """The passphrase does not open the profile."""

    advice = "Try again; capital letters count. Nothing was changed."


class PassphraseNeeded(StoreError):
    """The profile is sealed with a passphrase and nobody gave it yet, or can be asked for it."""

    advice = "Start Watchfloor where it can ask you, or start with another --profile."


class KeyFileUnreadable(StoreError):
    """The key file that was named is not there, or not a key."""

    advice = (
        "Check WATCHFLOOR_KEY_FILE: it names a file of exactly 32 random bytes that your account "
        "may read. Make one with: head -c 32 /dev/urandom > FILE"
    )


class Keeper(StrEnum):
    """What keeps the key of a profile."""

    KEYRING = "keyring"
    SEALED = "passphrase"
    NAMED_FILE = "named_file"
    OWN_FILE = "file"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileKey:
    """The 32-byte key, what keeps it, and a sentence that tells the person what protects it."""

    key: bytes
    kind: Keeper
    sentence: str


class SecretStore(Protocol):
    """What is used of a keyring."""

    def get_password(self, service: str, username: str) -> str | None:
        """The secret of an entry, or None."""

    def set_password(self, service: str, username: str, password: str) -> None:
        """Keep a secret."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemKeyring:
    """A keyring of the operating system, and what people call it."""

    store: SecretStore
    name: str


def system_keyring() -> SystemKeyring | None:
    """The keyring of this session, or None if there is none that asks the operating system."""
    import keyring  # looks through all that is installed: not for a profile that needs none

    backend = keyring.get_keyring()
    return first_allowed([backend, *getattr(backend, "backends", ())])


def first_allowed(backends: Iterable[SecretStore]) -> SystemKeyring | None:
    """The first of these backends that may be trusted with a key."""
    for backend in backends:
        name = ALLOWED_BACKENDS.get(_module_of(backend))
        if name is not None:
            return SystemKeyring(store=backend, name=name)
    return None


def has_key(folder: Path) -> bool:
    """Whether the profile in `folder` has a key already.

    Raises `KeyRecordDamaged`, `FolderUnusable`.
    """
    return read_record(folder / RECORD_NAME) is not None


def profile_key(
    folder: Path,
    *,
    profile: str,
    ask_passphrase: Callable[[], str] | None,
    environment: Mapping[str, str],
    find_keyring: Callable[[], SystemKeyring | None] = system_keyring,
    random_bytes: Callable[[int], bytes] = secrets.token_bytes,
) -> ProfileKey:
    """The key of `profile`, which lives in `folder`; made on the first call.

    A new key goes where `WATCHFLOOR_KEY_FILE` in `environment` says it is, else to the keyring,
    else under the passphrase that `ask_passphrase` gives, else (none, or an empty one) to a file
    of its own in `folder`.  Afterwards it is looked for only where it was put.

    Raises `KeyLost`, `KeyringLocked`, `KeyringMissing`, `WrongPassphrase`, `PassphraseNeeded`,
    `KeyFileUnreadable`, `KeyRecordDamaged`, `FolderUnusable`; nothing was changed then.
    """
    named = environment.get(KEY_FILE_VARIABLE, "")
    if named:
        return _from_named_file(Path(named))
    path = folder / RECORD_NAME
    record = read_record(path)
    if record is None:
        return _make(path, profile, ask_passphrase, find_keyring, random_bytes)
    match record.keeper:
        case Keeper.SEALED:
            return _from_passphrase(record, ask_passphrase)
        case Keeper.KEYRING:
            return _from_keyring(record, find_keyring())
        case _:
            return _own_file_key(_checked(bytes.fromhex(record.key), record))


def seal_own_key(
    folder: Path,
    passphrase: str,
    random_bytes: Callable[[int], bytes] = secrets.token_bytes,
) -> ProfileKey:
    """Put the key that lies open in a file of `folder` under `passphrase` instead.

    It stays the same key: a copy of the file from before goes on opening the profile.  Raises
    `KeyLost`, `KeyRecordDamaged`, `FolderUnusable`.
    """
    path = folder / RECORD_NAME
    record = read_record(path)
    if record is None or record.keeper != Keeper.OWN_FILE:
        raise ValueError(f"{path} holds no key that could be sealed")
    key = _checked(bytes.fromhex(record.key), record)
    write_record(path, seal(key, passphrase, random_bytes))
    return _passphrase_key(key)


def _make(
    path: Path,
    profile: str,
    ask_passphrase: Callable[[], str] | None,
    find_keyring: Callable[[], SystemKeyring | None],
    random_bytes: Callable[[int], bytes],
) -> ProfileKey:
    found = find_keyring()
    if found is not None:
        return _make_in_keyring(path, profile, found, random_bytes)
    key = random_bytes(KEY_BYTES)
    passphrase = "" if ask_passphrase is None else ask_passphrase()
    if passphrase:
        write_record(path, seal(key, passphrase, random_bytes))
        return _passphrase_key(key)
    write_record(path, KeyRecord(keeper=Keeper.OWN_FILE, check=check_of(key), key=key.hex()))
    return _own_file_key(key)


def _make_in_keyring(
    path: Path, profile: str, found: SystemKeyring, random_bytes: Callable[[int], bytes]
) -> ProfileKey:
    """Use the entry of this folder if it is there: the record may be all that was lost."""
    place = hashlib.sha256(str(path.parent.absolute()).encode()).hexdigest()[:12]
    entry = f"{profile}@{place}"
    key = _entry(found, entry)
    if key is None:
        key = random_bytes(KEY_BYTES)
        _keep_entry(found, entry, key)
    write_record(path, KeyRecord(keeper=Keeper.KEYRING, check=check_of(key), entry=entry))
    return _keyring_key(key, found)


def _from_keyring(record: KeyRecord, found: SystemKeyring | None) -> ProfileKey:
    if found is None:
        raise KeyringMissing("the key of this profile is in a keyring, and there is none here")
    key = _entry(found, record.entry)
    if key is None:
        raise KeyLost(f"the {found.name} has no key for this profile any more")
    return _keyring_key(_checked(key, record), found)


def _entry(found: SystemKeyring, entry: str) -> bytes | None:
    from keyring.errors import KeyringError

    try:
        secret = found.store.get_password(KEYRING_SERVICE, entry)
    except (KeyringError, OSError) as error:
        raise KeyringLocked(f"the {found.name} does not give the key: {error}") from error
    if secret is None:
        return None
    try:
        return bytes.fromhex(secret)
    except ValueError:
        return b""


def _keep_entry(found: SystemKeyring, entry: str, key: bytes) -> None:
    from keyring.errors import KeyringError

    try:
        found.store.set_password(KEYRING_SERVICE, entry, key.hex())
    except (KeyringError, OSError) as error:
        raise KeyringLocked(f"the {found.name} does not keep the key: {error}") from error


def _from_passphrase(record: KeyRecord, ask: Callable[[], str] | None) -> ProfileKey:
    if ask is None:
        raise PassphraseNeeded("this profile opens with a passphrase")
    key = unseal(record, ask())
    if key is None:
        raise WrongPassphrase("this passphrase does not open the profile")
    return _passphrase_key(_checked(key, record))


def _from_named_file(path: Path) -> ProfileKey:
    try:
        key = path.read_bytes()
    except OSError as error:
        raise KeyFileUnreadable(f"{path}: {error.strerror}") from error
    if len(key) != KEY_BYTES:
        raise KeyFileUnreadable(f"{path} has {len(key)} bytes; a key has {KEY_BYTES}")
    sentence = f"The key of this profile is in {path}: whoever reads that file reads the profile."
    return ProfileKey(key=key, kind=Keeper.NAMED_FILE, sentence=sentence)


def _checked(key: bytes, record: KeyRecord) -> bytes:
    if check_of(key) != record.check:
        raise KeyLost("what is kept for this profile is not the key it was made with")
    return key


def _keyring_key(key: bytes, found: SystemKeyring) -> ProfileKey:
    sentence = f"The key of this profile is in the {found.name} of your account."
    return ProfileKey(key=key, kind=Keeper.KEYRING, sentence=sentence)


def _passphrase_key(key: bytes) -> ProfileKey:
    sentence = (
        "This profile opens with your passphrase. Nobody can reset it: without it, entries that "
        "were not sent yet are lost."
    )
    return ProfileKey(key=key, kind=Keeper.SEALED, sentence=sentence)


def _own_file_key(key: bytes) -> ProfileKey:
    sentence = (
        "There is no keyring here: the key lies in a file beside the profile that only your "
        "account may read. What protects it is the protection of the disk."
    )
    return ProfileKey(key=key, kind=Keeper.OWN_FILE, sentence=sentence)


def _module_of(backend: object) -> str:
    return type(backend).__module__
