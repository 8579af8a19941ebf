"""Service levels: an objective read from words, how fast its error budget burns, what is left.

Source: "Alerting on SLOs", The Site Reliability Workbook (Google, 2018), chapter 5: the burn rate
is how fast, relative to the objective, a service consumes its error budget; an alert that has to
be both precise and quick to end asks for a burn rate over a long window and over one a twelfth as
long ("multiwindow, multi-burn-rate alerts", table 5-8).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from app.graph.live_readings import ServiceNow

USUAL_WINDOW = timedelta(days=30)
"""The window of an objective that names none, as in the workbook's examples."""

_MOST_PLACES = 6


class Urgency(StrEnum):
    """What the workbook would do about a burn rate."""

    PAGE = "page"
    TICKET = "ticket"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Rule:
    """Act when more than `share` of the budget goes within `long`, and it still does so now."""

    long: timedelta
    short: timedelta
    share: float
    urgency: Urgency

    def burn_rate(self, window: timedelta) -> float:
        """The burn rate at which `share` of the budget of `window` is gone after `long`."""
        return self.share * (window / self.long)


RULES = (
    Rule(timedelta(hours=1), timedelta(minutes=5), 0.02, Urgency.PAGE),
    Rule(timedelta(hours=6), timedelta(minutes=30), 0.05, Urgency.PAGE),
    Rule(timedelta(days=3), timedelta(hours=6), 0.10, Urgency.TICKET),
)
"""Table 5-8; for 30 days these are burn rates of 14.4, 6 and 1."""

BURN_WINDOWS = tuple(sorted({one for rule in RULES for one in (rule.short, rule.long)}))
"""Over which the share of failed calls has to be known to say how fast a budget burns."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Objective:
    """`target` is the share of calls that succeed (below 1), over `window`.

    `is_window_assumed` says that the words named no window.
    """

    target: float
    window: timedelta
    is_window_assumed: bool = False

    @property
    def budget(self) -> float:
        """The share of calls that may fail."""
        return round(1.0 - self.target, _MOST_PLACES)


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetState:
    """How a service stands with its objective.

    `burn_rates` are by window: 1 uses the budget up exactly at the end of the objective's
    window.  `remaining` is the share of the budget that is left, below 0 when it is overspent;
    None when nobody measured the whole window.  `gone_in` is how long it lasts at the burn rate
    of the last hour; None while that is not known, or nothing burns.  `rule` is the first of
    `RULES` that holds.
    """

    objective: Objective
    burn_rates: Mapping[timedelta, float]
    remaining: float | None = None
    gone_in: timedelta | None = None
    rule: Rule | None = None

    @property
    def urgency(self) -> Urgency:
        """What to do about it."""
        return Urgency.NONE if self.rule is None else self.rule.urgency


_TARGET = re.compile(r"(?<![\d.])(\d{1,3}(?:\.\d+)?)\s?%")
_WINDOW = re.compile(
    r"(?<![\w.])(\d{1,4})?[\s-]?(d|days?|h|hours?|w|weeks?|months?|quarters?)\b", re.IGNORECASE
)
_UNITS = {
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
    "w": timedelta(weeks=1),
    "m": timedelta(days=30),
    "q": timedelta(days=90),
}
_WHOLE = 100.0


def objective_in(words: str) -> Objective | None:
    """The objective in words such as "99.95% of orders in 30 days"; None when there is none.

    A target of 100% leaves no budget and is no objective.
    """
    target = _TARGET.search(words)
    if target is None or not 0.0 < float(target[1]) < _WHOLE:
        return None
    share = round(float(target[1]) / _WHOLE, _MOST_PLACES + 2)
    window = _WINDOW.search(words, target.end()) or _WINDOW.search(words)
    if window is None or int(window[1] or 1) == 0:
        return Objective(target=share, window=USUAL_WINDOW, is_window_assumed=True)
    length = int(window[1] or 1) * _UNITS[window[2][0].casefold()]
    return Objective(target=share, window=length)


def windows_of(objectives: Iterable[Objective]) -> tuple[timedelta, ...]:
    """Over which the share of failed calls has to be known for these objectives, the shortest
    first; none without an objective."""
    named = {one.window for one in objectives}
    return tuple(sorted({*named, *BURN_WINDOWS})) if named else ()


def budget_of(objective: Objective, now: ServiceNow) -> BudgetState | None:
    """How a service stands with its objective; None when nobody measured its failed calls."""
    shares = {timedelta(seconds=length): share for length, share in now.error_shares.items()}
    rates = {window: share / objective.budget for window, share in sorted(shares.items())}
    if not rates:
        return None
    spent = rates.get(objective.window)
    remaining = None if spent is None else 1.0 - spent
    return BudgetState(
        objective=objective,
        burn_rates=rates,
        remaining=remaining,
        gone_in=_lasts(objective, remaining, rates.get(RULES[0].long)),
        rule=next((one for one in RULES if _holds(one, objective, rates)), None),
    )


def _holds(rule: Rule, objective: Objective, rates: Mapping[timedelta, float]) -> bool:
    limit = rule.burn_rate(objective.window)
    return all(rates.get(one, 0.0) > limit for one in (rule.long, rule.short))


def _lasts(
    objective: Objective, remaining: float | None, burn_rate: float | None
) -> timedelta | None:
    if remaining is None or not burn_rate:
        return None
    return objective.window * max(0.0, remaining) / burn_rate
