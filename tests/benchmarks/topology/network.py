"""Where the parts of a site run: a network namespace each, whose cable can be cut.

Without the right to make namespaces, each part has a loopback address of its own instead; then
no cable can be cut.
"""

from __future__ import annotations

import ctypes
import secrets
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_NETWORK = 0x40000000  # CLONE_NEWNET; os.setns comes with Python 3.12
PARTS = ("clients", "one", "other", "database", "hints")


@dataclass(frozen=True)
class Place:
    """One part's network: its address, and what to put before a command to run it there."""

    address: str
    prefix: tuple[str, ...] = ()


class Network:
    """The places of a site by the name of the part, and their cables."""

    def __init__(self, places: dict[str, Place], hub: str = "", why_not: str = "") -> None:
        self.places = places
        self._hub = hub
        self.why_not = why_not
        """Why there are no namespaces; empty if there are."""

    @property
    def can_cut(self) -> bool:
        """Whether cables can be cut."""
        return bool(self._hub)

    def enter(self, part: str) -> None:
        """Let this thread, and what it starts from now on, be where a part is."""
        if self._hub:
            name = self.places[part].prefix[-1]
            libc = ctypes.CDLL(None, use_errno=True)
            with Path("/run/netns", name).open() as namespace:
                if libc.setns(namespace.fileno(), _NETWORK):
                    raise OSError(ctypes.get_errno(), "setns")

    def cut(self, part: str) -> None:
        """Nothing passes to or from this part any more, and nobody is told."""
        _ip("-n", self._hub, "link", "set", f"to-{part}", "down")

    def mend(self, part: str) -> None:
        """It passes again."""
        _ip("-n", self._hub, "link", "set", f"to-{part}", "up")


@contextmanager
def network() -> Iterator[Network]:
    """Namespaces around a bridge that has one of its own; loopback where that is forbidden."""
    name = f"wf{secrets.token_hex(3)}"
    namespaces = [f"{name}-{part}" for part in (*PARTS, "hub")]
    try:
        why_not = _make_namespaces(name)
        if why_not:
            places = {part: Place(f"127.0.0.{10 + n}") for n, part in enumerate(PARTS)}
            yield Network(places, why_not=why_not)
        else:
            yield Network({part: _place(name, part) for part in PARTS}, hub=f"{name}-hub")
    finally:
        for namespace in namespaces:
            _run("ip", "netns", "del", namespace)


def _place(name: str, part: str) -> Place:
    prefix = ("ip", "netns", "exec", f"{name}-{part}")
    return Place(_address(part), prefix)


def _address(part: str) -> str:
    return f"10.231.8.{10 + PARTS.index(part)}"


def _make_namespaces(name: str) -> str:
    """Make them; returns why that is not possible, or nothing."""
    hub = f"{name}-hub"
    made = _run("ip", "netns", "add", hub)
    if made.returncode:
        return made.stderr.strip() or "ip is not installed"
    _ip("-n", hub, "link", "add", "bridge", "type", "bridge")
    _ip("-n", hub, "link", "set", "bridge", "up")
    for part in PARTS:
        own = f"{name}-{part}"
        _ip("netns", "add", own)
        _ip("-n", own, "link", "set", "lo", "up")
        end = ("peer", "name", "cable", "netns", own)
        _ip("-n", hub, "link", "add", f"to-{part}", "type", "veth", *end)
        _ip("-n", hub, "link", "set", f"to-{part}", "master", "bridge", "up")
        _ip("-n", own, "addr", "add", f"{_address(part)}/24", "dev", "cable")
        _ip("-n", own, "link", "set", "cable", "up")
    return ""


def _ip(*words: str) -> None:
    done = _run("ip", *words)
    if done.returncode:
        raise RuntimeError(f"ip {' '.join(words)}: {done.stderr.strip()}")


def _run(*words: str) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(words, check=False, capture_output=True, text=True)
    except FileNotFoundError as error:
        return subprocess.CompletedProcess(words, 1, "", str(error))
