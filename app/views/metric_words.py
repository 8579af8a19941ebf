"""What the metric sheet says beside its curves: newest values, as of when, and what is missing."""

from __future__ import annotations

from datetime import UTC, datetime

from app.graph.live_readings import OLD_AFTER
from app.models.metric_curves import Curve, Span
from app.views.times import TimeDisplay

NO_SERVICE = "Select a service on the map to see its readings here."


def value_words(curve: Curve, times: TimeDisplay) -> str:
    """The newest value and when it was measured: `41%, as of 14:39:12`."""
    newest = curve.newest
    if newest is None:
        return "no readings" if curve.breaks else "no samples"
    at = times.second(datetime.fromtimestamp(newest[0], UTC))
    return f"{curve.value_words(newest[1])}, as of {at}"


_LONGEST_STEP = 6
_THOUSANDS = ("", " k", " M", " G", " T")


def step_words(value: float, unit: str) -> str:
    """A number beside a curve, short enough to stand there: `40%`, `-4,000`, `12 M`."""
    words = f"{value:,.12g}"
    if unit == "%" and len(words) < _LONGEST_STEP - 1:
        return f"{words}%"
    power = 0
    while len(words) > _LONGEST_STEP and power < len(_THOUSANDS) - 1:
        power += 1
        words = f"{value / 1000.0**power:.3g}{_THOUSANDS[power]}"
    return words


def span_words(span: Span, times: TimeDisplay, viewed: datetime | None) -> str:
    """From when to when the curves go, in which zone, and whether that is the past."""
    zone = "local" if times.is_local else "UTC"
    words = f"{times.minute(span.start)} to {times.minute(span.end)} {zone}"
    return words if viewed is None else f"{words}, as known at {times.second(viewed)}, read only"


def standing_words(curves: tuple[Curve, ...], times: TimeDisplay, span: Span) -> str:
    """How fresh a service's readings are at the end of the span; empty while they are live."""
    newest = max((one.newest[0] for one in curves if one.newest is not None), default=None)
    if newest is None:
        return (
            "No readings in this time. A console keeps those it heard itself, for 6 hours at most."
        )
    last = datetime.fromtimestamp(newest, UTC)
    if span.end - last > OLD_AFTER:
        return f"No readings since {times.minute(last)}."
    return ""


def moment_words(moment: datetime, curves: tuple[Curve, ...], times: TimeDisplay) -> str:
    """What every curve said at a moment: `14:32:10  Error rate 38%, Latency 900 ms`."""
    found = [(one, one.at(moment.timestamp())) for one in curves]
    values = [f"{one.title} {one.value_words(value)}" for one, value in found if value is not None]
    return f"{times.second(moment)}  {', '.join(values) or 'no readings'}"
