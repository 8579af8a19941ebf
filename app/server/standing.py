"""Whether an event takes effect: pure rules, and nothing a person wrote is dropped."""

from __future__ import annotations

from dataclasses import dataclass

from app.events.codec import Body
from app.events.event import Standing
from app.organisation.kinds import ClearanceSet
from app.proof.signatures import ConsoleKey
from app.proof.strict_signatures import StrictVerifyingKey
from app.protocol.problems import ProblemCode, refused
from app.server.registry import Console, Registry

REVOKED_CONSOLE = "revoked-console"
ACTOR_MISMATCH = "actor-mismatch"
INACTIVE_PERSON = "inactive-person"
OWNERS_ALONE = "owners-alone"

SERVER_ACTOR = "automation:server"
_SERVER_SPEAKS_FOR = ("integration:", "automation:")


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The standing an event gets, and by which rule if it is quarantined."""

    standing: Standing = Standing.ACCEPTED
    why: str | None = None


_ACCEPTED = Verdict()


@dataclass(frozen=True, slots=True, kw_only=True)
class Hearing:
    """What becomes of an event if its signature is `key`'s; any thread may find that out."""

    verdict: Verdict
    key: StrictVerifyingKey


class Judge:
    """Knows who may write what.  `key` is the server's own, for the events it makes itself."""

    def __init__(self, registry: Registry, key: ConsoleKey) -> None:
        self._registry = registry
        self._server = Console(
            console=key.console_id, key=StrictVerifyingKey(key.public_key), actor=SERVER_ACTOR
        )

    def verdict(self, envelope: Body, body: bytes, sig: str) -> Verdict | None:
        """The standing of an event, or None if its signature is false; see `hear`."""
        hearing = self.hear(envelope)
        return hearing.verdict if hearing.key.verifies_body(body, sig) else None

    def hear(self, envelope: Body) -> Hearing:
        """The standing an event gets if its signature is true, whoever brought it.

        Who carries an event does not matter: the signature covers log, actor, time, number and
        what its author had seen, and the key behind it was registered with the actor's own
        credential.  A carrier can add nothing, change nothing and speak for nobody; an event
        brought twice keeps the place it got first.  So a queue may cross a gap on a stick, and
        consoles may give a restored server back what others wrote.

        Raises `Refused` (unknown-console) when nobody can check the signature yet.  That is no
        verdict: after a restore, consoles may come before the log that knows them.
        """
        console = self._console(envelope.console)
        if console is None:
            raise refused(
                ProblemCode.UNKNOWN_CONSOLE,
                f"{envelope.console!r} is not registered; register it, then send this again",
                field="console",
            )
        return Hearing(verdict=self._standing(console, envelope), key=console.key)

    def _standing(self, console: Console, envelope: Body) -> Verdict:
        if console.is_revoked:
            return _quarantined(REVOKED_CONSOLE)
        if not self._may_speak_for(console, envelope.actor):
            return _quarantined(ACTOR_MISMATCH)
        if not self._registry.is_active(envelope.actor.removeprefix("person:")):
            return _quarantined(INACTIVE_PERSON)
        if envelope.kind == ClearanceSet.kind and console is not self._server:
            return _quarantined(OWNERS_ALONE)
        return _ACCEPTED

    def _console(self, console: str) -> Console | None:
        if console == self._server.console:
            return self._server
        return self._registry.console(console)

    def _may_speak_for(self, console: Console, actor: str) -> bool:
        if console.actor == SERVER_ACTOR:
            return actor.startswith(_SERVER_SPEAKS_FOR)
        return console.actor == actor


def _quarantined(why: str) -> Verdict:
    return Verdict(standing=Standing.QUARANTINED, why=why)
