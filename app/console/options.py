"""What the command line asks of a console."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

OWN_SERVER = "own"
"""What stands in the place of an address when the server is one's own."""

RESOURCES = Path(__file__).parent.parent.parent / "resources"


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How to open a console.

    Without `server` it starts one of its own.  `story` is played by that server.  `headless`
    plays without a window to look at, for `seconds`, and writes `screenshot`.  `passphrase` lets
    the person choose one for a profile whose key is not in a keyring.
    """

    server: str = ""
    token_file: Path | None = None
    incident: str = ""
    person: str = ""
    profile: str = "default"
    passphrase: bool = False
    theme: str = "system"
    story: Path | None = None
    headless: bool = False
    screenshot: Path | None = None
    seconds: float = 0.0
    size: tuple[int, int] | None = None

    @property
    def address(self) -> str:
        """Where the server is; `own` where it is one's own."""
        return self.server.rstrip("/") or OWN_SERVER


def read_options(arguments: Sequence[str]) -> Options:
    """The options in a command line; `demo` as the first word chooses the demo incident."""
    words = list(arguments)
    is_demo = words[:1] == ["demo"]
    parsed = console_parser().parse_args(words[1:] if is_demo else words)
    return Options(
        server=parsed.server,
        token_file=parsed.token_file,
        incident=parsed.incident,
        person=parsed.person,
        profile="demo" if is_demo and parsed.profile == "default" else parsed.profile,
        passphrase=parsed.passphrase,
        theme=parsed.theme,
        story=RESOURCES / "demo" / "checkout.yaml" if is_demo else None,
        headless=parsed.headless or not _has_display(),
        screenshot=parsed.screenshot,
        seconds=parsed.seconds,
        size=parsed.size,
    )


def console_parser() -> argparse.ArgumentParser:
    """The options of a console."""
    parser = argparse.ArgumentParser(
        prog="watchfloor",
        description="Open the console. `watchfloor demo` opens it with the demo incident; "
        "`watchfloor serve --help` and the other commands need no window.",
    )
    parser.add_argument("--server", default="", help="URL of a server; else one is started here")
    parser.add_argument("--token-file", type=Path, help="file with your token for that server")
    parser.add_argument("--incident", default="", help="id or number; else the newest")
    parser.add_argument("--person", default="", help="who you are at a server of your own")
    parser.add_argument("--profile", default="default", help="separate local data by this name")
    parser.add_argument(
        "--passphrase",
        action="store_true",
        help="choose a passphrase for what is kept here; a computer with a keyring needs none",
    )
    parser.add_argument("--theme", choices=("system", "dark", "light"), default="system")
    parser.add_argument("--headless", action="store_true", help="no window; write a screenshot")
    parser.add_argument("--screenshot", type=Path, help="where to write the picture")
    parser.add_argument("--seconds", type=float, default=0.0, help="headless: stay this long")
    parser.add_argument("--size", type=_size, help="size of the window, 1600x1000; else as left")
    return parser


def _size(typed: str) -> tuple[int, int]:
    width, _, height = typed.partition("x")
    try:
        return int(width), int(height)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{typed!r} is not like 1600x1000") from error


def _has_display() -> bool:
    """Whether a window can be shown: always where Qt needs no display server."""
    if not sys.platform.startswith("linux"):
        return True
    chosen = os.environ.get("QT_QPA_PLATFORM", "")
    has_server = bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
    return chosen not in ("offscreen", "minimal") and has_server


def login_name() -> str:
    """Who is logged in to this machine; `owner` where nobody can tell."""
    import getpass

    try:
        return getpass.getuser()
    except (OSError, KeyError):  # no login name on this system
        return "owner"
