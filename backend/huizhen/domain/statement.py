"""What a person signs: a named act on a contract with its values, and who has to sign it, in order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from huizhen.domain.ids import PartyId


@dataclass(frozen=True, slots=True)
class Statement:
    """One call of a contract's signed function.

    `values` are the function's arguments by name, without signatures; bytes as bytes, amounts in fen, structs as
    mappings. `signers` are the parties that sign, in the contract's order; empty where the signer is no party yet
    (applyAs) or never one (a patient's one-time key).
    """

    contract: str
    function: str
    values: Mapping[str, object]
    signers: tuple[PartyId, ...] = ()


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature of one of a party's signers; `index` is the signer's place in the registry."""

    index: int
    value: bytes


def pack_signatures(signatures: Sequence[Signature]) -> bytes:
    """Index (1 byte), length (2 bytes, big endian), signature, for each in order."""
    return b"".join(bytes([s.index]) + len(s.value).to_bytes(2, "big") + s.value for s in signatures)
