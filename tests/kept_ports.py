"""Ports that stay with a test: for programs that are told theirs, or end and come back to it."""

from __future__ import annotations

import socket

LOOPBACK = "127.0.0.1"
_KEPT: list[socket.socket] = []


def kept_port() -> int:
    """A port of loopback that no other program is given as long as this process lives.

    It is bound here and nobody listens: a program that sets SO_REUSEADDR, as servers do, may
    listen on it, again and again, and the system gives it to nobody who asks for just any.
    """
    keeping = socket.socket()
    keeping.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    keeping.bind((LOOPBACK, 0))
    _KEPT.append(keeping)  # a socket that nobody holds is closed
    port: int = keeping.getsockname()[1]
    return port
