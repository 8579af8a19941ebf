"""What the banner says while a moment of the past is looked at."""

from __future__ import annotations

from datetime import datetime, timedelta

from app.views.banner import BannerKind, BannerText
from app.views.times import TimeDisplay

GO_LIVE = "live"
"""The intent of the banner's button."""


def kept_banner(viewed: datetime, end: datetime, times: TimeDisplay) -> BannerText:
    """Why nothing can be written: a newer version wrote this log, which ends at `end`."""
    zone = "local" if times.is_local else "UTC"
    if viewed == end:
        text = (
            "Read only: a newer version wrote this log. Shown as kept at "
            f"{kept_at(end, times)}. Nothing is sent or fetched."
        )
        return BannerText(kind=BannerKind.READ_ONLY, text=text)
    text = (
        f"Viewing {times.second(viewed)} {zone} — read only: a newer version wrote this log. "
        f"{length_words(end - viewed)} before its end."
    )
    return BannerText(
        kind=BannerKind.READ_ONLY, text=text, button="Return to its end (End)", intent=GO_LIVE
    )


def kept_at(moment: datetime, times: TimeDisplay) -> str:
    """A moment that may be days ago: `2026-11-22 14:39:24 UTC`."""
    zone = "local" if times.is_local else "UTC"
    return f"{moment.astimezone(times.zone):%Y-%m-%d} {times.second(moment)} {zone}"


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
    return f"{length_words(behind)} behind live"


def length_words(length: timedelta) -> str:
    """A length in words, to the second below an hour: `7 min 14 s`."""
    whole = max(0, round(length.total_seconds()))
    hours, minutes, seconds = whole // 3600, whole // 60 % 60, whole % 60
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {seconds} s" if minutes else f"{seconds} s"
