"""The server a console starts for itself."""

from __future__ import annotations

from pathlib import Path

from app.console.embedded import invitation, server_of_ones_own
from app.console.options import Options, read_options
from app.events.event import ORGANISATION_LOG
from app.log.profile import open_profile
from app.sync.site_mark import keep_site, site_of
from tests.log.profiles import page
from tests.log.writing import NOON, Writer, outbox_entry

KEY = bytes(range(32))


def test_a_story_begins_at_a_site_of_its_own_however_often_it_is_played(tmp_path: Path) -> None:
    # given a profile that knows the site of the story before, and could not send everything
    options = Options(story=tmp_path / "story.yaml")
    note = outbox_entry(Writer().note())
    with open_profile(tmp_path / "console.db", KEY, clock=lambda: NOON).log as local:
        local.confirm(page(ORGANISATION_LOG, ()))
        local.enqueue([note])
        keep_site(local, "a2V5")

        # when the story is played once more
        server = server_of_ones_own(options, tmp_path, local, NOON)

        # then nothing of it is held against the new site, or sent there; what was typed is kept
        assert server is not None
        assert not site_of(local).is_known
        assert local.followed() == []
        assert local.outbox() == []
        assert [(one.entry, one.code) for one in local.refused()] == [(note, "other-site")]


def test_the_invitation_of_a_story_is_a_command_line_that_joins_it() -> None:
    words = invitation("http://127.0.0.1:8443", "0190f3e2")

    command = words.partition("main.py ")[2]
    joining = read_options(command.split())
    assert (joining.server, joining.incident) == ("http://127.0.0.1:8443", "0190f3e2")
