"""Every column of every row against what the chain's own logs come to, and headers against the chain's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from huizhen.db.index.chain import Block
from huizhen.db.index.row_store import column_names, key_columns, stored_enum
from huizhen.db.index.whole import table_rows
from huizhen.domain.sentence import Sentence
from huizhen.services.ports import BlockHeader
from huizhen.services.verification.findings import Findings, numbered

# About the index itself rather than about the chain's events.
_OWN = {"block", "cursor", "undo"}

Stored = tuple[Any, ...]
"""A row as it is stored, in the order of its table's columns."""


def compare_blocks(findings: Findings, rows: Sequence[Block], headers: Sequence[BlockHeader]) -> None:
    """The stored headers; which are stored depends on when the index looked, so none can be missing."""
    for row, header in zip(rows, headers, strict=True):
        chain = {column: getattr(header, column) for column in ("hash", "parent_hash", "time")}
        subject = numbered(Sentence("区块", "block"), row.number)
        findings.require_columns("block", (row.number,), subject, row, chain)
    findings.compared["blocks"] += len(rows)


def compare_with_replay(findings: Findings, replayed: Mapping[str, Sequence[Stored]]) -> None:
    """A row that storage has convicted already is not named twice."""
    known = {(mismatch.table, mismatch.key) for mismatch in findings.mismatches}
    for table, rows in table_rows(findings.session.connection()):
        if table in _OWN:
            continue
        wanted, found = set(replayed.get(table, ())), set()
        for row in rows:
            findings.compared["rows"] += 1
            # Nearly all rows are as they must be: what is left of both sides is little.
            if row in wanted:
                wanted.remove(row)
            else:
                found.add(row)
        mine, theirs = ({_key(table, row): row for row in side} for side in (found, wanted))
        for key in sorted(mine.keys() | theirs.keys(), key=str):
            if (table, key) not in known:
                _name(findings, table, key, mine.get(key), theirs.get(key))


def _key(table: str, row: Stored) -> tuple[Any, ...]:
    named = dict(zip(column_names(table), row, strict=True))
    return tuple(stored_enum(table, column, named[column]) for column in key_columns(table))


def _name(
    findings: Findings, table: str, key: tuple[Any, ...], row: Stored | None, chain: Stored | None
) -> None:
    subject = numbered(Sentence(table, table), *key)
    if row is None or chain is None:
        here, there = ("missing", "present") if row is None else ("present", "missing")
        findings.require(table, key, subject, "", here, there)
        return
    for column, value, wanted in zip(column_names(table), row, chain, strict=True):
        findings.require(table, key, subject, column, value, wanted)
