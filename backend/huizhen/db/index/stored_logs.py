"""The logs as the node sent them, in whole blocks: what everything projected is built from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, delete, func, select

from huizhen.db.index.chain import Block, Log
from huizhen.db.index.row_store import require_columns, table_of
from huizhen.domain.chain_ids import Hash32
from huizhen.domain.plain_log import PlainLog

LOG, BLOCK = (table_of(model.__tablename__) for model in (Log, Block))
require_columns(LOG.name, PlainLog._fields)
_READ = f"SELECT {', '.join(PlainLog._fields)} FROM log"  # noqa: S608 (names of our own columns, numbers of ours)


def next_logs(connection: Connection, after: int, about: int) -> list[PlainLog]:
    """Of the blocks that follow, as many as bring about so many logs; each block whole."""
    numbers = select(LOG.c.block_number).where(LOG.c.block_number > after).order_by(LOG.c.block_number)
    last = connection.execute(numbers.offset(about).limit(1)).scalar_one_or_none()
    until = "" if last is None else f" AND block_number <= {last:d}"
    asked = f"{_READ} WHERE block_number > {after:d}{until} ORDER BY block_number, log_index"
    # By the driver itself: a row of a query object costs as much as decoding it.
    driver: Any = connection.connection.driver_connection
    cursor = driver.cursor()
    cursor.execute(asked)
    found = list(map(PlainLog._make, cursor))
    cursor.close()
    return found


def blocks_of(connection: Connection, logs: Sequence[PlainLog]) -> Mapping[int, tuple[Hash32, int]]:
    """Hash and time of every block from the first of these logs to the last."""
    if not logs:
        return {}
    first, last = logs[0].block_number, logs[-1].block_number
    query = select(BLOCK.c.number, BLOCK.c.hash, BLOCK.c.time).where(BLOCK.c.number.between(first, last))
    return {number: (hash_, time) for number, hash_, time in connection.execute(query)}


def newest(connection: Connection) -> int:
    """The last block with a log; -1 where there is none."""
    number: int | None = connection.execute(select(func.max(LOG.c.block_number))).scalar_one()
    return -1 if number is None else number


def hash_of(connection: Connection, number: int) -> Hash32 | None:
    """Of a stored block."""
    return connection.execute(select(BLOCK.c.hash).where(BLOCK.c.number == number)).scalar_one_or_none()


def forget_above(connection: Connection, number: int) -> None:
    connection.execute(delete(LOG).where(LOG.c.block_number > number))
    connection.execute(delete(BLOCK).where(BLOCK.c.number > number))
