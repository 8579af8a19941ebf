"""The server a console starts for itself."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from app.console.embedded import invitation, server_of_ones_own
from app.console.options import Options, read_options
from app.events.event import ORGANISATION_LOG
from app.log.local_values import ConfirmedPage
from app.log.profile import open_profile

KEY = bytes(range(32))
EPOCH = "a" * 32


def test_a_story_begins_at_a_site_of_its_own_however_often_it_is_played(tmp_path: Path) -> None:
    # given a profile that knows the organisation of the story before
    options = Options(story=tmp_path / "story.yaml")
    opened = open_profile(
        tmp_path / "console.db", KEY, clock=lambda: datetime(2026, 3, 9, tzinfo=UTC)
    )
    with opened.log as local:
        local.confirm(
            ConfirmedPage(
                log=ORGANISATION_LOG, epoch=EPOCH, after=0, lines=(), head=0, synced_at=5
            )
        )
        assert local.followed() == [ORGANISATION_LOG]

        # when the story is played once more
        server = server_of_ones_own(options, tmp_path, local)

        # then nothing of it is held against the new site's organisation
        assert server is not None
        assert local.followed() == []


def test_the_invitation_of_a_story_is_a_command_line_that_joins_it() -> None:
    words = invitation("http://127.0.0.1:8443", "0190f3e2")

    command = words.partition("main.py ")[2]
    joining = read_options(command.split())
    assert (joining.server, joining.incident) == ("http://127.0.0.1:8443", "0190f3e2")
