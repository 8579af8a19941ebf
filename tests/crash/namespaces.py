"""A network of two namespaces, whose link can be cut: one for servers, one for consoles."""

from __future__ import annotations

import secrets
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.real_programs import needs_program

SERVER_ADDRESS = "10.231.7.1"
CONSOLE_ADDRESS = "10.231.7.2"


@dataclass(frozen=True)
class Link:
    """Two namespaces and the virtual cable between them."""

    tool: Path
    servers: str
    consoles: str
    cable: str

    def cut(self) -> None:
        """Nothing passes any more, and nobody is told."""
        self.run("-n", self.servers, "link", "set", f"{self.cable}s", "down")

    def mend(self) -> None:
        """It passes again."""
        self.run("-n", self.servers, "link", "set", f"{self.cable}s", "up")

    def prefix(self, namespace: str) -> list[str]:
        """What to put before a command to run it in a namespace."""
        return [str(self.tool), "netns", "exec", namespace]

    def run(self, *words: str) -> None:
        """Run `ip`."""
        done = subprocess.run([self.tool, *words], check=False, capture_output=True, text=True)
        assert done.returncode == 0, f"{words}: {done.stderr}"


@contextmanager
def linked_namespaces() -> Iterator[Link]:
    """Two namespaces that can reach one another; needs root."""
    name = f"wf{secrets.token_hex(3)}"
    link = Link(needs_program("ip"), f"{name}s", f"{name}c", name)
    try:
        for namespace in (link.servers, link.consoles):
            link.run("netns", "add", namespace)
            link.run("-n", namespace, "link", "set", "lo", "up")
        link.run(
            *("link", "add", f"{name}s", "netns", link.servers, "type", "veth"),
            *("peer", "name", f"{name}c", "netns", link.consoles),
        )
        for namespace, end, address in (
            (link.servers, f"{name}s", SERVER_ADDRESS),
            (link.consoles, f"{name}c", CONSOLE_ADDRESS),
        ):
            link.run("-n", namespace, "addr", "add", f"{address}/24", "dev", end)
            link.run("-n", namespace, "link", "set", end, "up")
        yield link
    finally:
        for namespace in (link.servers, link.consoles):
            subprocess.run([link.tool, "netns", "del", namespace], check=False)
