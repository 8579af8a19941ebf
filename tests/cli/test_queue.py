"""`queue` says which profile it cannot read."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from app.cli.arguments import build_parser
from app.cli.dispatch import run
from app.cli.queue import NoSuchProfile
from app.log.local_log import LocalLog
from app.log.local_values import OutboxEntry
from app.log.newer_profile import NewerProfile
from app.log.problems import FolderUnusable
from app.log.profile import open_profile
from app.log.profile_key import profile_key
from app.sync.carrying import QueueOfOtherSite, take_in
from app.sync.queue_file import Carried, Queue, QueueFileDamaged, read_queue_file
from app.sync.site_mark import SiteMark, keep_site, site_of
from app.sync.site_profiles import SiteProfiles
from tests.log.newer import RAISED, files_in, let_newer_write
from tests.log.writing import NOON, Writer, outbox_entry

FIRST, SECOND = SiteMark(key="Zmlyc3Q="), SiteMark(key="c2Vjb25k")


@pytest.fixture(autouse=True)
def _empty_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WATCHFLOOR_DATA", str(tmp_path))


def _export(profile: str, output: Path) -> None:
    run(build_parser().parse_args(["queue", "export", "-o", str(output), "--profile", profile]))


def test_a_profile_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(NoSuchProfile, match="nobody"):
        _export("nobody", tmp_path / "queue")

    assert not (tmp_path / "queue").exists()


def test_a_profile_folder_without_rights_is_named_with_the_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: Path) -> bool:
        raise PermissionError(errno.EACCES, "Permission denied", str(path))

    monkeypatch.setattr(Path, "exists", refuse)

    with pytest.raises(FolderUnusable, match="priya: Permission denied"):
        _export("priya", tmp_path / "queue")


def test_a_profile_of_a_newer_version_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    folder = tmp_path / "profiles" / "priya"
    _profile_with(folder, [outbox_entry(Writer().note())])
    key = profile_key(folder, profile="priya", ask_passphrase=None, environment={})
    let_newer_write(folder / "profile.db", key.key, RAISED)
    before = files_in(folder)

    with pytest.raises(NewerProfile) as refused:
        _export("priya", tmp_path / "queue")

    assert "Install the newer version again" in refused.value.advice
    assert files_in(folder) == before


def _opened(folder: Path) -> LocalLog:
    key = profile_key(folder, profile=folder.name, ask_passphrase=None, environment={})
    return open_profile(folder / "profile.db", key.key, clock=lambda: NOON).log


def _profile_with(folder: Path, entries: list[OutboxEntry], site: str = "") -> None:
    folder.mkdir(parents=True)
    with _opened(folder) as log:
        log.enqueue(entries)
        keep_site(log, site)


def test_a_queue_is_brought_into_another_profile_without_any_server(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # given what two consoles wrote
    waiting = [outbox_entry(note) for note in Writer().notes(3)]
    _profile_with(tmp_path / "profiles" / "maria", waiting)
    _profile_with(tmp_path / "profiles" / "tom", [outbox_entry(Writer(seed=2).note())])
    file = tmp_path / "stick.watchfloor-queue"
    _export("maria", file)

    # when one queue is brought to the other console, twice
    words = ["queue", "import", str(file), "--profile", "tom"]
    assert [run(build_parser().parse_args(words)) for _ in range(2)] == [0, 0]

    # then that console holds everything once, as it was signed
    printed = capsys.readouterr().out
    assert "3 events are queued here as their authors signed them" in printed
    assert "0 events are queued here" in printed
    assert "3 were here before." in printed
    _export("tom", tmp_path / "all.watchfloor-queue")
    everything = read_queue_file(tmp_path / "all.watchfloor-queue").events
    assert [(one.body, one.sig) for one in everything[1:]] == [(e.body, e.sig) for e in waiting]


def test_an_event_in_a_file_that_cannot_be_read_is_named_and_nothing_is_taken_in(
    tmp_path: Path,
) -> None:
    note = Writer().note()
    events = (
        Carried(log=note.event.log, body=note.body, sig=note.sig),
        Carried(log="organisation", body=note.body, sig=note.sig),
    )
    _profile_with(tmp_path / "profiles" / "tom", [])
    taken: list[str] = []

    with (
        _opened(tmp_path / "profiles" / "tom") as local,
        pytest.raises(QueueFileDamaged, match="queued for 'organisation'"),
    ):
        take_in(Queue(site=FIRST, events=events), local, lambda log, rows: taken.append(log) or 0)

    assert taken == []


def test_a_queue_of_one_site_is_not_taken_in_where_another_one_is_followed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # given what waits for one site, a profile of another one, and one that was at none yet
    waiting = [outbox_entry(note) for note in Writer().notes(2)]
    _profile_with(tmp_path / "profiles" / "maria", waiting, FIRST.key)
    _profile_with(tmp_path / "profiles" / "tom", [], SECOND.key)
    _profile_with(tmp_path / "profiles" / "ana", [])
    file = tmp_path / "stick.watchfloor-queue"
    _export("maria", file)
    assert read_queue_file(file).site == FIRST

    # when it is brought to the other site's, then it is refused, with the reason
    with pytest.raises(QueueOfOtherSite, match="another site"):
        run(build_parser().parse_args(["queue", "import", str(file), "--profile", "tom"]))
    with _opened(tmp_path / "profiles" / "tom") as tom:
        assert tom.outbox() == []

    # and a profile that takes it in belongs to its site from then on
    run(build_parser().parse_args(["queue", "import", str(file), "--profile", "ana"]))
    assert "2 events are queued here" in capsys.readouterr().out
    with _opened(tmp_path / "profiles" / "ana") as ana:
        assert site_of(ana) == FIRST
        assert [one.body for one in ana.outbox()] == [one.body for one in waiting]


def test_where_the_queue_for_further_sites_is_can_be_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _profile_with(tmp_path / "profiles" / "maria", [], FIRST.key)
    profiles = SiteProfiles("maria")
    profiles.remember("http://127.0.0.1:1", "maria")
    profiles.remember("http://127.0.0.1:2", profiles.of(SECOND))

    _export("maria", tmp_path / "stick")

    told = f"What waits for another site is in profile maria-{SECOND.name}."
    assert told in capsys.readouterr().out
