"""The set-up tells a person what is wrong and what to type, and does nothing twice."""

from __future__ import annotations

import ast
import subprocess
import sys

import bootstrap
import environment
import pytest
import system_packages
from environment import Environment
from stopped import SetupStopped

from tests.house.source import ROOT


def test_an_old_python_is_named_with_the_one_that_is_needed():
    problem = bootstrap.python_problem((3, 9, 2), "/usr/bin/python3")

    assert "Python 3.11 or newer" in problem
    assert "/usr/bin/python3 is 3.9.2" in problem


@pytest.mark.parametrize("version", [(3, 11, 0), (3, 14, 1)])
def test_a_good_python_is_no_problem(version):
    assert bootstrap.python_problem(version, "python3") is None


def test_the_entry_file_can_be_read_by_a_python_too_old_to_run_the_rest():
    source = (ROOT / "packaging" / "bootstrap.py").read_text(encoding="utf-8")

    assert ast.parse(source, feature_version=(3, 7)).body


def test_the_help_lists_every_command():
    shown = subprocess.run(
        [sys.executable, "packaging/bootstrap.py", "--help"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )

    assert [name for name in bootstrap.COMMANDS if f"  {name} " not in shown.stdout] == []


def test_a_missing_library_is_told_by_its_package(on_linux):
    def load(name: str) -> None:
        if name == "libGL.so.1":
            raise OSError(name)

    assert system_packages.missing_libraries(system_packages.QT_LIBRARIES, load) == ["libgl1"]


def test_what_may_not_be_installed_stops_with_the_one_command_that_would(monkeypatch):
    monkeypatch.setattr(system_packages, "may_install", lambda: False)

    with pytest.raises(SetupStopped) as stopped:
        system_packages.require(["libgl1", "libegl1"], "Qt")

    last_line = str(stopped.value).splitlines()[-1].strip()
    assert last_line == (
        "sudo apt-get update && sudo apt-get install --yes --no-install-recommends libegl1 libgl1"
    )


def test_what_tests_would_like_is_offered_and_stops_nothing(monkeypatch, capsys):
    monkeypatch.setattr(system_packages, "may_install", lambda: False)

    system_packages.offer(["prometheus"], "Some tests")

    assert "apt-get install --yes --no-install-recommends prometheus" in capsys.readouterr().out


def test_an_installation_is_tried_again_when_the_mirror_fails_once(policy_file):
    answers = iter([False, True, True])
    commands = []

    def succeeds(command):
        commands.append(command)
        assert policy_file.exists()
        return next(answers)

    assert system_packages.apt_install(["prometheus"], succeeds)

    assert [("install" in command) for command in commands] == [False, False, True]
    assert not policy_file.exists()


def test_an_installation_that_never_succeeds_is_given_up(policy_file):
    assert not system_packages.apt_install(["prometheus"], lambda _command: False)
    assert not policy_file.exists()


def test_a_policy_that_was_there_before_stays(policy_file):
    policy_file.write_text("exit 0", encoding="utf-8")

    assert system_packages.apt_install(["prometheus"], lambda _command: True)

    assert policy_file.read_text(encoding="utf-8") == "exit 0"


def test_a_second_preparation_runs_nothing(project, calls):
    project.prepare("requirements.lock")
    first = len(calls)

    project.prepare("requirements.lock")

    assert first > 0
    assert len(calls) == first


def test_an_environment_for_tests_serves_a_run_too_but_not_the_reverse(project):
    project.prepare("requirements.lock")
    assert not project.is_ready("requirements-dev.lock")

    project.prepare("requirements-dev.lock")
    assert project.is_ready("requirements.lock")


def test_a_changed_lock_makes_the_environment_again(project):
    project.prepare("requirements.lock")

    (project.root / "requirements.lock").write_text("one==2", encoding="utf-8")

    assert not project.is_ready("requirements.lock")


def test_another_recipe_makes_the_environment_again(project, monkeypatch):
    project.prepare("requirements.lock")

    monkeypatch.setattr(environment, "RECIPE_VERSION", "another")

    assert not project.is_ready("requirements.lock")


def test_an_interrupted_installation_is_not_taken_for_a_whole_one(project, monkeypatch):
    project.prepare("requirements.lock")
    monkeypatch.setattr(environment, "_succeeds", lambda _command: False)

    with pytest.raises(SetupStopped, match=r"requirements-dev\.lock did not install"):
        project.prepare("requirements-dev.lock")

    assert not project.is_ready("requirements.lock")


@pytest.mark.parametrize("uv", [None, "uv"])
def test_hashes_are_required_and_nothing_is_built(project, calls, monkeypatch, uv):
    monkeypatch.setattr(environment, "_usable_uv", lambda: uv)

    project.prepare("requirements.lock")

    install = calls[-1]
    assert "--require-hashes" in install
    assert install[install.index("--only-binary") + 1] == ":all:"
    assert {"--compile", "--compile-bytecode"} & set(install)


def test_when_uv_fails_pip_is_asked(project, monkeypatch):
    monkeypatch.setattr(environment, "_usable_uv", lambda: "uv")
    real = environment._succeeds
    monkeypatch.setattr(
        environment, "_succeeds", lambda command: command[0] != "uv" and real(command)
    )

    project.prepare("requirements.lock")

    assert project.is_ready("requirements.lock")


def test_a_python_without_ensurepip_names_the_package_that_has_it(project, monkeypatch):
    monkeypatch.setattr(environment, "_usable_uv", lambda: None)
    monkeypatch.setattr(environment.importlib.util, "find_spec", lambda _name: None)
    monkeypatch.setattr(system_packages, "may_install", lambda: False)

    with pytest.raises(SetupStopped, match=r"python3\.\d+-venv"):
        project.prepare("requirements.lock")


@pytest.fixture
def on_linux(monkeypatch):
    """As seen on Linux, whatever this is."""
    monkeypatch.setattr(sys, "platform", "linux")


@pytest.fixture
def policy_file(tmp_path, monkeypatch):
    """A stand-in for the system's policy on starting services."""
    path = tmp_path / "policy-rc.d"
    monkeypatch.setattr(system_packages, "POLICY_FILE", path)
    return path


@pytest.fixture
def calls(monkeypatch):
    """The commands that making an environment runs; here they all succeed."""
    commands: list[list[str]] = []

    def succeed(command):
        commands.append(list(command))
        return True

    monkeypatch.setattr(environment, "_succeeds", succeed)
    return commands


@pytest.fixture
def project(tmp_path, calls):
    """A project with two small locks and an interpreter already in place."""
    (tmp_path / "requirements.lock").write_text("one==1", encoding="utf-8")
    (tmp_path / "requirements-dev.lock").write_text("one==1\ntwo==2", encoding="utf-8")
    made = Environment(tmp_path)
    made.python.parent.mkdir(parents=True)
    made.python.touch()
    return made
