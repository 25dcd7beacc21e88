"""The events that say where money went, as Solidity declares them: a checker needs no artefacts of ours.

A topic commits to an event's name and types; a test holds the declarations against the compiled contracts.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from eth_abi.abi import decode
from eth_abi.exceptions import DecodingError
from eth_utils.crypto import keccak

from huizhen.chain.event_codec import snake_case
from huizhen.chain.inclusion.receipts import ReceiptLog
from huizhen.errors import ProofBroken

_ITEM = "(uint32,uint128,uint128,bytes32)"
DECLARED = (
    f"PayoutPrepared(uint32 indexed batch, uint32 indexed preparer, {_ITEM}[] items)",
    "PayoutApproved(uint32 indexed batch, uint32 indexed approver, uint64 executed, uint128 gross, uint128 withheld)",
    "PayoutConfirmed(uint32 indexed batch, uint64 items, bytes32 indexed bankRef, uint128 amount)",
    "PayoutReturned(uint32 indexed batch, uint8 item, uint32 indexed party, uint128 amount, bytes32 indexed bankRef)",
    "EscrowReleased(uint32 indexed consultation, uint32 indexed hospital, uint128 funded, uint256[] legs)",
    "Deposited(uint32 indexed hospital, uint128 amount, bytes32 indexed bankRef)",
    "Refunded(uint32 indexed hospital, uint128 amount, uint32 sequence)",
)
_FIELD = re.compile(r"([a-z0-9(),\[\]]+)( indexed)? (\w+)(?:, |$)")


@dataclass(frozen=True, slots=True)
class _Declaration:
    name: str
    fields: tuple[tuple[str, str, bool], ...]

    @property
    def topic(self) -> bytes:
        return keccak(text=f"{self.name}({','.join(kind for _, kind, _ in self.fields)})")


def _declaration(text: str) -> _Declaration:
    name, _, inside = text.removesuffix(")").partition("(")
    fields = tuple((field, kind, bool(indexed)) for kind, indexed, field in _FIELD.findall(inside))
    return _Declaration(name, fields)


_BY_TOPIC = {each.topic: each for each in map(_declaration, DECLARED)}


def money_event(log: ReceiptLog) -> tuple[str, Mapping[str, Any]] | None:
    """Name and fields (snake_case; hashes as hex text, items and legs as tuples), or None for any other event.

    Raises ProofBroken where the log has the topic of such an event and another content.
    """
    declared = _BY_TOPIC.get(log.topics[0]) if log.topics else None
    if declared is None:
        return None
    indexed = [field for field in declared.fields if field[2]]
    plain = [field for field in declared.fields if not field[2]]
    if len(log.topics) != len(indexed) + 1:
        raise _malformed(declared.name)
    try:
        values = {
            name: decode([kind], topic)[0]
            for (name, kind, _), topic in zip(indexed, log.topics[1:], strict=True)
        }
        decoded = decode([kind for _, kind, _ in plain], log.data)
    except (DecodingError, OverflowError) as error:
        raise _malformed(declared.name) from error
    values |= {name: value for (name, _, _), value in zip(plain, decoded, strict=True)}
    return declared.name, {snake_case(name): _hex(values[name]) for name, _, _ in declared.fields}


def _hex(value: Any) -> Any:
    if isinstance(value, tuple):
        return tuple(_hex(each) for each in value)
    return "0x" + value.hex() if isinstance(value, bytes) else value


def _malformed(name: str) -> ProofBroken:
    return ProofBroken(
        f"日志自称 {name}，内容却不符。", f"The log calls itself {name}, but its content is not that of one."
    )
