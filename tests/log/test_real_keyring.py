"""A profile's key in a real keyring: GNOME's, over a real D-Bus session."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.patience import PATIENCE
from tests.real_programs import needs_program

pytestmark = pytest.mark.real

ROOT = Path(__file__).parents[2]
HIDDEN = ("PYTHON_KEYRING_BACKEND", "DISPLAY", "WAYLAND_DISPLAY", "DBUS_SESSION_BUS_ADDRESS")
UNLOCK = 'printf "%s" "$0" | "$1" --unlock --components=secrets > /dev/null; shift; exec "$@"'


@dataclass
class Session:
    """The desktop session of one account, which has a home; each call logs in anew."""

    home: Path

    def open_profile(self, *words: str, is_unlocked: bool = True) -> list[dict[str, str]]:
        """Log in, with the password that unlocks the keyring or without, and open the profile."""
        opening = [
            sys.executable, "-m", "tests.log.keyring_session", str(self.home / "profile"), *words
        ]  # fmt: skip
        if is_unlocked:
            opening = ["sh", "-c", UNLOCK, "as typed", str(_keyring_daemon()), *opening]
        return self._run([str(needs_program("dbus-run-session")), "--", *opening])

    def open_without_bus(self) -> list[dict[str, str]]:
        """Open the profile where there is no desktop session at all."""
        opening = ["-m", "tests.log.keyring_session", str(self.home / "profile")]
        return self._run([sys.executable, *opening])

    def _run(self, command: list[str]) -> list[dict[str, str]]:
        runtime = self.home / "runtime"
        runtime.mkdir(mode=0o700, exist_ok=True)
        (self.home / "profile").mkdir(exist_ok=True)
        hidden = (
            "PYTHON_KEYRING_BACKEND",
            "DISPLAY",
            "WAYLAND_DISPLAY",
            "DBUS_SESSION_BUS_ADDRESS",
        )
        environment = {name: word for name, word in os.environ.items() if name not in hidden}
        environment |= {
            "HOME": str(self.home),
            "XDG_DATA_HOME": str(self.home / "data"),
            "XDG_RUNTIME_DIR": str(runtime),
        }
        done = subprocess.run(
            command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=PATIENCE,
            check=False,
        )  # fmt: skip
        told = [line for line in done.stdout.splitlines() if line.startswith("{")]
        assert told, done.stderr
        return [json.loads(line) for line in told]


def _keyring_daemon() -> Path:
    return needs_program("gnome-keyring-daemon")


@pytest.fixture
def session(tmp_path: Path) -> Session:
    """The session of an account that never logged in before."""
    _keyring_daemon()
    return Session(tmp_path)


def test_the_key_is_found_again_in_the_keyring_at_the_next_log_in(session: Session) -> None:
    (first,) = session.open_profile()
    (again,) = session.open_profile()

    assert first == again
    assert first["kept_in"] == "keyring"
    assert "keyring of your account" in first["sentence"]
    for file in session.home.rglob("*"):
        if file.is_file():
            content = file.read_bytes()
            assert bytes.fromhex(first["key"]) not in content
            assert first["key"].encode() not in content


def test_a_locked_keyring_says_to_unlock_it_and_keeps_the_key(session: Session) -> None:
    first, locked = session.open_profile("lock")
    (again,) = session.open_profile()

    assert locked["problem"] == "KeyringLocked"
    assert "Unlock the keyring of your account" in locked["advice"]
    assert again == first


def test_a_keyring_nobody_unlocks_keeps_nothing_and_names_another_way(session: Session) -> None:
    (told,) = session.open_profile(is_unlocked=False)

    assert told["problem"] == "KeyringLocked"
    assert "WATCHFLOOR_KEY_FILE" in told["advice"]
    assert list((session.home / "profile").iterdir()) == []


def test_without_any_keyring_the_key_lies_beside_the_profile_and_this_is_said(
    session: Session,
) -> None:
    (first,) = session.open_without_bus()
    (again,) = session.open_without_bus()

    assert first == again
    assert first["kept_in"] == "file"
    assert "There is no keyring here" in first["sentence"]


def test_a_profile_whose_key_is_in_the_keyring_names_it_where_there_is_none(
    session: Session,
) -> None:
    session.open_profile()

    (told,) = session.open_without_bus()

    assert told["problem"] == "KeyringMissing"
    assert "desktop session" in told["advice"]
