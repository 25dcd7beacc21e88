"""How far the index has come, in the tables: cursor, headers, undo images."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, delete, exists, insert, inspect, select, update

from huizhen.db.index.bulk import insert_values
from huizhen.db.index.chain import Block, Cursor, Event, Undo
from huizhen.db.index.row_store import Key, Row, key_from_text, row_from_text, table_of
from huizhen.domain.chain_ids import Hash32
from huizhen.domain.sentence import Sentence

CURSOR, BLOCK, UNDO, EVENT = (table_of(model.__tablename__) for model in (Cursor, Block, Undo, Event))


def projection_version(connection: Connection) -> int | None:
    """Of the tables as they are; 0 where they are too old to say, None where nothing is indexed yet."""
    there = inspect(connection)
    if not there.has_table(CURSOR.name):
        return None
    if {column["name"] for column in there.get_columns(CURSOR.name)} != set(CURSOR.c.keys()):
        return 0
    return connection.execute(select(CURSOR.c.projection_version)).scalar_one_or_none()


def read_cursor(connection: Connection) -> Row | None:
    row = connection.execute(select(CURSOR)).mappings().one_or_none()
    return dict(row) if row is not None else None


def write_cursor(connection: Connection, values: Row) -> None:
    """Also ends a halt: whoever moves the cursor has gone on."""
    values = {**values, "halted_zh": None, "halted_en": None}
    if connection.execute(update(CURSOR).values(values)).rowcount == 0:
        connection.execute(insert(CURSOR).values(values | {"id": 1}))


def mark_halted(connection: Connection, sentence: Sentence) -> None:
    connection.execute(update(CURSOR).values(halted_zh=sentence.zh, halted_en=sentence.en))


def mark_followed(
    connection: Connection, *, head_number: int, head_time: int, final_number: int, followed_at: datetime
) -> None:
    """A live node answered and had nothing new."""
    connection.execute(
        update(CURSOR).values(
            head_number=head_number, head_time=head_time, final_number=final_number, followed_at=followed_at
        )
    )


def undo_floor(connection: Connection) -> int:
    """-1 while there is no cursor."""
    floor = connection.execute(select(CURSOR.c.undo_floor)).scalar_one_or_none()
    return -1 if floor is None else floor


def mark_built(connection: Connection, version: int) -> None:
    """The projected tables are of this version now."""
    connection.execute(update(CURSOR).values(projection_version=version))


def set_back(connection: Connection, number: int, hash_: Hash32, time: int) -> None:
    """The cursor to an earlier block; nothing before it can be undone.

    The rows are still of later blocks: they count as of no version until they are built anew.
    """
    connection.execute(
        update(CURSOR).values(
            block_number=number, block_hash=hash_, block_time=time, undo_floor=number, projection_version=0
        )
    )


def stored_hashes(connection: Connection, floor: int) -> list[tuple[int, Hash32]]:
    """Numbers and hashes of the stored headers from a block on, newest first."""
    rows = connection.execute(
        select(BLOCK.c.number, BLOCK.c.hash).where(BLOCK.c.number >= floor).order_by(BLOCK.c.number.desc())
    )
    return [(number, hash_) for number, hash_ in rows]


def newest_at(connection: Connection, number: int) -> tuple[int, Hash32] | None:
    """The last stored header up to a block, by number and hash."""
    query = select(BLOCK.c.number, BLOCK.c.hash).where(BLOCK.c.number <= number)
    row = connection.execute(query.order_by(BLOCK.c.number.desc()).limit(1)).one_or_none()
    return None if row is None else (row[0], row[1])


def block_time(connection: Connection, number: int) -> int:
    """Of a block whose header is stored."""
    time: int = connection.execute(select(BLOCK.c.time).where(BLOCK.c.number == number)).scalar_one()
    return time


def insert_headers(connection: Connection, headers: Sequence[tuple[int, Hash32, Hash32, int]]) -> None:
    """Number, hash, hash of the parent and time of each."""
    insert_values(connection, BLOCK.name, headers)


def images_above(connection: Connection, above: int) -> dict[tuple[str, Key], Row | None]:
    """What to put back, by table and key: each row as it was before the first change after a block, or None."""
    rows = connection.execute(
        select(UNDO.c.table_name, UNDO.c.key, UNDO.c.image)
        .where(UNDO.c.block_number > above)
        .order_by(UNDO.c.block_number.desc(), UNDO.c.sequence.desc())
    )
    oldest = {(name, key): image for name, key, image in rows}
    return {
        (name, key_from_text(name, key)): row_from_text(name, image) if image is not None else None
        for (name, key), image in oldest.items()
    }


def prune(connection: Connection, old_floor: int, floor: int) -> None:
    """Forget undo images of blocks that cannot be undone any more, and their headers unless they have logs."""
    if floor == old_floor:
        return
    connection.execute(delete(UNDO).where(UNDO.c.block_number <= floor))
    has_logs = exists().where(EVENT.c.block_number == BLOCK.c.number)
    passed = BLOCK.c.number.between(old_floor, floor - 1)
    connection.execute(delete(BLOCK).where(passed, ~has_logs))


def delete_undo_above(connection: Connection, above: int) -> None:
    connection.execute(delete(UNDO).where(UNDO.c.block_number > above))
