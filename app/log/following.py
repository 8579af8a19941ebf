"""How a console's copy of a log grows, and how it starts anew under another epoch."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from app.log import local_schema as schema
from app.log.kept_states import KeptMark, leads_to
from app.log.local_values import ConfirmedPage, Cursor
from app.proof.merkle import CompactRange
from app.protocol.withholding import grow

_PAGE_RECORDS = 5_000


def cursor_of(connection: Connection, log: str) -> Cursor | None:
    """How far `log` has been followed; the position is counted from the records themselves."""
    followed = schema.followed.c
    row = connection.execute(select(schema.followed).where(followed.log == log)).first()
    if row is None:
        return None
    confirmed = schema.confirmed.c
    statement = select(func.max(confirmed.position)).where(confirmed.log == log)
    return Cursor(
        log=log,
        epoch=row.epoch,
        position=connection.execute(statement).scalar() or 0,
        head=row.head,
        tree=row.tree,
        checkpoint=row.checkpoint,
        synced_at=row.synced_at,
    )


def leads_to_now(connection: Connection, mark: KeptMark) -> bool:
    """Whether the records after `mark` lead from its tree to the one that is stored now."""
    cursor = cursor_of(connection, mark.log)
    if cursor is None:
        return False
    confirmed = schema.confirmed.c
    is_later = (confirmed.log == mark.log) & (confirmed.position > mark.position)
    statement = select(confirmed.line).where(is_later).order_by(confirmed.position)
    lines = connection.execution_options(yield_per=_PAGE_RECORDS).execute(statement).scalars()
    return leads_to(mark, lines, epoch=cursor.epoch, tree=cursor.tree)


def begin_following(connection: Connection, log: str, epoch: str) -> Cursor:
    """Follow a log from its beginning."""
    tree = CompactRange().to_bytes()
    row = {"log": log, "epoch": epoch, "head": 0, "tree": tree, "checkpoint": b"", "synced_at": 0}
    connection.execute(insert(schema.followed), row)
    return Cursor(log=log, epoch=epoch, position=0, head=0, tree=tree)


def stop_following(connection: Connection, log: str) -> None:
    """Forget the copy of a log; what waits to be sent or was refused stays."""
    for table in (schema.confirmed, schema.followed, schema.superseded):
        connection.execute(delete(table).where(table.c.log == log))


def take_lines(connection: Connection, log: str, after: int, lines: Sequence[bytes]) -> None:
    """Keep these lines after position `after`, and settle what of ours is among them."""
    if not lines:
        return
    rows = [
        {"log": log, "position": position, "line": line}
        for position, line in enumerate(lines, after + 1)
    ]
    connection.execute(insert(schema.confirmed), rows)
    ids = [{"id": identity} for line in lines if (identity := event_id_in(line))]
    if not ids:
        return
    if connection.execute(select(func.count()).select_from(schema.outbox)).scalar_one():
        outbox = schema.outbox.c
        connection.execute(delete(schema.outbox).where(outbox.event_id == bindparam("id")), ids)
    superseded = schema.superseded.c
    if connection.execute(select(func.count()).select_from(schema.superseded)).scalar_one():
        connection.execute(
            update(schema.superseded)
            .where(superseded.event_id == bindparam("id"))
            .values(is_back=True),
            ids,
        )


def move_cursor(
    connection: Connection, cursor: Cursor, page: ConfirmedPage, lines: Sequence[bytes]
) -> Cursor:
    """The cursor after `lines`, stored."""
    tree = CompactRange.from_bytes(cursor.tree)
    grow(tree, lines)
    moved = Cursor(
        log=cursor.log,
        epoch=cursor.epoch,
        position=cursor.position + len(lines),
        head=max(page.head, cursor.position + len(lines)),
        tree=tree.to_bytes(),
        checkpoint=cursor.checkpoint,
        synced_at=page.synced_at,
    )
    connection.execute(
        update(schema.followed)
        .where(schema.followed.c.log == moved.log)
        .values(head=moved.head, tree=moved.tree, synced_at=moved.synced_at)
    )
    return moved


def supersede(connection: Connection, cursor: Cursor, keep: int) -> None:
    """Move the records after `keep` out of the log, to be kept as evidence and sent again."""
    confirmed = schema.confirmed.c
    is_after = (confirmed.log == cursor.log) & (confirmed.position > keep)
    tail = connection.execute(select(confirmed.position, confirmed.line).where(is_after)).all()
    if tail:
        connection.execute(
            insert(schema.superseded),
            [
                {
                    "log": cursor.log,
                    "epoch": cursor.epoch,
                    "position": row.position,
                    "event_id": event_id_in(row.line),
                    "line": row.line,
                    "is_back": False,
                }
                for row in tail
            ],
        )
        connection.execute(delete(schema.confirmed).where(is_after))


def follow_anew(connection: Connection, log: str, epoch: str) -> Cursor:
    """The cursor under a new epoch, over the records that were kept."""
    confirmed = schema.confirmed.c
    kept = connection.execute(
        select(confirmed.line).where(confirmed.log == log).order_by(confirmed.position)
    ).scalars()
    tree = CompactRange()
    grow(tree, kept)
    connection.execute(
        update(schema.followed)
        .where(schema.followed.c.log == log)
        .values(epoch=epoch, head=tree.size, tree=tree.to_bytes(), checkpoint=b"")
    )
    return Cursor(log=log, epoch=epoch, position=tree.size, head=tree.size, tree=tree.to_bytes())


class _BodyWithId(msgspec.Struct):
    id: str = ""


class _LineWithId(msgspec.Struct):
    body: _BodyWithId


_LINE = msgspec.json.Decoder(_LineWithId)


def event_id_in(line: bytes) -> str:
    """The id of the event in a record line, or "" when the line cannot be read."""
    try:
        return _LINE.decode(line).body.id
    except (msgspec.DecodeError, UnicodeDecodeError):
        return ""
