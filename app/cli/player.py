"""Plays a story through the real intake and API, as the people in it would have."""

from __future__ import annotations

import asyncio
import hashlib
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import msgspec

from app.capture.grammar import parse
from app.cli.catalogue import catalogue_drafts
from app.cli.story import Step, Story
from app.commands.desk import Desk
from app.commands.entries import log_entry
from app.commands.incident import pin
from app.commands.vocabulary import vocabulary_of
from app.errors import InvalidInput
from app.events.codec import Codec
from app.events.event import ORGANISATION_LOG, Draft, incident_log
from app.events.fact import Fact
from app.incident.kinds.signals import IndicatorSampled
from app.incident.kinds.situation import IncidentDeclared
from app.incident.replay import replay
from app.incident.state import BEFORE_ANYTHING
from app.organisation.kinds import PersonRecorded, SourceRegistered, TeamRecorded
from app.organisation.state import EMPTY_ORGANISATION, replay_organisation
from app.proof.encoding import to_base64url
from app.proof.signatures import ConsoleKey
from app.protocol.authoring import Author, Place, time_ordered_id
from app.protocol.kinds import full_codec
from app.protocol.problems import ProblemCode
from app.sync.api_client import ApiClient
from app.sync.exchange import Outgoing
from app.sync.reading import read_arrived
from app.sync.unavailable import ServerUnavailable

MONITOR = "monitor"
_PAGE = 5_000


class StoryClock:
    """Tells the story's time while it is played, and the real time from then on."""

    def __init__(self) -> None:
        self._moment: datetime | None = None

    def now(self) -> datetime:
        """The time, aware UTC."""
        return datetime.now(UTC) if self._moment is None else self._moment

    def show(self, moment: datetime) -> None:
        """Tell `moment` until told otherwise; story time never goes back."""
        self._moment = moment if self._moment is None else max(self._moment, moment)

    def go_live(self) -> None:
        """Tell the real time from now on."""
        self._moment = None


class Hand:
    """One actor of the story: a token, a signing key and a place in each log."""

    def __init__(self, actor: str, api: ApiClient, codec: Codec, clock: StoryClock) -> None:
        self.actor = actor
        self.api = api
        self._key = ConsoleKey.generate()
        self._author = Author(
            actor=actor,
            key=self._key,
            codec=codec,
            clock=clock.now,
            random_bytes=secrets.token_bytes,
        )
        self._numbers: dict[str, int] = {}

    async def introduce(self) -> None:
        """Let the server know the key this hand signs with."""
        public_key = to_base64url(self._key.public_key)
        await self.api.register_console(self._key.console_id, public_key)

    async def record(self, log: str, drafts: Sequence[Draft], seen: int) -> None:
        """Send facts to a log, signed, and wait until they are recorded."""
        rows = []
        for draft in drafts:
            number = self._numbers[log] = self._numbers.get(log, 0) + 1
            signed = self._author.write(draft, Place(log=log, n=number, seen=seen))
            rows.append(
                Outgoing(event_id=signed.event.id, n=number, body=signed.body, sig=signed.sig)
            )
        response = await self.api.push(log, "", rows)
        for result in response.results:
            if result.problem is not None:
                raise InvalidInput(result.problem.detail, field=f"a step by {self.actor}")


class Player:
    """Plays one story against one server, then keeps the incident alive."""

    def __init__(
        self, story: Story, url: str, owner_token: str, clock: StoryClock, incident_id: str = ""
    ) -> None:
        self._story = story
        self._clock = clock
        self._url = url
        self._codec = full_codec()
        self._hands: dict[str, Hand] = {}
        self._owner = ApiClient(url, owner_token, clock=clock.now)
        self._monitor_token = secrets.token_urlsafe(32)
        self.incident_id = incident_id or str(uuid4())
        self._log = incident_log(self.incident_id)
        self._state = BEFORE_ANYTHING
        self._organisation = EMPTY_ORGANISATION

    async def play(self, ends: datetime, pause: float = 0.0) -> None:
        """Play the whole story so that it ends at `ends`, with `pause` seconds between steps."""
        self._clock.show(ends - self._story.length)
        await self._set_up()
        for step in self._story.steps:
            self._clock.show(ends - step.before_end)
            await self._take(step, ends)
            await asyncio.sleep(pause)
        self._clock.go_live()

    async def go_on(self) -> None:
        """Sample the indicator for as long as the server runs; nobody else acts by themselves."""
        wobble = (0.0, 0.4, -0.3, 0.1, -0.5, 0.3)
        index = 0
        while True:
            await asyncio.sleep(self._story.every_seconds)
            value = self._story.indicator_around + wobble[index % len(wobble)]
            index += 1
            await self._sample(value)

    async def close(self) -> None:
        """Close every connection."""
        for hand in self._hands.values():
            await hand.api.close()
        await self._owner.close()

    # --- before the story -------------------------------------------------------------------

    async def _set_up(self) -> None:
        owner = await self._hand(self._story.commander)
        source = SourceRegistered(
            source=MONITOR,
            format="alertmanager",
            token_sha256=hashlib.sha256(self._monitor_token.encode()).hexdigest(),
            incident=self.incident_id,
        )
        facts: list[Fact] = [TeamRecorded(**team) for team in self._story.teams]
        facts += [self._person(person) for person in self._story.people]
        await owner.record(ORGANISATION_LOG, [Draft(fact=fact) for fact in facts], 0)
        await self._import_catalogue(owner)
        await owner.record(ORGANISATION_LOG, [Draft(fact=source)], 0)

    def _person(self, told: Mapping[str, Any]) -> PersonRecorded:
        return PersonRecorded(**{**told, "handles": tuple(told["handles"])})

    async def _import_catalogue(self, owner: Hand) -> None:
        await self._look_at_organisation()
        drafts = catalogue_drafts([self._story.catalogue], self._organisation)
        for start in range(0, len(drafts), 100):
            await owner.record(ORGANISATION_LOG, drafts[start : start + 100], 0)
        await self._look_at_organisation()

    async def _hand(self, who: str) -> Hand:
        actor = who if ":" in who else f"person:{who}"
        if actor not in self._hands:
            token = await self._owner.issue_token(actor)
            hand = Hand(
                actor,
                ApiClient(self._url, token, clock=self._clock.now),
                self._codec,
                self._clock,
            )
            await hand.introduce()
            self._hands[actor] = hand
        return self._hands[actor]

    # --- the story --------------------------------------------------------------------------

    async def _take(self, step: Step, ends: datetime) -> None:
        if step.alerts:
            await self._notify(step.alerts)
        elif step.sample is not None:
            await self._sample(step.sample)
        elif step.asks is not None:
            pipeline = await self._hand(step.by)
            await pipeline.api.deploy_gate(**step.asks)
        else:
            await self._act(step, ends)

    async def _act(self, step: Step, ends: datetime) -> None:
        await self._look()
        hand = await self._hand(step.by)
        drafts = list(self._drafts(step, ends))
        await hand.record(self._log, drafts, self._state.position)
        if step.pins:
            await self._look()
            desk = self._desk(step.by)
            act = pin(desk, self._state.timeline[-1])
            await hand.record(self._log, act.drafts, self._state.position)

    def _drafts(self, step: Step, ends: datetime) -> Sequence[Draft]:
        if step.declares:
            return (Draft(fact=IncidentDeclared(**self._story.incident)),)
        if step.fact is not None:
            return (Draft(fact=self._fact(step.fact, ends)),)
        known = vocabulary_of(self._state, self._organisation, author=step.by)
        entry = parse(self._typed(step.line, ends), known)
        return log_entry(entry, self._desk(step.by)).drafts

    def _typed(self, line: str, ends: datetime) -> str:
        """The line with its story times (`=14:47:36`) moved to where the story is played."""
        words = line.split(" ")
        for index, word in enumerate(words):
            if word.startswith("=") and word.count(":") == 2:
                due = self._story.moment(word[1:], ends)
                seconds = max(1, round((due - self._clock.now()).total_seconds()))
                words[index] = f"+{seconds}s"
        return " ".join(words)

    def _desk(self, by: str) -> Desk:
        return Desk(
            person=by,
            state=self._state,
            organisation=self._organisation,
            now=self._clock.now(),
            new_id=lambda: str(time_ordered_id(self._clock.now(), secrets.token_bytes)),
        )

    def _fact(self, told: Mapping[str, Any], ends: datetime) -> Fact:
        kind = self._codec.kinds.get(told["kind"])
        if kind is None:
            raise InvalidInput(f"there is no kind {told['kind']}", field="fact")
        times = {field.name for field in fields(kind) if "datetime" in str(field.type)}
        data = {
            name: self._story.moment(value, ends).isoformat()
            if name in times
            else self._resolved(value)
            for name, value in told.items()
            if name != "kind"
        }
        try:
            return msgspec.convert(data, kind)
        except msgspec.ValidationError as error:
            raise InvalidInput(str(error), field=f"fact {told['kind']}") from error

    def _resolved(self, value: Any) -> Any:
        """`$D-7` as the id of what is called D-7, also inside lists."""
        if isinstance(value, list):
            return [self._resolved(one) for one in value]
        if not isinstance(value, str) or not value.startswith("$"):
            return value
        names = {one.label: one.decision_id for one in self._state.decisions}
        names |= {one.label: one.exception_id for one in self._state.freeze.exceptions}
        names |= {one.label: one.action_id for one in self._state.actions}
        for number, freeze in enumerate(self._state.freeze.freezes, start=1):
            names[f"F-{number}"] = freeze.freeze_id
        return names[value[1:]]

    async def _sample(self, value: float) -> None:
        hand = await self._hand(f"integration:{MONITOR}")
        fact = IndicatorSampled(
            indicator=self._story.indicator, value=value, unit=self._story.unit
        )
        await hand.record(self._log, [Draft(fact=fact)], self._state.position)

    async def _notify(self, alerts: Sequence[Mapping[str, Any]]) -> None:
        """Tell the server of alerts as Alertmanager does, at its webhook."""
        body = json.dumps(_notification(alerts, self._clock.now())).encode()
        headers = {
            "Authorization": f"Bearer {self._monitor_token}",
            "Content-Type": "application/json",
        }
        await self._owner.post(f"/v1/intake/alertmanager/{MONITOR}", body, headers)

    # --- what is on record ------------------------------------------------------------------

    async def _look(self) -> None:
        """Read what was recorded since the last look."""
        try:
            page = await self._owner.page(self._log, after=self._state.position, limit=_PAGE)
        except ServerUnavailable as error:
            if error.failure.code is ProblemCode.UNKNOWN_LOG:
                return  # nothing is in it yet
            raise
        news = read_arrived(self._codec, self._log, page.lines, self._state.position)
        self._state = replay([one.recorded for one in news], self._state)

    async def _look_at_organisation(self) -> None:
        after = self._organisation.position
        page = await self._owner.page(ORGANISATION_LOG, after=after, limit=_PAGE)
        news = read_arrived(self._codec, ORGANISATION_LOG, page.lines, after)
        self._organisation = replay_organisation(
            [one.recorded for one in news], self._organisation
        )


def _notification(alerts: Sequence[Mapping[str, Any]], now: datetime) -> dict[str, Any]:
    """An Alertmanager webhook, version 4, that fires `alerts`."""
    firing = [_alert(alert, now) for alert in alerts]
    return {
        "version": "4",
        "groupKey": f"{{}}:{{{alerts[0]['name']}}}",
        "truncatedAlerts": 0,
        "status": "firing",
        "receiver": "watchfloor",
        "groupLabels": {},
        "commonLabels": {},
        "commonAnnotations": {},
        "externalURL": "https://alertmanager.example",
        "alerts": firing,
    }


def _alert(alert: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    labels = {
        "alertname": alert["name"],
        "service": alert["service"],
        "severity": alert["severity"],
    }
    if "health" in alert:
        labels["health"] = alert["health"]
    identity = json.dumps(labels, sort_keys=True).encode()
    return {
        "status": "firing",
        "labels": labels,
        "annotations": {"summary": alert["summary"], "indicator": alert["indicator"]},
        "startsAt": now.isoformat(),
        "endsAt": "0001-01-01T00:00:00Z",
        "generatorURL": "",
        "fingerprint": hashlib.sha256(identity).hexdigest()[:16],
    }
