"""Opens a profile inside a D-Bus session: `python -m tests.log.keyring_session FOLDER [lock]`.

Prints, as a line of JSON each, the key and where it is kept, or why there is none.  With `lock`
the keyring is locked after the first opening and the profile is opened once more.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import secretstorage

from app.log.problems import StoreError
from app.log.profile_key import profile_key


def main(folder: str, *words: str) -> None:
    """Open once, or twice with the keyring locked in between."""
    _open(Path(folder))
    if "lock" in words:
        connection = secretstorage.dbus_init()
        secretstorage.get_default_collection(connection).lock()
        connection.close()
        _open(Path(folder))


def _open(folder: Path) -> None:
    try:
        found = profile_key(folder, profile="maria", ask_passphrase=None, environment={})
    except StoreError as error:
        told = {"problem": type(error).__name__, "advice": error.advice}
    else:
        told = {"kept_in": found.kind, "key": found.key.hex(), "sentence": found.sentence}
    print(json.dumps(told), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
