"""Merkle trees of whole logs, kept in memory for the logs somebody asks proofs of."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock

from app.log.event_log import EventLog
from app.proof.merkle import Tree, leaf_hash

_LOGS_AT_MOST = 32
_PAGE = 5_000
_PAGE_BYTES = 8 * 1024 * 1024


class Trees:
    """Trees by log; may be used from any thread.  A tree costs 64 bytes a record."""

    def __init__(self, log: EventLog) -> None:
        self._log = log
        self._trees: OrderedDict[str, tuple[str, Tree]] = OrderedDict()
        self._lock = Lock()

    def tree(self, log: str) -> Tree:
        """The tree over everything in `log` now; raises `UnknownLog`, `StoreError`."""
        with self._lock:
            return self._grown(log)[1]

    def root(self, log: str, size: int, epoch: str) -> bytes | None:
        """The root over the first `size` records of `log`; None if its epoch is another one.

        Raises `UnknownLog`, `StoreError`.
        """
        with self._lock:
            found, tree = self._grown(log)
            return tree.root(size) if found == epoch and size <= tree.size else None

    def _grown(self, log: str) -> tuple[str, Tree]:
        """The epoch of a log and the tree over everything in it."""
        epoch, tree = self._trees.pop(log, ("", Tree()))
        while True:
            page = self._log.page(log, tree.size, limit=_PAGE, max_bytes=_PAGE_BYTES)
            if page.epoch != epoch:
                fresh_epoch, was_empty = page.epoch, tree.size == 0
                epoch, tree = fresh_epoch, tree if was_empty else Tree()
                if not was_empty:
                    continue
            tree.extend(leaf_hash(line) for line in page.lines)
            if tree.size >= page.head:
                break
        self._trees[log] = (epoch, tree)
        while len(self._trees) > _LOGS_AT_MOST:
            self._trees.popitem(last=False)
        return epoch, tree
