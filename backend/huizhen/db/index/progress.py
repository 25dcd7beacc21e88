"""How far the index has come, in the tables: cursor, headers, undo images."""

# Tables and columns are named by our own metadata; values are always bound.
# ruff: noqa: S608

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial

from sqlalchemy import Connection, delete, inspect, select, update

from huizhen.db.index.bulk import POSTGRESQL, holder, row_reader
from huizhen.db.index.chain import Block, Cursor, Undo
from huizhen.db.index.row_store import Key, Row, key_from_text, row_from_text, table_of
from huizhen.db.row_writer import Step
from huizhen.domain.chain_ids import Hash32
from huizhen.domain.sentence import Sentence

CURSOR, BLOCK, UNDO = (table_of(model.__tablename__) for model in (Cursor, Block, Undo))


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


def cursor_step(dialect: str, values: Row) -> Step:
    """Also ends a halt: whoever moves the cursor has gone on."""
    row = {"id": 1, **values, "halted_zh": None, "halted_en": None}
    columns = ", ".join(f'"{column}"' for column in row)
    changes = ", ".join(f'"{column}" = excluded."{column}"' for column in row)
    holders = ", ".join([holder(dialect)] * len(row))
    upsert = f"INSERT INTO cursor ({columns}) VALUES ({holders}) ON CONFLICT (id) DO UPDATE SET {changes}"
    stored = row_reader(CURSOR.name, tuple(row))(row)
    return Step("many", upsert, [tuple(map(partial(_moment, dialect), stored))])


def standing_steps(dialect: str, columns: Row | None) -> list[Step]:
    """That the cursor still says this (None: that there is none yet), and says it until the end of the transaction:
    another indexer may have gone on meanwhile. (SQLite has one writer at a time.)
    """
    wanted = columns or {"id": 1}
    named = ", ".join(f'"{column}"' for column in wanted)
    query = f"SELECT {named} FROM cursor"
    if columns is None:
        lock = Step("many", "LOCK TABLE cursor IN SHARE ROW EXCLUSIVE MODE", [()])
        return [*([lock] if dialect == POSTGRESQL else []), Step("require", query, [])]
    held = " FOR UPDATE" if dialect == POSTGRESQL else ""
    return [Step("require", query + held, [row_reader(CURSOR.name, tuple(wanted))(wanted)])]


def _moment(dialect: str, value: object) -> object:
    """Moments as text that both databases read: SQLite's without the zone, as a query of SQLAlchemy reads it."""
    if not isinstance(value, datetime):
        return value
    text = value.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
    return text if dialect != POSTGRESQL else f"{text}+00"


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


def prune_steps(dialect: str, old_floor: int, floor: int) -> Iterator[Step]:
    """Forget undo images of blocks that cannot be undone any more, and their headers unless they have logs."""
    if floor == old_floor:
        return
    value = holder(dialect)
    yield Step("many", f"DELETE FROM undo WHERE block_number <= {value}", [(floor,)])
    passed = f"number BETWEEN {value} AND {value}"
    bare = "NOT EXISTS (SELECT 1 FROM log WHERE log.block_number = block.number)"
    yield Step("many", f"DELETE FROM block WHERE {passed} AND {bare}", [(old_floor, floor - 1)])


def delete_undo_above(connection: Connection, above: int) -> None:
    connection.execute(delete(UNDO).where(UNDO.c.block_number > above))
