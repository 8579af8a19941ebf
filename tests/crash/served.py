"""The server as a child that is forked: `main(folder, database, port, hints, host, sources)`."""

from __future__ import annotations

from pathlib import Path

from app.server.serve import run_server
from app.server.settings import Limits, Settings
from app.server.telemetry.sources_file import SourcesFile, read_sources_file
from tests.crash.telling import tell
from tests.server.process import OWNER


def main(
    folder: str,
    database: str,
    port: str,
    hints: str = "",
    host: str = "127.0.0.1",
    sources: str = "",
) -> None:
    """Serve until told to stop; prints its ready line."""
    home = Path(folder)
    asked = read_sources_file(Path(sources)) if sources else SourcesFile()
    settings = Settings(
        database=database or str(home / "server.db"),
        key_file=home / "server.key",
        port=int(port),
        hints=hints,
        host=host,
        local_person=OWNER,
        token_file=home / "local.token",
        limits=Limits(events_per_second=1e6, burst=1_000_000),
        prometheus=asked.prometheus,
        catalogues=asked.catalogues,
    )
    run_server(settings, tell)
