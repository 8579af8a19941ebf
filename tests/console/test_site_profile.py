"""Which profile a console opens at which server, and what it says and keeps meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from app.console.bridge import Bridge, Notice
from app.console.options import Options
from app.console.remembered import DRAFT_NAME, SERVER_VALUE
from app.console.site_profile import SiteProfile
from app.events.event import ORGANISATION_LOG
from app.protocol.bodies import WhoAmI
from app.protocol.problems import ProblemCode
from app.sync.exchange import Failure
from app.sync.site_mark import SiteMark, keep_site, site_of
from app.sync.site_profiles import SiteProfiles
from app.sync.unavailable import ServerUnavailable
from tests.log.profiles import page
from tests.log.writing import NOON

FIRST, SECOND = "Zmlyc3Q=", "c2Vjb25k"
HERE, THERE = "http://here.example", "http://there.example"


@dataclass
class Server:
    """A site that answers who it is, after so many `failures`."""

    key: str
    failures: int = 0
    url: str = THERE
    code: ProblemCode | None = None

    async def who_am_i(self) -> WhoAmI:
        if self.failures or self.code is not None:
            self.failures -= 1
            raise ServerUnavailable(Failure(detail="nobody listens", code=self.code))
        return WhoAmI(actor="person:maria", site="acme.example", site_key=self.key)

    async def organisation_epoch(self) -> str:
        return ""


@dataclass
class Window:
    """What a person is told, and what is put in the bar."""

    bridge: Bridge
    notices: list[Notice] = field(default_factory=list)
    drafts: list[str] = field(default_factory=list)

    def options(self, server: str, *, story: bool = False) -> Options:
        return Options(server=server, profile="maria", story=Path("story.yaml") if story else None)

    @contextmanager
    def opened(self, server: str, *, story: bool = False) -> Iterator[SiteProfile]:
        self.notices.clear()
        self.drafts.clear()
        profile = SiteProfile(self.options(server, story=story), self.bridge, lambda: NOON)
        try:
            yield profile
        finally:
            profile.close()

    def told(self, words: str) -> bool:
        return any(words in f"{one.sentence} {one.advice}" for one in self.notices)


@pytest.fixture
def window(qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Window:
    """Somebody at a device that has a profile of the first site, used here."""
    monkeypatch.setenv("WATCHFLOOR_DATA", str(tmp_path))
    bridge = Bridge()
    window = Window(bridge)
    bridge.noticed.connect(window.notices.append)
    bridge.draft_found.connect(lambda text, began: window.drafts.append(text))
    with window.opened(HERE) as profile:
        keep_site(profile.local, FIRST)
        profile.local.set_value(SERVER_VALUE, HERE.encode())
        profile.save_draft("typed at the first", None)
    return window


def test_a_profile_that_met_no_site_is_the_one_for_the_first_it_meets(
    window: Window, tmp_path: Path
) -> None:
    (tmp_path / "profiles" / "maria").rename(tmp_path / "profiles" / "other")

    with window.opened(THERE) as profile:
        assert profile.is_settled
        assert not site_of(profile.local).is_known


def test_where_it_was_used_last_it_is_opened_at_once(window: Window) -> None:
    with window.opened(f"{HERE}/") as profile:
        assert (profile.name, profile.is_settled) == ("maria", True)
        assert window.drafts == ["typed at the first"]


def test_an_unknown_server_that_does_not_answer_is_shown_nothing_and_its_words_are_kept(
    window: Window,
) -> None:
    # given somebody who types while nobody knows which site this will be
    with window.opened(THERE) as profile:
        assert not profile.is_settled
        assert window.drafts == []
        profile.save_draft("typed for the unknown", None)

    # then that is there the next time, and nothing of it at the first site
    with window.opened(HERE):
        assert window.drafts == ["typed at the first"]
    with window.opened(THERE) as profile:
        assert window.drafts == ["typed for the unknown"]

        # and it goes to the profile of the site that answers in the end
        asyncio.run(profile.settle(Server(SECOND, failures=1)))
        second = profile.name
        assert second == f"maria-{SiteMark(key=SECOND).name}"
        assert profile.is_settled
        assert window.told("does not answer")
        assert window.told(f"in profile {second}")
        profile.own_site()
        assert profile.local.draft(DRAFT_NAME).text == "typed for the unknown"
    with window.opened(THERE) as profile:
        assert (profile.name, profile.is_settled) == (second, True)
        assert window.drafts == ["typed for the unknown"]


def test_the_first_site_at_another_address_gets_its_profile_and_what_was_typed_there(
    window: Window,
) -> None:
    with window.opened(THERE) as profile:
        asyncio.run(profile.settle(Server(FIRST)))

        assert profile.name == "maria"
        assert window.drafts == ["typed at the first"]
        assert not window.notices


def test_a_server_that_does_not_let_anybody_in_leaves_everything_as_it_was(
    window: Window,
) -> None:
    with window.opened(THERE) as profile:
        profile.save_draft("typed for the unknown", None)
        with pytest.raises(ServerUnavailable):
            asyncio.run(profile.settle(Server(SECOND, code=ProblemCode.UNAUTHENTICATED)))
        assert (profile.name, profile.is_settled) == ("maria", False)
    with window.opened(THERE):
        assert window.drafts == ["typed for the unknown"]


def test_another_site_at_a_known_address_is_asked_first_the_next_time(window: Window) -> None:
    with window.opened(HERE) as profile:
        profile.other_site()
        assert window.told("another site than the one shown here")
        assert window.told("in profile maria")
    with window.opened(HERE) as profile:
        assert not profile.is_settled

    # and the own one, once it is back, is opened at once again
    with window.opened(HERE) as profile:
        asyncio.run(profile.settle(Server(FIRST, url=HERE)))
        profile.own_site()
    with window.opened(HERE) as profile:
        assert (profile.name, profile.is_settled) == ("maria", True)


def test_a_damaged_list_of_servers_only_means_asking_again(window: Window, tmp_path: Path) -> None:
    with window.opened(THERE) as profile:
        asyncio.run(profile.settle(Server(SECOND)))
        profile.own_site()
    (tmp_path / "profiles" / "maria" / "sites.json").write_bytes(b"{")

    assert SiteProfiles("maria").at(THERE) is None
    with window.opened(THERE) as profile:
        asyncio.run(profile.settle(Server(SECOND)))
        assert profile.name == f"maria-{SiteMark(key=SECOND).name}"


def test_a_story_is_not_played_in_a_profile_of_a_site(window: Window) -> None:
    with window.opened("", story=True) as profile:
        assert (profile.name, profile.is_settled) == ("maria-story", True)
        keep_site(profile.local, SECOND)
    with window.opened("", story=True) as profile:
        assert profile.name == "maria-story"
    with window.opened(HERE) as profile:
        assert site_of(profile.local).key == FIRST


def test_a_profile_from_before_sites_were_kept_is_known_by_its_epoch(window: Window) -> None:
    with window.opened(HERE) as profile:
        keep_site(profile.local, "")
        profile.local.confirm(page(ORGANISATION_LOG, (), epoch="a" * 32))

    with window.opened(THERE) as profile:
        assert not profile.is_settled
