"""What senders of alerts and changes delivered, byte for byte, until it is settled and after."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, select, update

from app.log import schema
from app.log.database import Database
from app.log.problems import explained
from app.log.turns import Turn, take_turn


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One request as it came: `content` are its exact bytes, `received_at` microseconds."""

    id: int
    format: str
    source: str
    received_at: int
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Arriving:
    """A delivery that has not been stored yet; with a `problem` there is nothing to do with it."""

    format: str
    source: str
    received_at: int
    content: bytes
    problem: str | None = None


class Deliveries:
    """The deliveries of one site.  Nothing is ever deleted here.

    `store` and `settle` are for the writer's thread; the rest for any thread.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def store(self, arriving: Sequence[Arriving]) -> list[Delivery]:
        """Keep these, durably; returned in the same order, with their ids.

        Ids are in the order of the commits, so whoever has read up to one has missed none.
        """
        with explained(), self._database.writer.begin() as connection:
            take_turn(connection, Turn.KEEPING_DELIVERIES)
            kept = []
            for each in arriving:
                values = {
                    "format": each.format,
                    "source": each.source,
                    "received_at": each.received_at,
                    "content": each.content,
                    "problem": each.problem,
                    "settled_at": None if each.problem is None else each.received_at,
                }
                result = connection.execute(schema.delivery.insert().values(values))
                (identity,) = result.inserted_primary_key or (0,)
                kept.append(
                    Delivery(
                        id=identity,
                        format=each.format,
                        source=each.source,
                        received_at=each.received_at,
                        content=each.content,
                    )
                )
        return kept

    def settle(self, identity: int, *, now: int, problem: str | None = None) -> None:
        """This delivery needs nothing more; `problem` says why it led to no events."""
        statement = (
            update(schema.delivery)
            .where(schema.delivery.c.id == identity)
            .values(settled_at=now, problem=problem)
        )
        with explained(), self._database.writer.begin() as connection:
            connection.execute(statement)

    def waiting(self, *, after: int = 0, limit: int = 100) -> list[Delivery]:
        """Deliveries with an id above `after` that are not settled yet, oldest first."""
        delivery = schema.delivery.c
        statement = (
            select(schema.delivery)
            .where(delivery.settled_at.is_(None), delivery.id > after)
            .order_by(delivery.id)
            .limit(limit)
        )
        with explained(), self._database.readers.connect() as connection:
            return [_delivery(row) for row in connection.execute(statement)]

    def waiting_ids(self) -> set[int]:
        """The ids of all deliveries that are not settled yet."""
        statement = select(schema.delivery.c.id).where(schema.delivery.c.settled_at.is_(None))
        with explained(), self._database.readers.connect() as connection:
            return set(connection.execute(statement).scalars())


def _delivery(row: Row[Any]) -> Delivery:
    return Delivery(
        id=row.id,
        format=row.format,
        source=row.source,
        received_at=row.received_at,
        content=bytes(row.content),
    )
