"""An event as the index keeps it: its arguments as JSON text, and whom it concerns.

The text is the same for the same event, always: rebuilding and verifying compare it byte for byte.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, fields
from enum import Enum
from functools import cache
from operator import attrgetter
from typing import Any

from huizhen.domain.chain_events import ChainEvent, PayoutItem
from huizhen.domain.split import Leg, LegKind

_PARTY = ("party", "doctor", "hospital", "lead", "a", "by", "platform")
_COUNTERPARTY = ("institution", "b", "authority", "arbiter", "preparer", "approver", "recipient", "former")
_LEG_NAMES = {kind: kind.name.lower() for kind in LegKind}


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
    kind: Any = type(event)
    template, read = _template(kind)
    return template % tuple([argument_text(value) for value in read(event)])


def subjects_of(event: ChainEvent) -> Subjects:
    return Subjects(*subject_values(event))


def subject_values(event: ChainEvent) -> tuple[int | None, ...]:
    """The fields of Subjects in their order; `id` serves as a consultation only where it is a number."""
    names = _argument_names(type(event))
    numbers = frozenset(name for name in names if isinstance(getattr(event, name), int))
    wanted = subject_names(type(event), numbers)
    return tuple([None if name is None else getattr(event, name) for name in wanted])


def _argument_names(kind: type[ChainEvent]) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind) if field.name != "at")


@cache
def _template(kind: Any) -> tuple[str, Callable[[ChainEvent], tuple[Any, ...]]]:
    """Every event of a kind (a class of ChainEvent) has the same text around its values."""
    names = _argument_names(kind)
    template = "{" + ",".join(f'"{name}":%s' for name in names) + "}"
    if len(names) == 1:
        only = attrgetter(names[0])
        return template, lambda event: (only(event),)
    return template, attrgetter(*names) if names else lambda _event: ()


def subject_names(kind: type[ChainEvent], numbers: frozenset[str]) -> tuple[str | None, ...]:
    """Which argument is which subject; only numbers are."""
    names = _argument_names(kind)
    wanted = (("consultation", "id"), _PARTY, _COUNTERPARTY, ("group",), ("batch",))
    return tuple(
        next((each for each in candidates if each in names and each in numbers), None)
        for candidates in wanted
    )


def _digits(value: int) -> str:
    return str(value) if value < 1 << 64 else f'"{value:#x}"'


def argument_text(value: object) -> str:
    """One argument in JSON."""
    if type(value) is int:
        return _digits(value)
    if isinstance(value, str):
        # Hashes and addresses; anything else that a contract might say is escaped.
        return f'"{value}"' if value.isalnum() and value.isascii() else json.dumps(value)
    if isinstance(value, bytes):
        return f'"0x{value.hex()}"'
    if isinstance(value, tuple):
        return "[" + ",".join([_element(each) for each in value]) + "]"
    return json.dumps(_plain(value), separators=(",", ":"))


def _element(value: object) -> str:
    if type(value) is int:
        return _digits(value)
    if isinstance(value, Leg):
        return f'{{"kind":"{_LEG_NAMES[value.kind]}","party":{value.party},"amount":{value.amount}}}'
    if isinstance(value, PayoutItem):
        return (
            f'{{"party":{value.party},"gross":{value.gross},"withheld":{value.withheld},'
            f'"account":{argument_text(value.account)}}}'
        )
    return json.dumps(_plain(value), separators=(",", ":"))


def _plain(value: object) -> object:
    if isinstance(value, bytes):
        return "0x" + value.hex()
    if isinstance(value, Enum):
        return value.name.lower()
    if isinstance(value, int) and value >> 64:
        return f"{value:#x}"
    return value
