"""Without a display nobody waits longer than it helps, and why nothing came is said."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from pathlib import Path

import keyring
import pytest
from keyring.errors import KeyringLocked
from PySide6.QtWidgets import QApplication

from app.console.headless import WHOLE_WITHIN_SECONDS, play, until_quiet
from app.console.options import Options
from app.console.room import Room
from app.incident.state import BEFORE_ANYTHING, IncidentState
from app.views.tokens import dark_tokens
from app.views.window import Window
from tests.views.checkout_incident import checkout_state


@dataclass
class Arriving:
    """A room in which time passes when somebody waits, and something shows `at` a moment."""

    at: float = 1e9
    ends_at: float = 1e9
    now: float = 5.0
    state: IncidentState = BEFORE_ANYTHING
    moments: list[float] = field(default_factory=list)

    @property
    def has_ended(self) -> bool:
        return self.now >= self.ends_at

    def clock(self) -> float:
        return self.now

    def wait(self, seconds: float) -> None:
        self.now += seconds
        if self.now >= self.at:
            self.state = checkout_state()


def waited(room: Arriving) -> tuple[bool, float]:
    """Whether something was shown, and how long that took."""
    began = room.now
    shown = until_quiet(room, clock=room.clock, wait=room.wait)
    return shown, room.now - began


def test_an_incident_that_arrives_is_shown_once_nothing_new_comes() -> None:
    shown, seconds = waited(Arriving(at=20.0))

    assert shown
    assert seconds == pytest.approx(15.7, abs=0.2)


def test_what_does_not_arrive_is_given_up_after_a_minute() -> None:
    shown, seconds = waited(Arriving())

    assert not shown
    assert seconds == pytest.approx(WHOLE_WITHIN_SECONDS, abs=0.1)


def test_nobody_waits_for_what_can_not_come_any_more() -> None:
    shown, seconds = waited(Arriving(ends_at=6.0))

    assert not shown
    assert seconds == pytest.approx(1.0, abs=0.1)


class LockedKeyring:
    """The keyring of an account that nobody logged in to."""

    __module__ = "keyring.backends.SecretService"

    def get_password(self, service: str, username: str) -> str | None:
        raise KeyringLocked(f"the collection with {service}/{username} is locked")


def test_a_locked_keyring_ends_a_start_without_display_and_says_how_to_go_on(
    qapp: QApplication,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    # given a profile to be, and a keyring that does not answer
    monkeypatch.setenv("WATCHFLOOR_DATA", str(tmp_path / "data"))
    monkeypatch.setattr(keyring, "get_keyring", LockedKeyring)
    options = Options(headless=True, screenshot=tmp_path / "picture.png")
    room = Room(options, qapp, Window(dark_tokens()))
    room.open()

    # when it is played without a display
    with caplog.at_level(logging.ERROR):
        code = play(room, options)

    # then it ends with the reason, and nothing was made that would hide it next time
    told = capsys.readouterr()
    assert code == 1
    assert "does not give the key" in told.err
    assert "Unlock the keyring of your account" in told.err
    assert "did not arrive in time" in told.err
    assert not caplog.records
    assert not list((tmp_path / "data").rglob("profile.*"))
    room.window.deleteLater()
    qapp.processEvents()
    qapp.setStyleSheet("")
