"""Headers as their hash sees them: an RLP list in the order below.

Later rules of Ethereum only append fields (up to Prague: EIP-1559, 4895, 4844, 4788, 7685). A consortium chain that
seals blocks by QBFT keeps round and seals in the extra field and leaves them out of the hash.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import rlp
from eth_utils.crypto import keccak
from rlp.exceptions import RLPException

from huizhen.chain.inclusion.trie import decoded
from huizhen.errors import ProofBroken

# Kinds: the number of bytes of a fixed field, 0 for a number, None for any bytes.
_LONDON: tuple[tuple[str, int | None], ...] = (
    ("parentHash", 32),
    ("sha3Uncles", 32),
    ("miner", 20),
    ("stateRoot", 32),
    ("transactionsRoot", 32),
    ("receiptsRoot", 32),
    ("logsBloom", 256),
    ("difficulty", 0),
    ("number", 0),
    ("gasLimit", 0),
    ("gasUsed", 0),
    ("timestamp", 0),
    ("extraData", None),
    ("mixHash", 32),
    ("nonce", 8),
)
_LATER: tuple[tuple[str, int | None], ...] = (
    ("baseFeePerGas", 0),
    ("withdrawalsRoot", 32),
    ("blobGasUsed", 0),
    ("excessBlobGas", 0),
    ("parentBeaconBlockRoot", 32),
    ("requestsHash", 32),
)
FIELDS = _LONDON + _LATER
_EXTRA = [name for name, _ in FIELDS].index("extraData")
_QBFT_PARTS = 5

HeaderFields = dict[str, str | int]


def preimage(block: Mapping[str, Any]) -> bytes:
    """The RLP whose hash is the block's, from a node's answer to eth_getBlockByHash.

    Raises ProofBroken where the fields of the answer do not hash to what it calls its hash.
    """
    parts = [_part(block[name], kind) for name, kind in FIELDS if block.get(name) is not None]
    claimed = bytes.fromhex(block["hash"][2:])
    for candidate in (parts, _without_seals(parts)):
        if candidate is not None and keccak(rlp.encode(candidate)) == claimed:
            encoded: bytes = rlp.encode(candidate)
            return encoded
    raise ProofBroken(
        f"节点给出的区块头与其哈希 {block['hash']} 不符：该节点不可信，或其链的区块头规则未知。",
        f"The header that the node gives does not hash to {block['hash']}: the node lies, or its chain makes headers "
        "by rules that this version does not know.",
    )


def fields_of(header: bytes) -> HeaderFields:
    """Numbers as integers, everything else as hex text. Raises ProofBroken for what is no header."""
    parts = decoded(header)
    if not isinstance(parts, list) or not len(_LONDON) <= len(parts) <= len(FIELDS):
        raise _no_header()
    fields: HeaderFields = {}
    for (name, kind), part in zip(FIELDS, parts, strict=False):
        if not isinstance(part, bytes) or (kind and len(part) != kind) or (kind == 0 and part[:1] == b"\x00"):
            raise _no_header()
        fields[name] = int.from_bytes(part, "big") if kind == 0 else "0x" + part.hex()
    return fields


def _part(value: str, kind: int | None) -> bytes:
    if kind == 0:
        number = int(value, 16)
        return number.to_bytes((number.bit_length() + 7) // 8, "big")
    return bytes.fromhex(value[2:])


def _without_seals(parts: list[bytes]) -> list[bytes] | None:
    """The same header with round 0 and no commit seals in its extra field, where QBFT has written that."""
    try:
        extra = rlp.decode(parts[_EXTRA])
    except RLPException:
        return None
    if isinstance(extra, bytes) or len(extra) != _QBFT_PARTS:
        return None
    bare = rlp.encode([*extra[:3], b"", []])
    return [*parts[:_EXTRA], bare, *parts[_EXTRA + 1 :]]


def _no_header() -> ProofBroken:
    return ProofBroken(
        "区块头无法读取：字段的数目或长度不对。",
        "The header cannot be read: it has fields of another number or length.",
    )
