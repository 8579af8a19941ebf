"""The Merkle tree of a log: roots, and proofs that a record is in it and that it only grew.

The tree is the one of RFC 6962 section 2.1, with the proof algorithms of RFC 9162 section 2.1.
Hashes are 32 bytes of SHA-256.  Indices count from 0, so the record at position N is leaf N - 1.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import sha256

HASH_BYTES = 32
MAX_SIZE = 2**53 - 1
MAX_PROOF_HASHES = 64
"""No tree of at most `MAX_SIZE` leaves needs a longer proof."""

EMPTY_ROOT = sha256(b"").digest()

_LEAF = b"\x00"
_NODE = b"\x01"
_SIZE_BYTES = 8


def leaf_hash(record: bytes) -> bytes:
    """The hash of one record's exact bytes as a leaf: SHA-256(0x00 ‖ record)."""
    return sha256(_LEAF + record).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of two neighbouring subtrees: SHA-256(0x01 ‖ left ‖ right)."""
    return sha256(_NODE + left + right).digest()


class CompactRange:
    """A tree that remembers only its peaks: at most 53 hashes, enough to append and know the root.

    The recorder keeps one per log beside the head; every console keeps its own, computed from
    the bytes it holds.  Mutable: take a `copy` before a transaction that may roll back.
    """

    __slots__ = ("_peaks", "_size")

    def __init__(self) -> None:
        self._size = 0
        self._peaks: list[bytes] = []  # roots of the complete subtrees, largest first

    @property
    def size(self) -> int:
        """How many leaves were appended; the position of the newest record."""
        return self._size

    @property
    def root(self) -> bytes:
        """The root over everything appended so far; `EMPTY_ROOT` for nothing."""
        return _fold(self._peaks)

    def append(self, record: bytes) -> None:
        """Append one record's exact bytes."""
        self.append_leaf(sha256(_LEAF + record).digest())

    def append_leaf(self, leaf: bytes) -> None:
        """Append a leaf of which only the hash is known: a withheld record."""
        size, peaks = self._size, self._peaks
        while size & 1:
            leaf = sha256(_NODE + peaks.pop() + leaf).digest()
            size >>= 1
        peaks.append(leaf)
        self._size += 1

    def extend(self, records: Iterable[bytes]) -> None:
        """Append many records in order."""
        for record in records:
            self.append_leaf(sha256(_LEAF + record).digest())

    def beginnings(self) -> list[tuple[int, bytes]]:
        """Sizes and roots of the trees it grew out of, as far as its peaks tell; itself last."""
        sizes = [self._size >> bit << bit for bit in range(self._size.bit_length())]
        sizes = sorted({size for size in sizes if size})
        return [(size, _fold(self._peaks[: size.bit_count()])) for size in sizes]

    def copy(self) -> CompactRange:
        """An independent range with the same leaves."""
        twin = CompactRange()
        twin._size = self._size
        twin._peaks = self._peaks.copy()
        return twin

    def to_bytes(self) -> bytes:
        """The range for storage: its size as 8 bytes big-endian, then its peaks."""
        return self._size.to_bytes(_SIZE_BYTES, "big") + b"".join(self._peaks)

    @classmethod
    def from_bytes(cls, data: bytes) -> CompactRange:
        """The range that `to_bytes` stored; raises `ValueError` when it cannot be one."""
        size, peaks = int.from_bytes(data[:_SIZE_BYTES], "big"), data[_SIZE_BYTES:]
        if len(data) < _SIZE_BYTES or size > MAX_SIZE:
            raise ValueError("not a stored tree: its size is missing or too large")
        if len(peaks) != size.bit_count() * HASH_BYTES:
            raise ValueError(f"not a stored tree: {len(peaks)} bytes of peaks for size {size}")
        compact = cls()
        compact._size = size
        compact._peaks = [peaks[at : at + HASH_BYTES] for at in range(0, len(peaks), HASH_BYTES)]
        return compact


class Tree:
    """A tree over all its leaf hashes that can prove things about any size it ever had.

    Every complete subtree is hashed once and kept (64 bytes per leaf in all), so a proof costs
    some tens of hashes whatever the size.
    """

    __slots__ = ("_levels",)

    def __init__(self, leaf_hashes: Iterable[bytes] = ()) -> None:
        self._levels: list[bytearray] = [bytearray()]  # level k: roots of 2**k leaves each
        self.extend(leaf_hashes)

    @property
    def size(self) -> int:
        """How many leaves the tree has."""
        return len(self._levels[0]) // HASH_BYTES

    def extend(self, leaf_hashes: Iterable[bytes]) -> None:
        """Append leaf hashes (32 bytes each) in order; raises `ValueError` on another length."""
        news = b"".join(_checked(leaf_hashes))
        self._levels[0] += news
        for below, level in enumerate(self._levels):
            children = len(level) // HASH_BYTES
            if children < 2:
                break
            if below + 1 == len(self._levels):
                self._levels.append(bytearray())
            above = self._levels[below + 1]
            first = len(above) // HASH_BYTES
            above += b"".join(
                sha256(_NODE + level[at * 2 * HASH_BYTES : (at + 1) * 2 * HASH_BYTES]).digest()
                for at in range(first, children // 2)
            )

    def append(self, leaf: bytes) -> None:
        """Append one leaf hash."""
        self.extend((leaf,))

    def leaf(self, index: int) -> bytes:
        """The leaf hash at `index`; raises `ValueError` beyond the tree."""
        self._require(0 <= index < self.size, f"there is no leaf {index}")
        return self._node(0, index)

    def root(self, size: int | None = None) -> bytes:
        """The root when the tree had `size` leaves (default: now)."""
        size = self.size if size is None else size
        self._require(0 <= size <= self.size, f"the tree never had {size} leaves")
        return self._root_over(0, size)

    def inclusion_proof(self, index: int, size: int | None = None) -> list[bytes]:
        """The hashes that lead from leaf `index` to the root at `size`, lowest first.

        RFC 9162 section 2.1.3.1.  Raises `ValueError` for a leaf or size the tree has not got.
        """
        size = self.size if size is None else size
        self._require(0 <= index < size <= self.size, f"no leaf {index} in a tree of {size}")
        start, end, path = 0, size, list[bytes]()
        while end - start > 1:
            middle = start + _split(end - start)
            if index < middle:
                path.append(self._root_over(middle, end))
                end = middle
            else:
                path.append(self._root_over(start, middle))
                start = middle
        return path[::-1]

    def consistency_proof(self, old: int, new: int | None = None) -> list[bytes]:
        """The hashes that show the tree of size `old` is the beginning of the one of size `new`.

        RFC 9162 section 2.1.4.1; empty when `old` is 0 or equals `new`.  Raises `ValueError`
        for sizes the tree has not had.
        """
        new = self.size if new is None else new
        self._require(0 <= old <= new <= self.size, f"sizes {old} and {new} are not in the tree")
        if old == 0:
            return []
        start, end, proof, is_old_tree = 0, new, list[bytes](), True
        while old != end:
            middle = start + _split(end - start)
            if old <= middle:
                proof.append(self._root_over(middle, end))
                end = middle
            else:
                proof.append(self._root_over(start, middle))
                start, is_old_tree = middle, False
        if not is_old_tree:
            proof.append(self._root_over(start, end))
        return proof[::-1]

    def _root_over(self, start: int, end: int) -> bytes:
        """The root over leaves `start` to `end`; `start` begins a subtree of that width."""
        peaks = list[bytes]()
        while start < end:
            level = (end - start).bit_length() - 1
            peaks.append(self._node(level, start >> level))
            start += 1 << level
        return _fold(peaks)

    def _node(self, level: int, index: int) -> bytes:
        return bytes(self._levels[level][index * HASH_BYTES : (index + 1) * HASH_BYTES])

    @staticmethod
    def _require(holds: bool, otherwise: str) -> None:
        if not holds:
            raise ValueError(otherwise)


def verify_inclusion(
    *, leaf: bytes, index: int, size: int, root: bytes, proof: Sequence[bytes]
) -> bool:
    """Whether `proof` leads from `leaf` at `index` to `root` of a tree with `size` leaves.

    RFC 9162 section 2.1.3.2.  Never raises, whatever the proof holds.
    """
    if not 0 <= index < size <= MAX_SIZE or not _is_proof(proof):
        return False
    node, last, reached = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if node & 1 or node == last:
            reached = node_hash(sibling, reached)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            reached = node_hash(reached, sibling)
        node, last = node >> 1, last >> 1
    return last == 0 and reached == root


def verify_consistency(
    *, old_size: int, old_root: bytes, new_size: int, new_root: bytes, proof: Sequence[bytes]
) -> bool:
    """Whether `proof` shows that the new tree begins with the old one.

    RFC 9162 section 2.1.4.2.  An empty tree begins every tree.  Never raises.
    """
    if not 0 <= old_size <= new_size <= MAX_SIZE or not _is_proof(proof):
        return False
    if old_size == new_size:
        return not proof and old_root == new_root
    if old_size == 0:
        return not proof and old_root == EMPTY_ROOT
    path = list(proof)
    if old_size & (old_size - 1) == 0:  # the old tree is itself one of the nodes
        path.insert(0, old_root)
    return bool(path) and _consistent(old_size, old_root, new_size, new_root, path)


def _consistent(
    old_size: int, old_root: bytes, new_size: int, new_root: bytes, path: list[bytes]
) -> bool:
    node, last = old_size - 1, new_size - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    old = new = path[0]
    for sibling in path[1:]:
        if last == 0:
            return False
        if node & 1 or node == last:
            old, new = node_hash(sibling, old), node_hash(sibling, new)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            new = node_hash(new, sibling)
        node, last = node >> 1, last >> 1
    return last == 0 and old == old_root and new == new_root


def _fold(peaks: Sequence[bytes]) -> bytes:
    """The root above complete subtrees that stand side by side, largest first."""
    if not peaks:
        return EMPTY_ROOT
    root = peaks[-1]
    for peak in peaks[-2::-1]:
        root = node_hash(peak, root)
    return root


def _split(width: int) -> int:
    """The largest power of two below `width` (at least 2): where RFC 6962 divides a tree."""
    return 1 << ((width - 1).bit_length() - 1)


def _is_proof(proof: Sequence[bytes]) -> bool:
    return len(proof) <= MAX_PROOF_HASHES and all(len(each) == HASH_BYTES for each in proof)


def _checked(leaf_hashes: Iterable[bytes]) -> Iterable[bytes]:
    for leaf in leaf_hashes:
        if len(leaf) != HASH_BYTES:
            raise ValueError(f"a leaf hash has {HASH_BYTES} bytes, not {len(leaf)}")
        yield leaf
