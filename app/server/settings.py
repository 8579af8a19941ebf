"""What can be set about a server."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from app.server.scheduled_sources import CatalogueSource, PrometheusSource


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much the server takes on before it says "wait".  Rates are events per second."""

    events_per_second: float = 200.0
    burst: int = 2_000
    queue: int = 2_000
    group: int = 1_000
    stream_frames: int = 1_024
    stream_bytes: int = 4 * 1024 * 1024
    deliveries: int = 2_000
    heartbeat_seconds: float = 5.0
    presence_seconds: float = 0.5
    checkpoint_seconds: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """One server.

    `database` is a file or a URL (`sqlite:///file`, `postgresql://...`).  `site` is a DNS name:
    logs are known outside as `<site>/<log>`.  `key_file` holds the server's private keys and
    is made if missing.  With `local_person`, that person owns the site and their token is kept
    in `token_file`.  Port 0 takes any free port.  `prometheus` and `catalogues` are asked on a
    schedule while the server runs.  `hints` names the NATS server (`nats://...`) over which
    several processes on one PostgreSQL tell each other what grew; without it they use PostgreSQL.
    """

    database: str
    key_file: Path
    site: str = "watchfloor.local"
    host: str = "127.0.0.1"
    port: int = 0
    local_person: str = ""
    token_file: Path | None = None
    limits: Limits = field(default_factory=Limits)
    prometheus: tuple[PrometheusSource, ...] = ()
    catalogues: tuple[CatalogueSource, ...] = ()
    hints: str = ""


def settings_in(folder: Path, *, local_person: str) -> Settings:
    """A server whose files are in `folder`: SQLite, its keys, and the token of its owner."""
    return Settings(
        database=str(folder / "server.db"),
        key_file=folder / "server.key",
        local_person=local_person,
        token_file=folder / "local.token",
    )
