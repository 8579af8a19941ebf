"""What is written in the project holds on every machine: no hosts of registries, no own paths."""

from __future__ import annotations

import re

import pytest

from tests.house.source import ROOT, place, text_files

# Put together from pieces, or this file would be the first offence.
REGISTRY = re.compile(
    "|".join(
        [
            "py" + r"pi\.org",
            "python" + r"hosted\.org",
            r"registry\." + "npmjs",
            "deb" + r"ian\.org/",
        ]
    )
)
MACHINE_PATH = re.compile(
    "|".join(["/ro" + "ot/", "/wo" + "rk/", "/ho" + r"me/[a-z]+/", "/Us" + "ers/"])
)


@pytest.mark.parametrize("pattern", [REGISTRY, MACHINE_PATH], ids=["registry", "machine"])
def test_no_file_names_a_registry_host_or_a_path_of_one_machine(pattern):
    offences = [
        f"{place(path)}:{number} {found.group()}"
        for path in text_files()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if (found := pattern.search(line))
    ]

    assert offences == []


def test_the_patterns_find_what_they_look_for():
    assert REGISTRY.search("https://files.python" + "hosted.org/packages")
    assert MACHINE_PATH.search("/ho" + "me/maria/watchfloor")


def test_the_lock_of_the_resolver_is_not_in_the_project():
    ignored = (ROOT / ".gitignore").read_text(encoding="utf-8").split()

    assert "uv.lock" in ignored
