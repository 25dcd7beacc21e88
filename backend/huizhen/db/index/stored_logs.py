"""The logs as the node sent them, in whole blocks: what everything projected is built from."""

# Columns are named by our own metadata, numbers are ours.
# ruff: noqa: S608

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, delete, func, select

from huizhen.db.index.chain import Block, Log
from huizhen.db.index.row_store import column_names, table_of
from huizhen.domain.chain_ids import Hash32, hex32
from huizhen.domain.plain_log import PlainLog

LOG, BLOCK = (table_of(model.__tablename__) for model in (Log, Block))
_COLUMNS = ", ".join(f'"{column}"' for column in column_names(LOG.name))
_RAW = len(PlainLog._fields)
if column_names(LOG.name)[:_RAW] != PlainLog._fields:
    raise TypeError("a stored log begins with what the node sent")

StoredLog = tuple[Any, ...]
"""A row of the table, in the order of its columns."""


def next_logs(connection: Connection, after: int, about: int) -> list[StoredLog]:
    """Of the blocks that follow, as many as bring about so many logs; each block whole."""
    numbers = select(LOG.c.block_number).where(LOG.c.block_number > after).order_by(LOG.c.block_number)
    last = connection.execute(numbers.offset(about).limit(1)).scalar_one_or_none()
    until = "" if last is None else f" AND block_number <= {last:d}"
    asked = (
        f"SELECT {_COLUMNS} FROM log WHERE block_number > {after:d}{until} ORDER BY block_number, log_index"
    )
    # By the driver itself: a row of a query object costs as much as decoding it.
    return _fetched(connection, asked)


def plain(logs: Sequence[StoredLog]) -> list[PlainLog]:
    """Without how they read."""
    return [PlainLog._make(log[:_RAW]) for log in logs]


def blocks_of(connection: Connection, logs: Sequence[StoredLog]) -> Mapping[int, tuple[Hash32, int]]:
    """Hash and time of every block from the first of these logs to the last."""
    if not logs:
        return {}
    asked = f"SELECT number, hash, time FROM block WHERE number BETWEEN {logs[0][0]:d} AND {logs[-1][0]:d}"
    return {number: (hex32(hash_), time) for number, hash_, time in _fetched(connection, asked)}


def _fetched(connection: Connection, asked: str) -> list[tuple[Any, ...]]:
    driver: Any = connection.connection.driver_connection
    cursor = driver.cursor()
    cursor.execute(asked)
    found: list[tuple[Any, ...]] = cursor.fetchall()
    cursor.close()
    return found


def newest(connection: Connection) -> int:
    """The last block with a log; -1 where there is none."""
    number: int | None = connection.execute(select(func.max(LOG.c.block_number))).scalar_one()
    return -1 if number is None else number


def more_than(connection: Connection, after: int, count: int) -> bool:
    """Whether later blocks have more logs than these."""
    later = select(LOG.c.block_number).where(LOG.c.block_number > after)
    return connection.execute(later.offset(count).limit(1)).first() is not None


def hash_of(connection: Connection, number: int) -> Hash32 | None:
    """Of a stored block."""
    return connection.execute(select(BLOCK.c.hash).where(BLOCK.c.number == number)).scalar_one_or_none()


def forget_above(connection: Connection, number: int) -> None:
    connection.execute(delete(LOG).where(LOG.c.block_number > number))
    connection.execute(delete(BLOCK).where(BLOCK.c.number > number))
