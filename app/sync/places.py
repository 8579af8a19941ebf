"""Which servers this installation has started, and which one is meant."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec

from app.errors import WatchfloorError
from app.protocol.bodies import ReadyLine
from app.sync.folders import data_folder


class NoServerNamed(WatchfloorError):
    """It is not clear which server to talk to."""

    advice = "Add --server URL, or set WATCHFLOOR_SERVER; python main.py serve starts one here."


class NoToken(WatchfloorError):
    """There is no token for the server."""

    advice = (
        "Add --token-file FILE or set WATCHFLOOR_TOKEN. The owner of the server issues tokens. "
        "What was written on this device is kept."
    )


def remember_server(folder: Path, ready: ReadyLine) -> None:
    """Note where the server in `folder` listens, for consoles on this machine."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    (folder / "listening.json").write_bytes(msgspec.json.encode(ready))


def known_servers() -> list[ReadyLine]:
    """Servers that were started on this machine by this person, newest first."""
    found = sorted(
        data_folder().glob("*/listening.json"),
        key=lambda path: path.stat().st_mtime,
        reverse=True,
    )
    servers = []
    for path in found:
        try:
            servers.append(msgspec.json.decode(path.read_bytes(), type=ReadyLine))
        except (OSError, msgspec.DecodeError):
            continue  # left behind half written; whoever started it writes a new one
    return servers


def target(server: str, token_file: Path | None) -> tuple[str, str]:
    """The URL and the token to use; raises `NoServerNamed` and `NoToken`."""
    known = known_servers()
    url = server or os.environ.get("WATCHFLOOR_SERVER", "") or (known[0].url if known else "")
    if not url:
        raise NoServerNamed("no server is named and none was started here")
    if token_file is not None:
        return url, _token_in(token_file)
    if token := os.environ.get("WATCHFLOOR_TOKEN", ""):
        return url, token
    for ready in known:
        if ready.url == url.rstrip("/") and ready.token_file:
            return url, _token_in(Path(ready.token_file))
    raise NoToken(f"there is no token for {url}")


def _token_in(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise NoToken(f"{path.name}: {error}") from error
