"""What a forecast says: steps with a range of time and reasons, and what would cut them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.incident.kinds.signals import Health


class Likelihood(StrEnum):
    """How much speaks for a step, in words because nobody can calibrate a number for it."""

    LIKELY = "likely"
    POSSIBLE = "possible"
    REMOTE = "remote"


class DecisionKind(StrEnum):
    """What sort of decision cuts a cascade."""

    BREAK_CIRCUIT = "break_circuit"
    PAUSE_PRODUCER = "pause_producer"
    TURN_OFF_FEATURE = "turn_off_feature"
    SHED_CALLER = "shed_caller"


@dataclass(frozen=True, slots=True, kw_only=True)
class ForecastStep:
    """`service` is expected to become `health` between `earliest` and `latest` (aware UTC).

    `path` leads from the service that is in trouble now to this one; a single service when it
    fills up by itself.  `reasons` are sentences for people, one per step of the argument.
    """

    service: str
    health: Health
    earliest: datetime
    latest: datetime
    likelihood: Likelihood
    path: tuple[str, ...]
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetForecast:
    """When a service's error budget runs out at the pace it is spent now."""

    service: str
    earliest: datetime
    latest: datetime
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CutDecision:
    """A decision that would cut the cascade at the call from `caller` to `callee`.

    `avoids` are services that would no longer get worse, `softens` those that would degrade
    instead of fail, `delays` those that would get worse later; `price` is what the decision
    itself costs.  It is an option, not advice.
    """

    kind: DecisionKind
    caller: str
    callee: str
    text: str
    price: str
    avoids: tuple[str, ...]
    softens: tuple[str, ...]
    delays: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CascadeForecast:
    """What fails next if nobody does anything, soonest first.

    `label` has to be shown wherever any part of the forecast is.  `hypothesis` is set when the
    forecast starts from something that is not so ("What if orders were failing").
    """

    as_of: datetime
    steps: tuple[ForecastStep, ...]
    budgets: tuple[BudgetForecast, ...]
    decisions: tuple[CutDecision, ...]
    assumptions: tuple[str, ...]
    hypothesis: str = ""

    @property
    def label(self) -> str:
        """The mark of a forecast."""
        supposed = f"{self.hypothesis}: " if self.hypothesis else ""
        return f"{supposed}Forecast as of {self.as_of:%H:%M} UTC, not an observation"

    def step_of(self, service: str) -> ForecastStep | None:
        """The first step of a service, or None when it is not expected to get worse."""
        return next((step for step in self.steps if step.service == service), None)

    def cut_of(self, service: str) -> CutDecision | None:
        """The best decision for one service: it avoids its trouble, else softens or delays it."""
        avoiding = [one for one in self.decisions if service in one.avoids]
        softening = [one for one in self.decisions if service in one.softens]
        delaying = [one for one in self.decisions if service in one.delays]
        return next(iter([*avoiding, *softening, *delaying]), None)
