"""An incident's log as a server and two consoles would have made it, ready to be forged."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import sha256

from app.proof.bundle import BundleContents, SitePublication
from app.proof.merkle import Tree, leaf_hash
from app.proof.note import Checkpoint, origin_of, sign_checkpoint
from app.proof.signatures import ConsoleKey, ServerKey
from app.proof.site_log import SiteLog
from app.proof.withheld import withhold

SITE = "acme.example"
LOG = "incident:0192f0c1-2a3b-7c4d-8e5f-60718293a4b5"
ORIGIN = origin_of(SITE, LOG)
ATTACHMENT = b"a screenshot of the graph"


def key_from(seed: str) -> bytes:
    """32 bytes that are the same in every run."""
    return sha256(seed.encode()).digest()


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeLog:
    """A log with everything needed to prove it, or to forge it."""

    server: ServerKey
    consoles: tuple[ConsoleKey, ...]
    records: tuple[bytes, ...]

    @property
    def tree(self) -> Tree:
        """The tree over all records."""
        return Tree(map(leaf_hash, self.records))

    def checkpoint_at(self, size: int | None = None) -> Checkpoint:
        """What the log was at `size`."""
        size = len(self.records) if size is None else size
        return Checkpoint(origin=ORIGIN, size=size, root=self.tree.root(size))

    def note_at(self, size: int | None = None) -> bytes:
        """The signed checkpoint at `size`."""
        return sign_checkpoint(self.checkpoint_at(size), self.server)

    def site(self) -> SitePublication:
        """The newest checkpoint as the site published it, among others."""
        log = SiteLog(SITE)
        for size in range(0, len(self.records), 7):
            log.publish(self.checkpoint_at(size))
        index = log.publish(self.checkpoint_at())
        log.publish(Checkpoint(origin=origin_of(SITE, "organisation"), size=0, root=bytes(32)))
        note = sign_checkpoint(log.checkpoint(), self.server)
        return SitePublication(checkpoint=note, index=index, proof=log.inclusion_proof(index))

    def contents(
        self, *, hidden: Sequence[int] = (), earlier: Sequence[int] = (5, 17)
    ) -> BundleContents:
        """The log as bundle contents, some positions withheld."""
        return BundleContents(
            records=withhold(self.records, hidden),
            checkpoint=self.note_at(),
            server_key=self.server.public_key,
            console_keys=[console.public_key for console in self.consoles],
            earlier_checkpoints=[self.note_at(size) for size in earlier],
            site=self.site(),
            blobs=[ATTACHMENT],
        )

    def with_records(self, records: Sequence[bytes]) -> MadeLog:
        """The same site and consoles with other records: what a forger re-hashes."""
        return replace(self, records=tuple(records))


def make_body(console: ConsoleKey, number: int, **changed: object) -> bytes:
    """An event body as a console writes it."""
    body = {
        "v": 1,
        "id": f"0192f0c1-0000-7000-8000-{number:012}",
        "log": LOG,
        "kind": "note.added@1",
        "actor": "person:rita",
        "console": console.console_id,
        "n": number,
        "seen": max(0, number - 1),
        "epoch": "a1b2c3d4",
        "made_at": 1_795_000_000_000_000 + number,
        "occurred_at": None,
        "salt": "AAAAAAAAAAAAAAAAAAAAAA",
        "data": {"text": f'Entry {number}: „größer“, "quoted" \\ and }}}}'},
        "refs": [],
    }
    return json.dumps(body | changed, ensure_ascii=False, separators=(",", ":")).encode()


def make_record(position: int, body: bytes, sig: str, **stamp: object) -> bytes:
    """A record as the server writes it around a body."""
    frame = {
        "position": position,
        "received_at": 1_795_000_000_100_000 + position,
        "skew_ms": -12,
        "standing": "accepted",
        "why": None,
    } | stamp
    head = json.dumps({"v": 1} | frame, ensure_ascii=False, separators=(",", ":"))
    return head[:-1].encode() + b',"body":' + body + b',"sig":"' + sig.encode() + b'"}'


def make_log(count: int = 30) -> MadeLog:
    """A log of `count` records by two consoles; the third record names the attachment."""
    consoles = tuple(ConsoleKey.from_private_bytes(key_from(name)) for name in ("one", "two"))
    records = []
    for position in range(1, count + 1):
        console = consoles[position % 2]
        data = {"sha256": sha256(ATTACHMENT).hexdigest()} if position == 3 else {}
        body = make_body(console, position, **({"data": data} if data else {}))
        late = {"standing": "quarantined", "why": 'right "commander"'} if position == 9 else {}
        records.append(make_record(position, body, console.sign_body(body), **late))
    server = ServerKey.from_private_bytes(key_from("server"))
    return MadeLog(server=server, consoles=consoles, records=tuple(records))
