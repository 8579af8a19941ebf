"""The network of the simulated world: delays, losses, repeats, half-open streams."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

from app.protocol.problems import ProblemCode
from app.sync.exchange import Failure

REQUEST_SECONDS = 10.0


@dataclass(kw_only=True)
class Weather:
    """How likely each fault is; all zero in the calm."""

    loss: float = 0.0
    repeat: float = 0.0
    slow: float = 0.0
    busy: float = 0.0
    crash: float = 0.0
    hint_loss: float = 0.0
    frame_loss: float = 0.0
    lag: float = 0.0
    kill: float = 0.0
    stale: float = 0.0

    def delay(self, random: Random) -> float:
        """Seconds one way."""
        if random.random() < self.slow:
            return random.uniform(0.5, 8.0)
        return random.uniform(0.001, 0.08)


CALM = Weather()


def storm(random: Random) -> Weather:
    """The weather of one schedule: some faults likely, some not at all."""

    def up_to(most: float) -> float:
        return random.uniform(0.0, most) if random.random() < 0.7 else 0.0

    return Weather(
        loss=up_to(0.25),
        repeat=up_to(0.2),
        slow=up_to(0.3),
        busy=up_to(0.15),
        crash=up_to(0.04),
        hint_loss=up_to(0.5),
        frame_loss=up_to(0.2),
        lag=up_to(0.05),
        kill=up_to(0.03),
        stale=up_to(0.3),
    )


NO_ANSWER = Failure(detail="no answer")
REFUSED_CONNECTION = Failure(detail="connection refused")


def busy(random: Random) -> Failure:
    """A server that asks to be left alone for a while."""
    code = random.choice((ProblemCode.RATE_LIMITED, ProblemCode.OVERLOADED))
    return Failure(detail="busy", code=code, retry_after=round(random.uniform(0.2, 3.0), 2))


@dataclass
class Listener:
    """One stream from one server process to one console."""

    token: int
    epoch: str
    sent: int
    deliver: Callable[[tuple[bytes, ...], int], None]
    end: Callable[[Failure], None]
    last_delivery: float = 0.0
    is_half_open: bool = False
    has_gap: bool = False


@dataclass
class Node:
    """One server process."""

    name: str
    is_up: bool = True
    listeners: dict[int, Listener] = field(default_factory=dict)
