"""Why a console cannot take what somebody writes, or asks of its profile."""

from __future__ import annotations

from app.errors import WatchfloorError


class NothingToWriteIn(WatchfloorError):
    """Somebody wrote before there was an incident to write in."""

    advice = "What you typed is back in the bar. Declare an incident, or wait for the server."


class NoProfile(WatchfloorError):
    """The folder with what is kept on this device could not be opened, or is closed again."""

    advice = "Open the console again. What was kept in the profile is still there."


class OnlyRead(WatchfloorError):
    """Somebody wrote in what is open read only."""

    advice = "What you typed is back in the bar: copy it before you close the window."
