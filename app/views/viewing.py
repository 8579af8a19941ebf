"""What the banner says while a moment of the past is looked at."""

from __future__ import annotations

from datetime import datetime, timedelta

from app.views.banner import BannerKind, BannerText
from app.views.times import TimeDisplay

GO_LIVE = "live"
"""The intent of the banner's button."""


def viewing_banner(
    viewed: datetime, live: datetime, news: int, times: TimeDisplay, *, is_exercise: bool = False
) -> BannerText:
    """Which moment shows, how far behind now it is, and how much has come in since."""
    zone = "local" if times.is_local else "UTC"
    text = f"Viewing {times.second(viewed)} {zone} — read only. {behind_words(live - viewed)}."
    if news:
        text += f" {news} new."
    if is_exercise:
        text = f"EXERCISE  {text}"
    return BannerText(
        kind=BannerKind.READ_ONLY, text=text, button="Return to live (End)", intent=GO_LIVE
    )


def behind_words(behind: timedelta) -> str:
    """How far behind now something is: `7 min 14 s behind live`."""
    whole = max(0, round(behind.total_seconds()))
    hours, minutes, seconds = whole // 3600, whole // 60 % 60, whole % 60
    if hours:
        return f"{hours} h {minutes} min behind live"
    return f"{minutes} min {seconds} s behind live" if minutes else f"{seconds} s behind live"
