"""The identity of a set of labels, computed as Alertmanager computes it."""

from __future__ import annotations

from collections.abc import Collection, Mapping

_OFFSET = 14695981039346656037
_PRIME = 1099511628211
_MASK = (1 << 64) - 1
_SEPARATOR = b"\xff"


def fingerprint(labels: Mapping[str, str], ignored: Collection[str] = ()) -> str:
    """16 hex digits that stay the same while the labels not in `ignored` do.

    FNV-1a with 64 bits over names and values in the order of the names, a 0xFF byte after each
    (`model.LabelSet.Fingerprint` of prometheus/common, by which alerts are known).
    """
    total = _OFFSET
    for name in sorted(labels.keys() - set(ignored), key=str.encode):
        for part in (name, labels[name]):
            for byte in part.encode() + _SEPARATOR:
                total = (total ^ byte) * _PRIME & _MASK
    return f"{total:016x}"
