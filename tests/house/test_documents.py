"""The documents speak of the code that is there."""

from __future__ import annotations

import re

import pytest

from tests.house.source import ROOT

DOCUMENTS = ("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md", "docs/events.md")
LINK = re.compile(r"\]\(([^)#:]+)\)")
MAKE_TARGET = re.compile(r"^([a-z]+(?: [a-z]+)*):", re.MULTILINE)


def test_the_architecture_mentions_every_room_of_the_house():
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    rooms = sorted(
        path.name for path in (ROOT / "app").iterdir() if (path / "__init__.py").is_file()
    )

    assert rooms
    assert [room for room in rooms if f"`{room}`" not in text] == []


def test_every_stored_kind_of_event_is_in_the_public_list():
    from app.protocol.kinds import ALL_KINDS

    text = (ROOT / "docs" / "events.md").read_text(encoding="utf-8")

    kinds = sorted(str(getattr(kind, "kind", kind)) for kind in ALL_KINDS)
    assert kinds
    assert [kind for kind in kinds if f"`{kind}`" not in text] == []


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_link_inside_the_project_leads_somewhere(document):
    path = ROOT / document
    links = LINK.findall(path.read_text(encoding="utf-8"))

    assert [link for link in links if not (path.parent / link).exists()] == []


def test_the_readme_shows_every_make_target_and_no_other():
    offered = set(MAKE_TARGET.findall((ROOT / "Makefile").read_text(encoding="utf-8"))[0].split())
    shown = set(re.findall(r"`make ([a-z]+)`", (ROOT / "README.md").read_text(encoding="utf-8")))

    assert shown == offered


def test_decisions_are_numbered_without_a_gap_and_fit_on_a_page():
    decisions = sorted((ROOT / "docs" / "adr").glob("*.md"))

    numbers = [int(path.name[:4]) for path in decisions]
    lengths = {path.name: len(path.read_text(encoding="utf-8").split()) for path in decisions}
    assert numbers == list(range(1, len(numbers) + 1))
    assert {name: words for name, words in lengths.items() if words > 450} == {}
