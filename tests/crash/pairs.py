"""Two server processes on one PostgreSQL, with hints over NATS or over PostgreSQL itself."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.crash.forking import nursery
from tests.crash.servers import Server, running_nats
from tests.kept_ports import kept_port
from tests.log.postgres import Cluster, running_cluster
from tests.real_programs import needs_program


@dataclass
class Pair:
    """Two servers on one database, the NATS server between them if any, and the cluster."""

    servers: tuple[Server, Server]
    kill_nats: ExitStack
    cluster: Cluster


@contextmanager
def running_pair(hints: str, folder: Path, sources: str = "") -> Iterator[Pair]:
    """Two servers with hints over `nats` or `postgresql`; the first one has the duty.

    `sources` is a file of what they ask on a schedule.
    """
    binaries = needs_program("postgres").resolve().parent
    with running_cluster(binaries) as cluster, ExitStack() as stack:
        database = cluster.make_database("several")
        url = ""
        if hints == "nats":
            port = kept_port()
            stack.enter_context(running_nats(port))
            url = f"nats://127.0.0.1:{port}"
        with nursery("tests.crash.served") as children:
            servers = (
                Server(children, folder / "server", database, url, sources=sources),
                Server(children, folder / "server", database, url, sources=sources),
            )
            for server in servers:
                server.start()
            yield Pair(servers, stack, cluster)
            for server in servers:
                server.stop()
