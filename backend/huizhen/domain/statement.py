"""What a person signs: a named act on a contract with its values, and who has to sign it, in order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from huizhen.domain.ids import PartyId


@dataclass(frozen=True, slots=True)
class Statement:
    """One call of a contract's signed function.

    `values` are the function's arguments by name, without signatures; bytes as bytes, amounts in fen, structs as
    mappings. `signers` are the parties that sign, in the contract's order; empty where the signer is no party yet
    (applyAs) or never one (a patient's one-time key). Where the statement gives a party a new key, `values` also
    hold its `possession`: what that key makes of the same digest, so it comes after the rest.
    """

    contract: str
    function: str
    values: Mapping[str, object]
    signers: tuple[PartyId, ...] = ()

    def with_possession(self, signature: bytes) -> Statement:
        """With the plain signature of the new key, the one in `values["signer"]`."""
        return replace(self, values={**self.values, "possession": signature})


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature of one of a party's signers; `index` is the signer's place in the registry."""

    index: int
    value: bytes


def pack_signatures(signatures: Sequence[Signature]) -> bytes:
    """Index (1 byte), length (2 bytes, big endian), signature, for each in order."""
    return b"".join(bytes([s.index]) + len(s.value).to_bytes(2, "big") + s.value for s in signatures)


def to_json(value: object) -> object:
    """Values as JSON: bytes become {"hex": ...}, so that reading gives back what was written."""
    if isinstance(value, bytes):
        return {"hex": value.hex()}
    if isinstance(value, Mapping):
        return {key: to_json(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [to_json(item) for item in value]
    return value


def wallet_form(value: object) -> object:
    """Typed data as wallets and `huizhen show` read it in JSON: bytes as 0x hex."""
    if isinstance(value, bytes):
        return f"0x{value.hex()}"
    if isinstance(value, Mapping):
        return {key: wallet_form(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [wallet_form(item) for item in value]
    return value


def from_json(value: object) -> object:
    if isinstance(value, Mapping):
        if value.keys() == {"hex"}:
            return bytes.fromhex(str(value["hex"]))
        return {key: from_json(item) for key, item in value.items()}
    if isinstance(value, list):
        return [from_json(item) for item in value]
    return value
