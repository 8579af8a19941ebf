"""The key of a profile is found where it was put, and every way to lose it is told apart."""

from __future__ import annotations

import stat
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import keyring.errors
import pytest
from keyring.backends.fail import Keyring as NoKeyring
from keyring.backends.null import Keyring as NullKeyring

from app.errors import WatchfloorError
from app.log.key_record import KeyRecordDamaged
from app.log.profile_key import (
    Keeper,
    KeyFileUnreadable,
    KeyLost,
    KeyringLocked,
    KeyringMissing,
    PassphraseNeeded,
    ProfileKey,
    SystemKeyring,
    WrongPassphrase,
    first_allowed,
    has_key,
    profile_key,
    seal_own_key,
    system_keyring,
)


@dataclass
class MemoryKeyring:
    """A keyring in memory."""

    secrets: dict[tuple[str, str], str] = field(default_factory=dict)
    is_locked: bool = False

    def get_password(self, service: str, username: str) -> str | None:
        if self.is_locked:
            raise keyring.errors.KeyringLocked("the collection is locked")
        return self.secrets.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        if self.is_locked:
            raise keyring.errors.PasswordSetError("the collection is locked")
        self.secrets[service, username] = password


def ask(
    folder: Path,
    ring: MemoryKeyring | None = None,
    *,
    passphrase: str | None = None,
    profile: str = "maria",
    environment: dict[str, str] | None = None,
) -> ProfileKey:
    found = None if ring is None else SystemKeyring(store=ring, name="keyring")
    return profile_key(
        folder,
        profile=profile,
        ask_passphrase=None if passphrase is None else lambda: passphrase,
        environment=environment or {},
        find_keyring=lambda: found,
    )


def test_a_key_in_the_keyring_is_found_again_and_is_in_no_file(tmp_path: Path):
    ring = MemoryKeyring()

    first = ask(tmp_path, ring)
    again = ask(tmp_path, ring)

    assert first == again
    assert first.kind is Keeper.KEYRING
    assert len(first.key) == 32
    for file in tmp_path.iterdir():
        assert first.key not in file.read_bytes()
        assert first.key.hex().encode() not in file.read_bytes()


def test_two_profiles_have_two_keys(tmp_path: Path):
    ring = MemoryKeyring()

    assert ask(tmp_path / "a", ring).key != ask(tmp_path / "b", ring).key


def test_a_keyring_that_forgot_the_key_is_a_lost_key_and_no_new_one_is_made(tmp_path: Path):
    ring = MemoryKeyring()
    ask(tmp_path, ring)
    ring.secrets.clear()

    with pytest.raises(KeyLost) as lost:
        ask(tmp_path, ring)

    assert "not sent yet" in lost.value.advice
    assert ring.secrets == {}


@pytest.mark.parametrize("other", ["00" * 32, "not a key", ""])
def test_a_keyring_that_holds_another_key_is_a_lost_key(tmp_path: Path, other: str):
    ring = MemoryKeyring()
    ask(tmp_path, ring)
    ring.secrets = dict.fromkeys(ring.secrets, other)

    with pytest.raises(KeyLost, match="not the key"):
        ask(tmp_path, ring)


def test_a_locked_keyring_is_told_from_a_lost_key(tmp_path: Path):
    ring = MemoryKeyring()
    key = ask(tmp_path, ring)
    ring.is_locked = True

    with pytest.raises(KeyringLocked) as locked:
        ask(tmp_path, ring)
    ring.is_locked = False

    assert "Unlock" in locked.value.advice
    assert ask(tmp_path, ring) == key


def test_a_keyring_locked_at_the_first_start_leaves_nothing_behind(tmp_path: Path):
    with pytest.raises(KeyringLocked):
        ask(tmp_path, MemoryKeyring(is_locked=True))

    assert list(tmp_path.iterdir()) == []


def test_a_profile_of_the_desktop_says_so_on_a_machine_without_keyring(tmp_path: Path):
    ask(tmp_path, MemoryKeyring())

    with pytest.raises(KeyringMissing):
        ask(tmp_path, None, passphrase="something")


def test_the_keyring_gives_the_key_back_when_only_the_record_was_lost(tmp_path: Path):
    ring = MemoryKeyring()
    key = ask(tmp_path, ring)
    for file in tmp_path.iterdir():
        file.unlink()

    assert ask(tmp_path, ring) == key


def test_a_passphrase_opens_the_profile_and_another_does_not(tmp_path: Path):
    made = ask(tmp_path, passphrase="correct horse")

    assert made.kind is Keeper.SEALED
    assert ask(tmp_path, passphrase="correct horse") == made
    with pytest.raises(WrongPassphrase):
        ask(tmp_path, passphrase="Correct horse")
    for file in tmp_path.iterdir():
        assert made.key.hex().encode() not in file.read_bytes()


def test_a_passphrase_that_nobody_can_be_asked_for_is_said(tmp_path: Path):
    ask(tmp_path, passphrase="correct horse")

    with pytest.raises(PassphraseNeeded):
        ask(tmp_path)


def test_a_headless_machine_keeps_the_key_in_a_file_and_says_what_protects_it(tmp_path: Path):
    made = ask(tmp_path)

    assert made.kind is Keeper.OWN_FILE
    assert "protection of the disk" in made.sentence
    assert ask(tmp_path) == made
    assert {stat.S_IMODE(file.stat().st_mode) for file in tmp_path.iterdir()} == {0o600}


def test_declining_a_passphrase_keeps_the_key_in_a_file(tmp_path: Path):
    assert ask(tmp_path, passphrase="").kind is Keeper.OWN_FILE


def test_a_kiosk_reads_the_key_from_the_file_it_is_given(tmp_path: Path):
    file = tmp_path / "kiosk.key"
    file.write_bytes(bytes(range(32)))

    given = ask(tmp_path / "profile", environment={"WATCHFLOOR_KEY_FILE": str(file)})

    assert given.key == bytes(range(32))
    assert given.kind is Keeper.NAMED_FILE
    assert str(file) in given.sentence
    assert not (tmp_path / "profile").exists()


@pytest.mark.parametrize("content", [None, b"", b"x" * 31, b"x" * 33])
def test_a_key_file_that_is_not_one_is_refused(tmp_path: Path, content: bytes | None):
    file = tmp_path / "kiosk.key"
    if content is not None:
        file.write_bytes(content)

    with pytest.raises(KeyFileUnreadable) as refused:
        ask(tmp_path, environment={"WATCHFLOOR_KEY_FILE": str(file)})

    assert "WATCHFLOOR_KEY_FILE" in refused.value.advice


def test_one_flipped_byte_in_the_key_file_costs_nothing(tmp_path: Path):
    made = ask(tmp_path)
    path, random = tmp_path / "profile.key", Random(7)

    for _ in range(200):
        content = bytearray(path.read_bytes())
        content[random.randrange(len(content))] ^= random.randrange(1, 256)
        path.write_bytes(content)
        assert ask(tmp_path) == made


def test_a_key_file_and_a_copy_that_are_both_damaged_are_said_to_be(tmp_path: Path):
    ask(tmp_path)
    for file in tmp_path.iterdir():
        file.write_bytes(file.read_bytes().replace(b"file", b"fi1e"))

    with pytest.raises(KeyRecordDamaged):
        ask(tmp_path)


def test_a_backend_that_writes_plain_files_or_nothing_is_passed_over():
    class PlaintextKeyring(MemoryKeyring):
        __module__ = "keyrings.alt.file"

    assert first_allowed([PlaintextKeyring(), NullKeyring(), NoKeyring()]) is None


def test_a_backend_of_the_operating_system_is_taken():
    class Keyring(MemoryKeyring):
        __module__ = "keyring.backends.SecretService"

    trusted = Keyring()
    found = first_allowed([MemoryKeyring(), trusted])

    assert found == SystemKeyring(store=trusted, name="keyring")


def test_a_session_without_a_keyring_has_none():
    assert system_keyring() is None


@pytest.mark.parametrize(
    "error",
    [KeyLost, KeyringLocked, KeyringMissing, WrongPassphrase, PassphraseNeeded, KeyFileUnreadable],
)
def test_every_way_to_fail_has_advice_of_its_own(error: type[WatchfloorError]):
    assert error.advice != WatchfloorError.advice


def test_a_key_that_lay_open_is_the_same_key_once_it_is_sealed_and_no_file_shows_it(
    tmp_path: Path,
):
    assert not has_key(tmp_path)
    open_key = ask(tmp_path)
    assert has_key(tmp_path)

    sealed = seal_own_key(tmp_path, "correct horse battery")

    assert sealed.kind is Keeper.SEALED
    assert ask(tmp_path, passphrase="correct horse battery").key == open_key.key == sealed.key
    assert all(open_key.key.hex() not in file.read_text() for file in tmp_path.iterdir())
    with pytest.raises(PassphraseNeeded):
        ask(tmp_path)


def test_a_key_that_is_sealed_already_is_not_sealed_again(tmp_path: Path):
    ask(tmp_path, passphrase="correct horse battery")

    with pytest.raises(ValueError, match="holds no key"):
        seal_own_key(tmp_path, "another passphrase")


def test_a_passphrase_counts_however_a_keyboard_composes_its_letters(tmp_path: Path):
    composed, apart = "Zw\u00f6lf Stra\u00dfen", "Zwo\u0308lf Stra\u00dfen"

    made = ask(tmp_path, passphrase=composed)

    assert ask(tmp_path, passphrase=apart).key == made.key
