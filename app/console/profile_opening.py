"""Opens what this console keeps on its device, and says what became of it."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from app.console.bridge import Bridge, Notice
from app.console.passphrases import Passphrases
from app.console.remembered import PROFILE_FILE
from app.log.local_log import LocalLog
from app.log.profile import OpenedProfile, open_profile
from app.log.profile_key import Keeper, ProfileKey, has_key, profile_key, seal_own_key
from app.log.secret_file import make_folder
from app.sync.folders import profile_folder

_KEY_TOLD_VALUE = "told.key-in-file"


def opened_profile(
    profile: str,
    bridge: Bridge,
    clock: Callable[[], datetime],
    passphrases: Passphrases,
) -> LocalLog:
    """The log of `profile`.

    Raises `PassphraseWanted` when the person has to be asked first, and what `profile_key` and
    `open_profile` raise.
    """
    folder = profile_folder(profile)
    make_folder(folder)
    key = _key(folder, profile, passphrases)
    opened = open_profile(folder / PROFILE_FILE, key.key, clock=clock)
    _tell_of_profile(opened, key, bridge)
    return opened.log


def _key(folder: Path, profile: str, passphrases: Passphrases) -> ProfileKey:
    """The key of a profile; one that lies open is sealed if the person chose a passphrase."""
    ask = passphrases.opening if has_key(folder) else passphrases.chosen
    key = profile_key(
        folder,
        profile=profile,
        ask_passphrase=lambda: ask(profile),
        environment=os.environ,
    )
    if key.kind is Keeper.OWN_FILE and (passphrase := passphrases.chosen(profile)):
        return seal_own_key(folder, passphrase)
    return key


def _tell_of_profile(opened: OpenedProfile, key: ProfileKey, bridge: Bridge) -> None:
    """Say what became of a damaged file, always; how a key in a file protects, once."""
    if opened.salvage is not None:
        bridge.noticed.emit(Notice(sentence=opened.salvage.sentence))
    is_file = key.kind is Keeper.OWN_FILE
    if is_file and opened.log.value(_KEY_TOLD_VALUE) is None:
        opened.log.set_value(_KEY_TOLD_VALUE, b"1")
        advice = "To protect it yourself, open this profile once with --passphrase."
        bridge.noticed.emit(Notice(sentence=key.sentence, advice=advice))
