"""An event as the index keeps it: its arguments as JSON text, and whom it concerns.

The text is the same for the same event, always: rebuilding and verifying compare it byte for byte.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from enum import Enum

from huizhen.domain.chain_events import ChainEvent, PayoutItem
from huizhen.domain.split import Leg

_PARTY = ("party", "doctor", "hospital", "lead", "a", "by", "platform")
_COUNTERPARTY = ("institution", "b", "authority", "arbiter", "preparer", "approver", "recipient", "former")


@dataclass(frozen=True, slots=True)
class Subjects:
    """Whom an event concerns, so that timelines can be read by consultation, party, group and batch."""

    consultation: int | None
    party: int | None
    counterparty: int | None
    group: int | None
    batch: int | None


def arguments_text(event: ChainEvent) -> str:
    """JSON by field name; bytes as hex, masks beyond 64 bits as hex, a leg as its kind, party and amount."""
    values = {name: _plain(getattr(event, name)) for name in _argument_names(event)}
    return json.dumps(values, separators=(",", ":"))


def subjects_of(event: ChainEvent) -> Subjects:
    names = _argument_names(event)
    return Subjects(
        _first(event, names, ("consultation", "id")),
        _first(event, names, _PARTY),
        _first(event, names, _COUNTERPARTY),
        _first(event, names, ("group",)),
        _first(event, names, ("batch",)),
    )


def _argument_names(event: ChainEvent) -> tuple[str, ...]:
    return tuple(field.name for field in fields(event) if field.name != "at")


def _first(event: ChainEvent, names: tuple[str, ...], candidates: tuple[str, ...]) -> int | None:
    for candidate in candidates:
        if candidate in names:
            value = getattr(event, candidate)
            if isinstance(value, int):
                return value
    return None


def _plain(value: object) -> object:
    if isinstance(value, bytes):
        return "0x" + value.hex()
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    if isinstance(value, Leg | PayoutItem):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Enum):
        return value.name.lower()
    if isinstance(value, int) and value >> 64:
        return f"{value:#x}"
    return value
