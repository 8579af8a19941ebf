"""The small world the capture tests type about."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from app.capture.people import Person
from app.capture.vocabulary import Role, Service, Vocabulary


@pytest.fixture(scope="session")
def vectors() -> dict[str, Any]:
    """The names that are known, and lines with what they read as."""
    file = Path(__file__).with_name("vectors.json")
    return json.loads(file.read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def vocabulary(vectors: dict[str, Any]) -> Vocabulary:
    """The five people, seven roles and seven services of the vectors."""
    known = vectors["known"]
    return Vocabulary.of(
        people=[
            Person(id=f"person-{handle}", name=name, handles=(handle,))
            for handle, name in known["people"].items()
        ],
        roles=[
            Role(handle=handle, code=code, title=code.replace("_", " ").capitalize())
            for handle, code in known["roles"].items()
        ],
        services=[Service(id=name, name=name) for name in known["services"]],
        author=f"person-{known['author']}",
    )
