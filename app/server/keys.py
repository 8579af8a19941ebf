"""The server's private keys: one that signs checkpoints, one that signs what it writes itself."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from app.errors import WatchfloorError
from app.log.secret_file import make_folder, write_secret
from app.proof.signatures import PRIVATE_KEY_BYTES, ConsoleKey, ServerKey


class KeysUnreadable(WatchfloorError):
    """The key file is there, but not what it should be."""

    advice = "Restore the key file from a backup. Making a new one would break earlier proofs."


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerKeys:
    """`site` signs checkpoints; `console` signs events the server makes from deliveries."""

    site: ServerKey
    console: ConsoleKey


def load_keys(path: Path) -> ServerKeys:
    """The keys in `path`, made there (readable by the owner only) if there is no such file.

    Raises `KeysUnreadable`, `FolderUnusable`.
    """
    make_folder(path.parent)
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return _make_keys(path)
    except OSError as error:
        raise KeysUnreadable(f"{path}: {error.strerror}") from error
    if len(data) != 2 * PRIVATE_KEY_BYTES:
        raise KeysUnreadable(f"{path} has {len(data)} bytes; two private keys have 64")
    return ServerKeys(
        site=ServerKey.from_private_bytes(data[:PRIVATE_KEY_BYTES]),
        console=ConsoleKey.from_private_bytes(data[PRIVATE_KEY_BYTES:]),
    )


def _make_keys(path: Path) -> ServerKeys:
    keys = ServerKeys(site=ServerKey.generate(), console=ConsoleKey.generate())
    write_secret(path, keys.site.private_bytes() + keys.console.private_bytes())
    return keys
