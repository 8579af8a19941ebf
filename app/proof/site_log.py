"""The site's log of checkpoints, and how consoles notice that two people were shown two sites.

Every checkpoint the server publishes for an incident or the organisation is a leaf here, so that
a dropped incident or two versions of one cannot stay hidden.  Consoles keep the newest site
checkpoint they saw and compare it with every one they are offered.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from app.proof.merkle import Tree, leaf_hash, verify_consistency, verify_inclusion
from app.proof.note import SITE_LOG, Checkpoint, origin_of


class SiteLog:
    """The site's checkpoints in the order they were published; holds hashes, not texts.

    Mutable.  The server stores the leaf hashes and gives them back at start.
    """

    __slots__ = ("_tree", "origin")

    def __init__(self, site: str, leaf_hashes: Iterable[bytes] = ()) -> None:
        self.origin = origin_of(site, SITE_LOG)
        self._tree = Tree(leaf_hashes)

    @property
    def size(self) -> int:
        """How many checkpoints were published."""
        return self._tree.size

    def publish(self, checkpoint: Checkpoint) -> int:
        """Add a log's checkpoint; returns its index, counted from 0."""
        self._tree.append(site_leaf(checkpoint))
        return self._tree.size - 1

    def checkpoint(self, size: int | None = None) -> Checkpoint:
        """The site as it was at `size` (default: as it is now), ready to be signed."""
        size = self._tree.size if size is None else size
        return Checkpoint(origin=self.origin, size=size, root=self._tree.root(size))

    def inclusion_proof(self, index: int, size: int | None = None) -> list[bytes]:
        """Why the checkpoint at `index` is in the site log of `size` (default: now)."""
        return self._tree.inclusion_proof(index, size)

    def consistency_proof(self, old: int, new: int | None = None) -> list[bytes]:
        """Why the site log of size `old` is the beginning of the one of size `new`."""
        return self._tree.consistency_proof(old, new)


def site_leaf(checkpoint: Checkpoint) -> bytes:
    """The leaf hash of a published checkpoint: over its note text, signatures left out."""
    return leaf_hash(checkpoint.text.encode())


def is_published(
    checkpoint: Checkpoint, *, site: Checkpoint, index: int, proof: Sequence[bytes]
) -> bool:
    """Whether `proof` shows `checkpoint` as leaf `index` of the `site` checkpoint's log."""
    return verify_inclusion(
        leaf=site_leaf(checkpoint), index=index, size=site.size, root=site.root, proof=proof
    )


class Agreement(StrEnum):
    """How an offered checkpoint stands to one that was seen before."""

    AGREES = "agrees"
    BEHIND = "behind"
    FORKED = "forked"


@dataclass(frozen=True, slots=True)
class Witnessed:
    """What came of comparing: the `agreement`, and the `sentence` to show a person."""

    agreement: Agreement
    sentence: str


def witness(
    seen: Checkpoint, offered: Checkpoint, consistency_proof: Sequence[bytes]
) -> Witnessed:
    """Whether `offered` continues `seen` (both verified notes of one log).

    `consistency_proof` leads from the smaller to the larger of the two; empty when they have the
    same size.  A proof that is missing or does not hold counts as forked: fetch it first.
    """
    if seen.origin != offered.origin:
        return _forked(f"The server now calls itself {offered.origin}; it was {seen.origin}.")
    old, new = sorted((seen, offered), key=lambda checkpoint: checkpoint.size)
    is_one_log = verify_consistency(
        old_size=old.size,
        old_root=old.root,
        new_size=new.size,
        new_root=new.root,
        proof=consistency_proof,
    )
    if not is_one_log:
        return _forked(
            "The server's record is not the one this console saw before "
            f"({seen.size} checkpoints seen, {offered.size} offered)."
        )
    if offered.size < seen.size:
        return Witnessed(
            Agreement.BEHIND,
            f"The server shows an older state of its record: {offered.size} of the {seen.size} "
            "checkpoints this console has seen. Entries kept here are sent again.",
        )
    return Witnessed(
        Agreement.AGREES, f"The server's record continues what this console saw ({offered.size})."
    )


def _forked(finding: str) -> Witnessed:
    return Witnessed(
        Agreement.FORKED,
        f"{finding} Keep this console's data, compare with a colleague, and tell whoever runs "
        "the server.",
    )
