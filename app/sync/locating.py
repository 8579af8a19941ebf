"""Finding out how far the records of a log are still those that are vouched for.

A tree that was confirmed tells roots of its beginnings, a checkpoint one root.  The longest
beginning of the records here that has such a root is vouched for; nothing after it is.  A server
that proves shorter beginnings of the same tree leads to the very record; it cannot mislead.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from app.log.local_log import LocalLog
from app.log.local_values import Cursor
from app.log.problems import DamagedDatabase
from app.proof.encoding import from_base64
from app.proof.merkle import CompactRange, Tree, verify_consistency
from app.protocol.withholding import leaves_of
from app.sync.unavailable import ServerUnavailable

PAGE_RECORDS = 250

Root = tuple[int, bytes]
"""So many records from the first on, and the root over them."""

Prove = Callable[[str, int, int], Awaitable[Sequence[str]]]
"""Asks for Base64 hashes which show that a log of one size begins that of another.

Raises `ServerUnavailable`.
"""


def confirmed_roots(local: LocalLog, cursor: Cursor) -> list[Root]:
    """What is known of the beginnings of a log, from the tree confirmed and the one kept."""
    trees = [cursor.tree]
    mark = local.kept_mark(cursor.log)
    if mark is not None and mark.epoch == cursor.epoch:
        trees.append(mark.tree)
    return [root for tree in trees for root in _beginnings(tree)]


def _beginnings(tree: bytes) -> list[Root]:
    try:
        return CompactRange.from_bytes(tree).beginnings()
    except ValueError:
        return []


async def first_in_doubt(
    local: LocalLog, log: str, roots: Sequence[Root], *, pause: float, prove: Prove | None = None
) -> int:
    """The first position of `log` that none of these roots vouches for.

    Records that cannot be read are the first in doubt unless those before them are others than
    the roots tell: each page of the file is authenticated.  Waits `pause` seconds between pages.
    Where nothing proves, or the server cannot be reached, records before the first that is
    another may be in doubt with it.
    """
    tree, is_cut_off = await _tree_of(local, log, pause)
    within = [(size, root) for size, root in roots if size <= tree.size]
    sound = max((size for size, root in within if tree.root(size) == root), default=0)
    if is_cut_off and all(size <= sound for size, _ in within):
        return tree.size + 1
    if prove is not None and roots:
        sound = await _proved(tree, sound, max(roots), lambda old, new: prove(log, old, new))
    return sound + 1


async def _proved(
    tree: Tree, sound: int, whole: Root, prove: Callable[[int, int], Awaitable[Sequence[str]]]
) -> int:
    """How many of the first records of `tree` are those of the `whole`, at least `sound`.

    Halves what is unknown with each proof: 17 of them for 100,000 records.
    """
    size, root = whole
    beyond = min(tree.size, size) + 1
    while beyond - sound > 1:
        middle = (sound + beyond) // 2
        try:
            proof = [from_base64(one) for one in await prove(middle, size)]
        except (ServerUnavailable, ValueError):
            break
        is_beginning = verify_consistency(
            old_size=middle,
            old_root=tree.root(middle),
            new_size=size,
            new_root=root,
            proof=proof,
        )
        sound, beyond = (middle, beyond) if is_beginning else (sound, middle)
    return sound


async def _tree_of(local: LocalLog, log: str, pause: float) -> tuple[Tree, bool]:
    """The tree over the records as far as they can be read, and whether that ends too early."""
    tree, limit = Tree(), PAGE_RECORDS
    while True:
        try:
            lines = local.lines(log, after=tree.size, limit=limit)
        except DamagedDatabase:
            if limit == 1:
                return tree, True
            limit = 1
            continue
        if not lines:
            return tree, False
        tree.extend(leaves_of(lines))
        await asyncio.sleep(pause)
