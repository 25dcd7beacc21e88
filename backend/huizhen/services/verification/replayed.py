"""Every column of every row against what the chain's own logs come to, and headers against the chain's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from huizhen.db.index.chain import Block
from huizhen.db.index.row_store import all_rows, key_of
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
    for table, rows in all_rows(findings.session.connection()):
        if table in _OWN:
            continue
        expected = dict(replayed.get(table, {}))
        subject = Sentence(table, table)
        for row in rows:
            key = key_of(table, row)
            other = expected.pop(key, None)
            findings.compared["rows"] += 1
            if (table, key) in known:
                continue
            if other is None:
                findings.require(table, key, numbered(subject, *key), "", "present", "missing")
                continue
            for column, value in row.items():
                findings.require(table, key, numbered(subject, *key), column, value, other[column])
        for key in expected:
            if (table, key) not in known:
                findings.require(table, key, numbered(subject, *key), "", "missing", "present")
