"""Every column of every row against what the chain's own logs come to, and headers against the chain's."""

from __future__ import annotations

from collections.abc import Mapping
from operator import itemgetter
from typing import Any

from huizhen.db.index.chain import Block
from huizhen.db.index.row_store import key_of
from huizhen.db.index.whole import table_rows
from huizhen.domain.sentence import Sentence
from huizhen.services.verification.findings import Findings, numbered

# About the index itself rather than about the chain's events.
_OWN = {"block", "cursor", "undo"}


def compare_blocks(findings: Findings) -> None:
    """The stored headers; which are stored depends on when the index looked, so none can be missing."""
    rows = findings.rows(Block)
    headers = findings.state.headers([row.number for row in rows])
    for row, header in zip(rows, headers, strict=True):
        subject = numbered(Sentence("区块", "block"), row.number)
        for column in ("hash", "parent_hash", "time"):
            chain = getattr(header, column)
            findings.require("block", (row.number,), subject, column, getattr(row, column), chain)
    findings.compared["blocks"] += len(rows)


def compare_with_replay(
    findings: Findings, replayed: Mapping[str, Mapping[tuple[Any, ...], Mapping[str, Any]]]
) -> None:
    """A row that storage has convicted already is not named twice."""
    known = {(mismatch.table, mismatch.key) for mismatch in findings.mismatches}
    for table, columns, rows in table_rows(findings.session.connection()):
        if table in _OWN:
            continue
        in_order = itemgetter(*columns)
        wanted = {in_order(row) for row in replayed.get(table, {}).values()}
        found = set()
        for row in rows:
            findings.compared["rows"] += 1
            # Nearly all rows are as they must be: what is left of both sides is little.
            if row in wanted:
                wanted.remove(row)
            else:
                found.add(row)
        mine, theirs = (
            {key_of(table, named): named for named in (dict(zip(columns, row, strict=True)) for row in side)}
            for side in (found, wanted)
        )
        for key in sorted(mine.keys() | theirs.keys(), key=str):
            if (table, key) not in known:
                _name(findings, table, key, mine.get(key), theirs.get(key))


def _name(
    findings: Findings,
    table: str,
    key: tuple[Any, ...],
    row: Mapping[str, Any] | None,
    chain: Mapping[str, Any] | None,
) -> None:
    subject = numbered(Sentence(table, table), *key)
    if row is None or chain is None:
        here, there = ("missing", "present") if row is None else ("present", "missing")
        findings.require(table, key, subject, "", here, there)
        return
    for column, value in row.items():
        findings.require(table, key, subject, column, value, chain[column])
