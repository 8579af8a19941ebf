"""A story: an incident written down as timed steps, to be played through the real server."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

import yaml

from app.errors import InvalidInput


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing that happens: `before_end` seconds before the story's end.

    Exactly one of `line` (typed by `by`), `fact` (recorded by `by`), `asks` (by a pipeline, of the
    gate before a deploy), `alerts` (from monitoring), `sample` (of the indicator) and `declares`
    says what.
    """

    before_end: timedelta
    by: str = ""
    line: str = ""
    fact: Mapping[str, Any] | None = None
    asks: Mapping[str, str] | None = None
    alerts: tuple[Mapping[str, Any], ...] = ()
    sample: float | None = None
    declares: bool = False
    pins: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """A whole story, with the organisation it happens in.

    `teams` and `people` are the fields of their facts.  `catalogue` is a catalogue file.
    """

    incident: Mapping[str, Any]
    commander: str
    steps: tuple[Step, ...]
    ends_at: time
    teams: tuple[Mapping[str, Any], ...]
    people: tuple[Mapping[str, Any], ...]
    catalogue: Path
    indicator: str
    unit: str
    every_seconds: float
    indicator_around: float

    @property
    def length(self) -> timedelta:
        """How long before its end there is a site: a minute before anything happens."""
        return self.steps[0].before_end + timedelta(minutes=1)

    def moment(self, typed: str, ends: datetime) -> datetime:
        """The instant a story time stands for when the story ends at `ends`."""
        return ends - _before_end(typed, self.ends_at)


def read_story(path: Path) -> Story:
    """The story in a YAML file; people and services are in the files beside it.

    Raises `InvalidInput` naming the file and the field that is missing or wrong.
    """
    told = _read(path)
    organisation = _read(path.with_name("organisation.yaml"))
    try:
        ends_at = time.fromisoformat(told["ends_at"])
        indicator = told["indicator"]
        steps = [_step(step, ends_at) for step in told["steps"]]
        steps += [
            Step(before_end=_before_end(at, ends_at), sample=float(value))
            for at, value in indicator["samples"].items()
        ]
        return Story(
            incident=told["incident"],
            commander=told["commander"],
            steps=tuple(sorted(steps, key=lambda step: -step.before_end)),
            ends_at=ends_at,
            teams=tuple(organisation["teams"]),
            people=(*organisation["people"], *organisation.get("guests", ())),
            catalogue=path.with_name("catalog-info.yaml"),
            indicator=indicator["name"],
            unit=indicator["unit"],
            every_seconds=float(told["live"]["every_seconds"]),
            indicator_around=float(told["live"]["indicator_around"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise InvalidInput(f"is missing or wrong: {error}", field=path.name) from error


def _read(path: Path) -> dict[str, Any]:
    try:
        told = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise InvalidInput(f"cannot be read: {error}", field=path.name) from error
    if not isinstance(told, dict):
        raise InvalidInput("is not a mapping", field=path.name)
    return told


def _before_end(typed: str, ends_at: time) -> timedelta:
    at = time.fromisoformat(typed)
    return timedelta(
        hours=ends_at.hour - at.hour,
        minutes=ends_at.minute - at.minute,
        seconds=ends_at.second - at.second,
    )


def _step(told: Mapping[str, Any], ends_at: time) -> Step:
    return Step(
        before_end=_before_end(told["at"], ends_at),
        by=told.get("by", ""),
        line=told.get("line", ""),
        fact=told.get("fact"),
        asks=told.get("asks"),
        alerts=tuple(told.get("alerts", ())),
        declares=bool(told.get("declare", False)),
        pins=bool(told.get("pin", False)),
    )
