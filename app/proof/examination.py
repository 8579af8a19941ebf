"""The examination of an open bundle: every check in turn, up to the first that fails."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from itertools import islice
from typing import BinaryIO

from app.proof import layout
from app.proof.container import check_sum, chunks_of, walk
from app.proof.encoding import to_base64
from app.proof.guide import GUIDE_TEXT
from app.proof.merkle import HASH_BYTES, CompactRange, Tree
from app.proof.note import SITE_LOG, Checkpoint, open_checkpoint, origin_of
from app.proof.problem import ProofRefused
from app.proof.proof_pack import make_proof_pack
from app.proof.record import MAX_RECORD_BYTES, read_frame
from app.proof.record_examination import Milestone, RecordExamination
from app.proof.signatures import PUBLIC_KEY_BYTES, VerifyingKey, console_id
from app.proof.site_log import is_published
from app.proof.strict_json import bytes_of, integer_in, read_document, text_in, texts_in
from app.proof.verdict import Check, Counted, Verdict
from app.proof.withheld import is_withheld_line

HELD_CHECKPOINT = "the checkpoint you hold"
LOG_ENTRIES = (layout.LEAVES, layout.RECORDS)


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldEvidence:
    """What the verifying person knows from elsewhere; each makes the answer stronger.

    `checkpoint` is a signed note of the same log that somebody kept, of whatever size;
    `server_key` is the site's public key (32 bytes).
    """

    checkpoint: bytes | None = None
    server_key: bytes | None = None


class BundleExamination:
    """One examination of one file; `verdict` runs all checks in order, once."""

    def __init__(self, file: BinaryIO, file_size: int, held: HeldEvidence) -> None:
        self._file = file
        self._file_size = file_size
        self._held = held
        self._milestones = list[Milestone]()
        self._records: RecordExamination | None = None
        self._attachments = 0

    def verdict(self) -> Verdict:
        """The outcome; stops at the first check that fails."""
        checks = list[Check]()
        for name, check in self._checks():
            try:
                detail = check()
            except ProofRefused as problem:
                checks.append(Check(name, False, str(problem)))
                return Verdict(
                    ok=False,
                    where=problem.where,
                    reason=problem.reason,
                    checks=tuple(checks),
                    counted=self._counted(),
                )
            checks.append(Check(name, True, detail))
        return Verdict(
            ok=True,
            checks=tuple(checks),
            counted=self._counted(),
            origin=self._head.origin,
            size=self._head.size,
            root=self._head.root,
            server_key=self._server_key,
            consoles=tuple(sorted(self._examined.by_console.items())),
        )

    def pack_for(self, position: int) -> bytes:
        """The proof pack for one record of a bundle whose `verdict` holds.

        Raises `ProofRefused` for a position without a record, and for a withheld one.
        """
        where = f"position {position}"
        if not 1 <= position <= self._head.size:
            raise ProofRefused(f"there is none; the bundle has {self._head.size}", where=where)
        lines = self._lines(layout.RECORDS, MAX_RECORD_BYTES)
        record = next(islice(lines, position - 1, None))
        if is_withheld_line(record):
            raise ProofRefused("is withheld: the bundle has its hash and no more", where=where)
        starts = range(0, len(self._leaves), HASH_BYTES)
        tree = Tree(self._leaves[start : start + HASH_BYTES] for start in starts)
        author = self._consoles[read_frame(record, where=where).console]
        return make_proof_pack(
            record=record,
            proof=tree.inclusion_proof(position - 1),
            checkpoint=self._read(layout.CHECKPOINT),
            server_key=self._server_key,
            console_key=author.public_key,
        )

    def _checks(self) -> tuple[tuple[str, Callable[[], str]], ...]:
        return (
            ("container", self._check_container),
            ("checksums", self._check_sums),
            ("guide", self._check_guide),
            ("keys", self._check_keys),
            ("checkpoint", self._check_checkpoint),
            ("earlier checkpoints", self._check_earlier_checkpoints),
            ("held checkpoint", self._check_held_checkpoint),
            ("leaf hashes", self._check_leaves),
            ("records", self._check_records),
            ("attachments", self._check_attachments),
            ("site log", self._check_site),
            ("checksums of the log", self._check_sums_of_the_log),
        )

    def _check_container(self) -> str:
        if self._file_size > layout.MAX_BUNDLE_BYTES:
            raise ProofRefused(f"is larger than {layout.MAX_BUNDLE_BYTES} bytes", where="file")
        self._entries = walk(
            self._file,
            self._file_size,
            max_entries=layout.MAX_ENTRIES,
            size_limit=layout.size_limit,
            order=layout.place_in_order,
        )
        for name in layout.ALWAYS_THERE:
            if name not in self._entries:
                raise ProofRefused("is missing from the bundle", where=name)
        return f"{len(self._entries)} entries; the zip around them has its one exact form"

    def _check_guide(self) -> str:
        if self._read(layout.GUIDE) != GUIDE_TEXT.encode():
            raise ProofRefused("is not the guide of bundle format 1", where=layout.GUIDE)
        return "the guide is that of bundle format 1"

    def _check_keys(self) -> str:
        where = layout.KEYS
        document = read_document(self._read(where), ("v", "server", "consoles"), where=where)
        if integer_in(document, "v", where=where) != 1:
            raise ProofRefused("has a version this program does not know", where=where)
        self._server_key = _key(text_in(document, "server", where=where))
        texts = texts_in(document, "consoles", where=where)
        if sorted(set(texts)) != texts:
            raise ProofRefused("the console keys are not in order, or one is twice", where=where)
        keys = [_key(text) for text in texts]
        self._consoles = {console_id(key): VerifyingKey(key) for key in keys}
        if self._held.server_key is None:
            claim = to_base64(self._server_key)
            return f"{len(keys)} consoles; the site's key is the bundle's own claim: {claim}"
        if self._held.server_key != self._server_key:
            raise ProofRefused("the site's key is not the one you gave", where=where)
        return f"{len(keys)} consoles; the site's key is the one you gave"

    def _check_checkpoint(self) -> str:
        self._head = self._open(layout.CHECKPOINT)
        self._site, _, self._log = self._head.origin.rpartition("/")
        if not self._site or not self._log:
            raise ProofRefused("does not name a site and a log", where=layout.CHECKPOINT)
        return f"the site signed {self._head.size} records of {self._head.origin}"

    def _check_earlier_checkpoints(self) -> str:
        for name in self._entries:
            if name.startswith(layout.EARLIER_CHECKPOINTS):
                earlier = self._open(name, origin=self._head.origin)
                if name != layout.earlier_checkpoint_name(earlier.size):
                    raise ProofRefused(f"is one at {earlier.size} records", where=name)
                if earlier.size >= self._head.size:
                    raise ProofRefused(f"is not earlier than {layout.CHECKPOINT}", where=name)
                self._milestones.append(Milestone(name=name, checkpoint=earlier))
        return f"{len(self._milestones)}, all signed by the site"

    def _check_held_checkpoint(self) -> str:
        if self._held.checkpoint is None:
            return "none given: whether newer records were left out cannot be told"
        held = open_checkpoint(
            self._held.checkpoint,
            public_keys=[self._server_key],
            origin=self._head.origin,
            where=HELD_CHECKPOINT,
        )
        size = self._head.size
        if held.size > size:
            raise ProofRefused(
                f"the newest records are missing: {HELD_CHECKPOINT} covers {held.size}, "
                f"the bundle ends at {size}",
                where=f"records at positions {size + 1} to {held.size}",
            )
        if held.size == size and held.root != self._head.root:
            raise ProofRefused(f"is not {HELD_CHECKPOINT}", where=layout.CHECKPOINT)
        # Records are compared with it in front of the bundle's own: it is the better witness.
        self._milestones = [m for m in self._milestones if m.checkpoint.size != held.size]
        self._milestones.append(Milestone(name=HELD_CHECKPOINT, checkpoint=held))
        return f"yours at {held.size} records is signed by the same key"

    def _check_leaves(self) -> str:
        leaves, tree = bytearray(), CompactRange()
        for number, line in enumerate(self._lines(layout.LEAVES, layout.LEAF_LINE_BYTES), 1):
            where = f"{layout.LEAVES}, line {number}"
            leaf = bytes_of(line, HASH_BYTES, what="the leaf hash", where=where)
            leaves += leaf
            tree.append_leaf(leaf)
        self._leaves = bytes(leaves)
        self._leaves_hold = (tree.size, tree.root) == (self._head.size, self._head.root)
        found = "give" if self._leaves_hold else "do not give"
        return f"{tree.size} leaf hashes {found} the signed root"

    def _check_records(self) -> str:
        self._records = RecordExamination(
            log=self._log,
            head=self._head,
            milestones=self._milestones,
            consoles=self._consoles,
            leaves=self._leaves,
            leaves_hold=self._leaves_hold,
        )
        examined = self._records
        examined.examine(self._lines(layout.RECORDS, MAX_RECORD_BYTES))
        for console in self._consoles:
            if console not in examined.by_console:
                raise ProofRefused(f"console {console} wrote nothing here", where=layout.KEYS)
        return (
            f"{examined.records} records give the signed root, {examined.withheld} of them "
            f"withheld; {examined.signatures} signatures of authors hold"
        )

    def _check_attachments(self) -> str:
        for name, located in self._entries.items():
            if not name.startswith(layout.BLOBS):
                continue
            digest = sha256()
            for chunk in chunks_of(self._file, located):
                digest.update(chunk)
            if layout.blob_name(digest.hexdigest()) != name:
                raise ProofRefused("its bytes do not have the SHA-256 in its name", where=name)
            if digest.hexdigest() not in self._examined.blobs:
                raise ProofRefused("no record that is shown mentions it", where=name)
            self._attachments += 1
        return f"{self._attachments}, each mentioned by a record that is shown"

    def _check_site(self) -> str:
        is_there = layout.SITE_CHECKPOINT in self._entries
        if is_there != (layout.SITE_PROOF in self._entries):
            missing = layout.SITE_PROOF if is_there else layout.SITE_CHECKPOINT
            raise ProofRefused("is missing from the bundle", where=missing)
        if not is_there:
            return "not part of this bundle"
        site = self._open(layout.SITE_CHECKPOINT, origin=origin_of(self._site, SITE_LOG))
        where = layout.SITE_PROOF
        document = read_document(self._read(where), ("v", "index", "hashes"), where=where)
        index = integer_in(document, "index", where=where)
        proof = [
            bytes_of(text, HASH_BYTES, what="a hash", where=where)
            for text in texts_in(document, "hashes", where=where)
        ]
        version = integer_in(document, "v", where=where)
        if version != 1 or not is_published(self._head, site=site, index=index, proof=proof):
            raise ProofRefused(
                f"does not lead from {layout.CHECKPOINT} to {layout.SITE_CHECKPOINT}", where=where
            )
        return f"published as number {index + 1} of {site.size} checkpoints of {self._site}"

    def _check_sums(self) -> str:
        """Find accidents where they are; a forger's checksums hold, and later checks do not."""
        for name, located in self._entries.items():
            if name not in LOG_ENTRIES:
                check_sum(self._file, located)
        return "the checksum of every small entry is that of its bytes"

    def _check_sums_of_the_log(self) -> str:
        """Last, since the leaf hashes name the very record that an accident has changed."""
        for name in LOG_ENTRIES:
            check_sum(self._file, self._entries[name])
        return f"so are those of {' and '.join(LOG_ENTRIES)}"

    @property
    def _examined(self) -> RecordExamination:
        if self._records is None:
            raise RuntimeError("the records come before everything that asks about them")
        return self._records

    def _counted(self) -> Counted:
        if self._records is None:
            return Counted()
        return Counted(
            records=self._records.records,
            signatures=self._records.signatures,
            withheld=self._records.withheld,
            quarantined=self._records.quarantined,
            attachments=self._attachments,
            checkpoints=1 + len(self._milestones),
        )

    def _open(self, name: str, origin: str | None = None) -> Checkpoint:
        return open_checkpoint(
            self._read(name), public_keys=[self._server_key], origin=origin, where=name
        )

    def _read(self, name: str) -> bytes:
        return b"".join(chunks_of(self._file, self._entries[name]))

    def _lines(self, name: str, limit: int) -> Iterator[bytes]:
        """The lines of an entry without their newline, at most `limit` bytes each with it."""
        located = self._entries[name]
        self._file.seek(located.start)
        left, number = located.entry.size, 0
        while left:
            number += 1
            line = self._file.readline(min(limit + 1, left))
            if not line.endswith(b"\n"):
                raise ProofRefused("is too long or has no end", where=f"{name}, line {number}")
            left -= len(line)
            yield line[:-1]


def _key(text: str) -> bytes:
    return bytes_of(text, PUBLIC_KEY_BYTES, what="a key", where=layout.KEYS)
