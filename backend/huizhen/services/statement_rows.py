"""What follows from a stored statement alone: its values, its deadline, and whether enough have signed."""

from __future__ import annotations

from typing import Any, cast

from huizhen.db.office.statements import SignatureRow, StatementRow
from huizhen.domain.statement import Signature, Statement, from_json
from huizhen.domain.terms import decode_terms


def values_of(row: StatementRow) -> dict[str, Any]:
    return cast("dict[str, Any]", from_json(row.content))


def signature_of(seat: SignatureRow) -> Signature:
    return Signature(seat.signer_index or 0, bytes.fromhex(seat.signature or ""))


def enough(row: StatementRow) -> bool:
    """Everybody who must, and of those who may as many as are needed."""
    signed = sum(1 for seat in row.signatures if seat.optional and seat.signature)
    return signed >= (row.needed or 0) and all(s.signature for s in row.signatures if not s.optional)


def may_say_no(row: StatementRow) -> int:
    return sum(1 for seat in row.signatures if seat.optional) - (row.needed or 0)


def deadline_of(statement: Statement) -> int | None:
    """Terms name it themselves; where they take the place of others, the new ones do."""
    terms = statement.values["terms"] if statement.function == "book" else statement.values.get("to")
    if terms is not None:
        return decode_terms(cast("bytes", terms)).sign_by
    return cast("int | None", statement.values.get("deadline"))
