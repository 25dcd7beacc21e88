"""Writes batches of rows, each in one transaction: what the index does at once near the head, and a process of its own
does during a backfill, while the next batch is already being read.

As a program it reads frames from standard input: how to open the database, then one batch after the other; each is
answered with a frame, None or what went wrong. It is to be there at once, so it imports next to nothing of the product.
"""

from __future__ import annotations

import gc
import sqlite3
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from huizhen.db.frames import read_frame, write_frame


class Step(NamedTuple):
    """A statement of a batch and its rows. `how` is one of

    - many: executed with each row;
    - copy: rows of PostgreSQL's COPY;
    - require: a query that must give exactly these rows.
    """

    how: str
    statement: str
    rows: Sequence[Sequence[Any]]


class NotAsRequired(Exception):
    """The tables are not what the batch was made for."""


ALREADY_THERE, OTHERWISE, FAILED = "already there", "otherwise", "failed"


def carry_out(driver: Any, steps: Iterable[Step]) -> None:
    """In the caller's transaction. Raises NotAsRequired, or what the driver raises."""
    cursor = driver.cursor()
    for how, statement, rows in steps:
        if how == "many":
            if len(rows) == 1:
                cursor.execute(statement, rows[0])
            else:
                cursor.executemany(statement, rows)
        elif how == "copy":
            with cursor.copy(statement) as copy:
                for first in range(0, len(rows), 1000):
                    copy.write("".join(map(_line, rows[first : first + 1000])).encode())
        else:
            cursor.execute(statement)
            if [tuple(row) for row in cursor.fetchall()] != [tuple(row) for row in rows]:
                raise NotAsRequired(statement)
    cursor.close()


def _line(row: Sequence[Any]) -> str:
    """In COPY's text format. No text of the index needs an escape: it is hex, names, and JSON of numbers and hex."""
    return "\t".join([each if type(each) is str else _cell(each) for each in row]) + "\n"


def _cell(value: Any) -> str:
    if value is None:
        return "\\N"
    if type(value) is bytes:
        return "\\\\x" + value.hex()
    return str(value)


class Sqlite:
    """`pragmas` are those of every other connection to the file."""

    clash: Any = sqlite3.IntegrityError
    broken: Any = sqlite3.Error

    def __init__(self, file: str, pragmas: Sequence[str]) -> None:
        self.driver = sqlite3.connect(file, isolation_level=None)
        for pragma in pragmas:
            self.driver.execute(f"PRAGMA {pragma}")

    def write(self, steps: Iterable[Step]) -> None:
        self.driver.execute("BEGIN IMMEDIATE")
        carry_out(self.driver, steps)
        self.driver.execute("COMMIT")


class Postgres:
    """`options` are those of libpq."""

    def __init__(self, options: Mapping[str, Any]) -> None:
        import psycopg

        self.clash: Any = psycopg.IntegrityError
        self.broken: Any = psycopg.Error
        self.driver = psycopg.connect(**options)

    def write(self, steps: Iterable[Step]) -> None:
        with self.driver.transaction():
            carry_out(self.driver, steps)


def main() -> None:
    """Ends with its parent. After a failure nothing more is written: later batches stand on the one that failed."""
    # Rows hold no cycles.
    gc.disable()
    batches, answers = sys.stdin.buffer, sys.stdout.buffer
    opened, *how = read_frame(batches)
    database = Sqlite(*how) if opened == "sqlite" else Postgres(*how)
    write_frame(answers, None)
    while True:
        try:
            steps = read_frame(batches)
        except EOFError:
            return
        try:
            database.write(steps)
        except NotAsRequired as error:
            write_frame(answers, (OTHERWISE, str(error)))
            return
        except database.clash as error:
            write_frame(answers, (ALREADY_THERE, str(error)))
            return
        except database.broken as error:
            write_frame(answers, (FAILED, str(error)))
            return
        # Not beside the next one.
        del steps
        write_frame(answers, None)


if __name__ == "__main__":
    main()
