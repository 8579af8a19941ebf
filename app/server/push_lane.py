"""The short way of a push: from the bytes of a request to the bytes of its answer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from app.log.appending import Outcome
from app.log.credentials import Principal
from app.protocol.problems import MEDIA_TYPE, Refused
from app.server.api.content import JSON
from app.server.api.events import accepted_push, answer_to, prepared_push, record_accepted
from app.server.failures import headers_of, problem_of
from app.server.site import Site

_JSON_HEAD = (b"content-type: " + JSON.encode() + b"\r\n",)


@dataclass(frozen=True, slots=True)
class Answer:
    """What is answered to a push; `head` has its header lines but the length."""

    status: int
    head: tuple[bytes, ...]
    body: bytes


class PushLane:
    """Takes pushes for one site, in its event loop."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self.site_key = site.key.encode()
        self._tasks: set[asyncio.Task[bytes]] = set()

    def ordinary(self, log: str, authorization: str) -> Push | None:
        """The push to `log` by the sender in this header, if that one was asked a moment ago."""
        principal = self._site.access.remembered(authorization)
        return None if principal is None else Push(self, log, principal)

    def is_remembered(self, principal: Principal) -> bool:
        """Whether that is still whom the token of this sender speaks for."""
        return self._site.access.remembers(principal)

    def begin(
        self, log: str, principal: Principal, content: bytes, tell: Callable[[Answer], None]
    ) -> None:
        """Record what a push holds; `tell` is called with the answer, once, when it is durable."""
        site = self._site
        try:
            push = accepted_push(site, principal, log, content)
            try:
                prepared = prepared_push(site, log, push)
            except Refused:
                task = asyncio.create_task(record_accepted(site, log, push))
                self._tasks.add(task)
                task.add_done_callback(lambda done: self._tell_of_task(done, tell))
                return
            outcome = site.recorder.put(prepared.batch, prepared.keys)
        except Exception as error:  # noqa: BLE001 - raised, the parser would answer 400 for a bug
            tell(self._refusal(error))
            return

        def told(recorded: asyncio.Future[Outcome]) -> None:
            error = recorded.exception()
            if error is not None:
                tell(self._refusal(error))
                return
            try:
                tell(Answer(200, _JSON_HEAD, answer_to(recorded.result(), prepared)))
            except Refused as refusal:
                tell(self._refusal(refusal))

        outcome.add_done_callback(told)

    def _tell_of_task(self, task: asyncio.Task[bytes], tell: Callable[[Answer], None]) -> None:
        self._tasks.discard(task)
        if task.cancelled():
            return
        error = task.exception()
        tell(Answer(200, _JSON_HEAD, task.result()) if error is None else self._refusal(error))

    def _refusal(self, error: BaseException) -> Answer:
        if not isinstance(error, Exception):
            raise error
        why = problem_of(error)
        self._site.measurements.problems[why.code] += 1
        headers = headers_of(why) | {"content-type": MEDIA_TYPE}
        lines = tuple(f"{name.lower()}: {value}\r\n".encode() for name, value in headers.items())
        return Answer(why.status, lines, why.encoded())


class Push:
    """One push whose sender is known."""

    __slots__ = ("_lane", "_log", "_principal")

    def __init__(self, lane: PushLane, log: str, principal: Principal) -> None:
        self._lane = lane
        self._log = log
        self._principal = principal

    def is_still_ordinary(self) -> bool:
        """Whether another push of this sender to this log may go the same way."""
        return self._lane.is_remembered(self._principal)

    def begin(self, content: bytes, tell: Callable[[Answer], None]) -> None:
        """Record what came; see `PushLane.begin`."""
        self._lane.begin(self._log, self._principal, content, tell)
