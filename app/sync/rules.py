"""Which code reads and folds records: a state that other code folded is worth nothing here."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from functools import cache
from hashlib import sha256
from pathlib import Path

import msgspec

from app import events, incident, proof, protocol

_PACKAGES = (events, incident)
_MODULES = ("kinds.py", "withholding.py")
_HERE = ("keeping.py", "reading.py")


@cache
def rules_fingerprint() -> bytes | None:
    """A digest over every line of code a folded state depends on.

    None where that code cannot be read: then nothing may be kept.
    """
    digest = sha256(f"{sys.hexversion} {msgspec.__version__}".encode())
    count = 0
    for name, path in _files():
        try:
            content = path.read_bytes()
        except OSError:
            return None
        digest.update(f"{name} {len(content)} ".encode() + content)
        count += 1
    return digest.digest() if count > len(_HERE) + len(_MODULES) else None


def _files() -> Iterator[tuple[str, Path]]:
    for package in _PACKAGES:
        folder = Path(package.__path__[0])
        for path in sorted(folder.rglob("*.py")):
            yield f"{package.__name__}/{path.relative_to(folder).as_posix()}", path
    for name in _MODULES:
        yield name, Path(protocol.__path__[0]) / name
    yield "withheld.py", Path(proof.__path__[0]) / "withheld.py"
    for name in _HERE:
        yield name, Path(__file__).with_name(name)
