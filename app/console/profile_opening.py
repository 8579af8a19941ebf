"""Opens what this console keeps on its device, and says what became of it."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime

from app.console.bridge import Bridge, Notice
from app.console.remembered import PROFILE_FILE
from app.log.local_log import LocalLog
from app.log.profile import OpenedProfile, open_profile
from app.log.profile_key import Keeper, ProfileKey, profile_key
from app.log.secret_file import make_folder
from app.sync.folders import profile_folder

_KEY_TOLD_VALUE = "told.key-in-file"


def opened_profile(profile: str, bridge: Bridge, clock: Callable[[], datetime]) -> LocalLog:
    """The log of `profile`; raises what `profile_key` and `open_profile` raise."""
    folder = profile_folder(profile)
    make_folder(folder)
    key = profile_key(folder, profile=profile, ask_passphrase=None, environment=os.environ)
    opened = open_profile(folder / PROFILE_FILE, key.key, clock=clock)
    _tell_of_profile(opened, key, bridge)
    return opened.log


def _tell_of_profile(opened: OpenedProfile, key: ProfileKey, bridge: Bridge) -> None:
    """Say what became of a damaged file, always; how a key in a file protects, once."""
    if opened.salvage is not None:
        bridge.noticed.emit(Notice(sentence=opened.salvage.sentence))
    is_file = key.kind is Keeper.OWN_FILE
    if is_file and opened.log.value(_KEY_TOLD_VALUE) is None:
        opened.log.set_value(_KEY_TOLD_VALUE, b"1")
        bridge.noticed.emit(Notice(sentence=key.sentence))
