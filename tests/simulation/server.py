"""The server, modelled around its real core: places, verdicts and wire checks are real."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from random import Random

from app.errors import InvalidInput
from app.events.event import Standing
from app.log.appending import Appended, Arrival, Batch, GrowingLog, Known, Outcome
from app.log.event_log import Page, UnknownLog
from app.proof.merkle import CompactRange
from app.proof.signatures import ConsoleKey
from app.protocol.bodies import EventProblem, PushResponse, PushResult
from app.protocol.kinds import full_codec
from app.protocol.problems import ProblemCode
from app.server.api.events import read_wire_body
from app.server.registry import Registry
from app.server.standing import Judge
from app.sync.exchange import Outgoing
from tests.simulation.invariants import authorised

_CODEC = full_codec()


class ModelLog:
    """What `EventLog` keeps, in memory; `append` follows its `_append` line by line."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self.heads: dict[str, tuple[str, int, int]] = {}
        self.lines: dict[str, list[bytes]] = {}
        self.trees: dict[str, bytes] = {}
        self.known: dict[tuple[str, str], Known] = {}

    def append(self, batches: Sequence[Batch]) -> Appended:
        growing = {batch.log: self._growing(batch.log, batch.arrived_at) for batch in batches}
        outcomes = tuple(growing[batch.log].take(batch, self.known) for batch in batches)
        grown = [log for log in growing.values() if log.lines]
        for log in grown:
            self.lines[log.log].extend(log.lines)
            self.heads[log.log] = (log.epoch, log.position, log.received_at)
            self.trees[log.log] = log.tree.to_bytes()
            for row in log.rows:
                known = Known(position=int(str(row["position"])), line=bytes(row["line"]))
                self.known[log.log, str(row["event_id"])] = known
        return Appended(outcomes=outcomes, growths=tuple(log.growth() for log in grown))

    def page(self, log: str, after: int, *, limit: int) -> Page:
        if log not in self.heads:
            raise UnknownLog(log)
        epoch, head, _ = self.heads[log]
        lines = tuple(self.lines[log][after : after + limit])
        return Page(log=log, epoch=epoch, head=head, after=after, lines=lines)

    def root(self, log: str, size: int) -> bytes:
        tree = CompactRange()
        for line in self.lines[log][:size]:
            tree.append(line)
        return tree.root

    def change_epochs(self) -> None:
        for log, (_, position, received_at) in self.heads.items():
            self.heads[log] = (self._new_epoch(), position, received_at)

    def backup(self) -> ModelLog:
        """A copy as of now; its epochs change when it is put in place."""
        copied = ModelLog(self._random)
        copied.heads = dict(self.heads)
        copied.lines = {log: list(lines) for log, lines in self.lines.items()}
        copied.trees = dict(self.trees)
        copied.known = dict(self.known)
        return copied

    def _growing(self, log: str, now: int) -> GrowingLog:
        if log not in self.heads:
            self.heads[log] = (self._new_epoch(), 0, now)
            self.lines[log] = []
            self.trees[log] = CompactRange().to_bytes()
        epoch, position, received_at = self.heads[log]
        return GrowingLog(
            log=log, epoch=epoch, position=position, received_at=received_at,
            tree=CompactRange.from_bytes(self.trees[log]),
        )  # fmt: skip

    def _new_epoch(self) -> str:
        return self._random.randbytes(16).hex()


@dataclass
class History:
    """What an all-seeing witness wrote down about the server, to judge everybody by."""

    lines: dict[str, list[bytes]] = field(default_factory=dict)
    roots: dict[tuple[str, int], bytes] = field(default_factory=dict)
    base: dict[str, int] = field(default_factory=dict)
    acked: dict[str, tuple[str, int]] = field(default_factory=dict)
    accepted: set[str] = field(default_factory=set)
    epochs: list[str] = field(default_factory=list)


class Site:
    """The store and the rules that all server processes share."""

    def __init__(self, log: str, random: Random, key: ConsoleKey, registry_lines: list[bytes]):
        self.log = log
        self.store = ModelLog(random)
        self.registry = Registry(full_codec())
        self.registry.learn(registry_lines, 1)
        self.judge = Judge(self.registry, key)
        self.history = History()
        self.revoked: set[str] = set()

    @property
    def epoch(self) -> str:
        return self.store.heads.get(self.log, ("", 0, 0))[0]

    @property
    def head(self) -> int:
        return self.store.heads.get(self.log, ("", 0, 0))[1]

    def push(
        self, rows: Sequence[Outgoing], epoch: str, now: int, skew_ms: int
    ) -> tuple[PushResponse | None, Appended]:
        """What a push comes to once it is durable; None when the epoch changed."""
        told, arrivals = self._sort_out(rows)
        batch = Batch(
            log=self.log, arrivals=tuple(arrivals), arrived_at=now, epoch=epoch, skew_ms=skew_ms
        )
        appended = self.store.append([batch])
        outcome = appended.outcomes[0]
        if outcome.is_epoch_changed:
            return None, appended
        self._witness(appended)
        authorised(self, appended)
        return _response(outcome, told), appended

    def _sort_out(self, rows: Sequence[Outgoing]) -> tuple[list[PushResult | None], list[Arrival]]:
        told: list[PushResult | None] = []
        arrivals: list[Arrival] = []
        for row in rows:
            arrival = self._arrival(row)
            told.append(arrival if isinstance(arrival, PushResult) else None)
            if isinstance(arrival, Arrival):
                arrivals.append(arrival)
        return told, arrivals

    def _arrival(self, row: Outgoing) -> Arrival | PushResult:
        try:
            body = read_wire_body(row.body, self.log)
        except InvalidInput:
            problem = EventProblem(code=ProblemCode.MALFORMED_EVENT)
            return PushResult(id=row.event_id, problem=problem)
        verdict = self.judge.verdict(body, row.body, row.sig)
        if verdict is None:
            return PushResult(id=body.id, problem=EventProblem(code=ProblemCode.BAD_SIGNATURE))
        return Arrival(
            event_id=body.id, kind=body.kind, console=body.console, n=body.n, body=row.body,
            sig=row.sig, standing=verdict.standing, why=verdict.why,
        )  # fmt: skip

    def _witness(self, appended: Appended) -> None:
        epoch = self.epoch
        if epoch not in self.history.lines:
            self._begin_epoch([])
        known = self.history.lines[epoch]
        for growth in appended.growths:
            assert growth.first == len(known) + 1
            known.extend(growth.lines)
            self.history.accepted.update(
                one.event.id
                for one in map(_CODEC.read_record, growth.lines)
                if one.standing is Standing.ACCEPTED
            )
            root = CompactRange.from_bytes(self.store.trees[self.log]).root
            self.history.roots[epoch, len(known)] = root

    def _begin_epoch(self, lines: list[bytes]) -> None:
        """Note that an epoch began with these records."""
        epoch = self.epoch
        self.history.lines[epoch] = list(lines)
        self.history.base[epoch] = len(lines)
        self.history.epochs.append(epoch)

    def restore(self, backup: ModelLog) -> None:
        """Put an older backup in place, as the restore command does."""
        self.store = backup
        self.store.change_epochs()
        if self.log in self.store.heads:
            self._begin_epoch(self.store.lines[self.log])


def _response(outcome: Outcome, told: Iterable[PushResult | None]) -> PushResponse:
    placements = iter(outcome.placements)
    results = []
    for known in told:
        if known is not None:
            results.append(known)
            continue
        placed = next(placements)
        problem = None if placed.problem is None else EventProblem(code=placed.problem)
        results.append(
            PushResult(
                id=placed.event_id, position=placed.position, standing=placed.standing,
                why=placed.why, problem=problem,
            )
        )  # fmt: skip
    return PushResponse(epoch=outcome.epoch, head=outcome.head, results=results)
