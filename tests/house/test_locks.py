"""The locks name what `pyproject.toml` asks for, with hashes, and nothing else."""

from __future__ import annotations

import re
import tomllib
from importlib import metadata

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.house.source import ROOT

LOCKS = ("requirements.lock", "requirements-dev.lock")


@pytest.mark.parametrize("lock", LOCKS)
def test_every_package_has_a_hash_and_no_host(lock):
    text = (ROOT / lock).read_text(encoding="utf-8")
    entries = re.split(r"\n(?=[a-z])", text)

    assert [entry for entry in entries if "--hash=sha256:" not in entry] == []
    assert "://" not in text


def test_the_test_lock_contains_the_run_lock():
    run, test = (_pins(lock) for lock in LOCKS)

    assert [pin for pin in run if pin not in test] == []


@pytest.mark.parametrize("lock", LOCKS)
def test_the_lock_is_the_closure_of_what_the_project_asks_for(lock):
    asked = _asked_for(with_tests=lock == "requirements-dev.lock")

    locked = {canonicalize_name(pin.name) for pin in _pins(lock) if _applies(pin)}

    assert locked == _closure(asked)


@pytest.mark.parametrize("lock", LOCKS)
def test_the_locked_versions_are_the_ones_installed(lock):
    differing = [
        f"{pin} but {metadata.version(pin.name)} is installed"
        for pin in _pins(lock)
        if _applies(pin) and not pin.specifier.contains(metadata.version(pin.name))
    ]

    assert differing == []


def _asked_for(*, with_tests: bool) -> list[Requirement]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    lines = list(project["project"]["dependencies"])
    if with_tests:
        lines += project["dependency-groups"]["dev"]
    return [Requirement(line) for line in lines]


def _pins(lock: str) -> list[Requirement]:
    lines = (ROOT / lock).read_text(encoding="utf-8").splitlines()
    return [Requirement(line.rstrip(" \\")) for line in lines if re.match(r"[a-z0-9]", line, re.I)]


def _closure(asked: list[Requirement]) -> set[str]:
    """Every package that the asked-for ones need, here, on this Python."""
    waiting = [(requirement, "") for requirement in asked]
    seen: set[tuple[str, str]] = set()
    while waiting:
        requirement, extra = waiting.pop()
        name = canonicalize_name(requirement.name)
        if not _applies(requirement, extra):
            continue
        for wanted_extra in {"", *requirement.extras}:
            if (name, wanted_extra) not in seen:
                seen.add((name, wanted_extra))
                needs = metadata.requires(name) or []
                waiting += [(Requirement(line), wanted_extra) for line in needs]
    return {name for name, _ in seen}


def _applies(requirement: Requirement, extra: str = "") -> bool:
    return requirement.marker is None or requirement.marker.evaluate({"extra": extra})
