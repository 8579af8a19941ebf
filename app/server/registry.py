"""Who may write: people, consoles and sources, from the organisation's log."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from app.errors import InvalidInput
from app.events.codec import Codec
from app.events.event import Recorded, Standing
from app.events.sensitivity import Sensitivity
from app.organisation.kinds import (
    ClearanceSet,
    ConsoleRegistered,
    ConsoleRevoked,
    PersonRecorded,
    SourceRegistered,
    SourceRevoked,
)
from app.proof.encoding import from_base64url
from app.proof.strict_signatures import StrictVerifyingKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Console:
    """An installation that may sign events for `actor`; no longer once `is_revoked`."""

    console: str
    key: StrictVerifyingKey
    actor: str
    is_revoked: bool = False


class Registry:
    """What the organisation's log says about who may write, kept up as the log grows."""

    def __init__(self, codec: Codec) -> None:
        self._codec = codec
        self._consoles: dict[str, Console] = {}
        self._sources: dict[str, SourceRegistered] = {}
        self._inactive: set[str] = set()
        self._clearances: dict[str, Sensitivity] = {}
        self.position = 0

    def learn(self, lines: Iterable[bytes], first: int) -> None:
        """Take in record lines of the organisation's log; `first` is the first one's position.

        Lines it knows already are passed over.
        """
        for position, line in enumerate(lines, first):
            if position == self.position + 1:
                self._learn_line(line)
                self.position = position

    def console(self, console: str) -> Console | None:
        """The console of this id, revoked or not."""
        return self._consoles.get(console)

    def consoles(self) -> list[Console]:
        """Every console there ever was, in the order they registered."""
        return list(self._consoles.values())

    def public_keys(self) -> list[bytes]:
        """The public keys of all consoles there ever were (32 bytes each)."""
        return [console.key.public_key for console in self._consoles.values()]

    def source(self, source: str) -> SourceRegistered | None:
        """The registration of a sender of alerts or changes, unless it was revoked."""
        return self._sources.get(source)

    def sources(self) -> list[SourceRegistered]:
        """Every registered sender, by name."""
        return [self._sources[name] for name in sorted(self._sources)]

    def is_active(self, person: str) -> bool:
        """Whether this person may act; people nobody has recorded may."""
        return person not in self._inactive

    def clearance(self, person: str) -> Sensitivity:
        """How sensitive an entry may be that this person (or other actor) reads."""
        return self._clearances.get(person, Sensitivity.INTERNAL)

    def clearances(self) -> dict[str, Sensitivity]:
        """Every clearance that was set, by person."""
        return dict(sorted(self._clearances.items()))

    def _learn_line(self, line: bytes) -> None:
        try:
            recorded = self._codec.read_record(line)
        except InvalidInput:
            return
        if recorded.standing is Standing.ACCEPTED:
            self._fold(recorded)

    def _fold(self, recorded: Recorded) -> None:
        match recorded.event.fact:
            case PersonRecorded(person=person, is_active=is_active):
                self._inactive.discard(person) if is_active else self._inactive.add(person)
            case SourceRegistered() as registered:
                self._sources[registered.source] = registered
            case SourceRevoked(source=source):
                self._sources.pop(source, None)
            case ConsoleRegistered() as registered:
                self._register(registered)
            case ConsoleRevoked(console=console):
                self._revoke(console)
            case ClearanceSet(person=person, clearance=clearance):
                self._clearances[person] = clearance

    def _register(self, registered: ConsoleRegistered) -> None:
        before = self._consoles.get(registered.console)
        if before is not None and before.is_revoked:
            return
        try:
            key = StrictVerifyingKey(from_base64url(registered.public_key))
        except ValueError:
            return
        actor = registered.person if ":" in registered.person else f"person:{registered.person}"
        self._consoles[registered.console] = Console(
            console=registered.console, key=key, actor=actor
        )

    def _revoke(self, console: str) -> None:
        known = self._consoles.get(console)
        if known is not None:
            self._consoles[console] = Console(
                console=console, key=known.key, actor=known.actor, is_revoked=True
            )
