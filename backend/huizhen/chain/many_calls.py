"""Thousands of views in one eth_call: a few dozen bytes of EVM code, lent to an address by a state override.

Calldata is one record after another: address (20 bytes), length (2), calldata. The answer is for each record a word,
(1 if it returned, 0 if it reverted) << 32 | length, and then what came back.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from huizhen.chain.client import Node
from huizhen.errors import CallReverted, FatalNodeError, RangeTooLarge

Call = tuple[str, bytes]

AT_ONCE = 800
"""Views of ours cost 3,000 to 20,000 gas; nodes give one eth_call 30 million and more."""

_PLACE = "0x" + "7265616465720000" * 2 + "00000001"
_WORD = 32
_HEADER = 22

# Stack, bottom first: o (end of the answer in memory), p (place in calldata).
_READER = bytes.fromhex(
    "6000"
    "6000"  # o = p = 0
    "5b"  # loop, at 4
    "80"
    "36"
    "11"
    "15"
    "604e"
    "57"  # unless calldatasize > p: end, at 78
    "80"
    "35"
    "80"
    "6050"
    "1c"
    "61ffff"
    "16"  # w = calldata[p], length
    "90"
    "6060"
    "1c"  # address
    "81"
    "83"
    "6016"
    "01"
    "85"
    "6020"
    "01"
    "37"  # its calldata to memory at o + 32
    "6000"
    "6000"
    "83"
    "86"
    "6020"
    "01"
    "84"
    "5a"
    "fa"  # staticcall, nothing copied yet
    "6020"
    "1b"
    "3d"
    "17"
    "84"
    "52"  # memory[o] = success << 32 | returned length
    "50"
    "01"
    "6016"
    "01"  # p += 22 + length
    "3d"
    "6000"
    "83"
    "6020"
    "01"
    "3e"  # what was returned to memory at o + 32
    "90"
    "3d"
    "01"
    "6020"
    "01"
    "90"  # o += 32 + returned length
    "6004"
    "56"
    "5b"
    "50"
    "6000"
    "f3"  # end: return memory[0:o]
)


def call_together(node: Node, calls: Sequence[Call], block: int | str) -> list[bytes]:
    """What the views return, in order. Raises CallReverted where one of them reverts, FatalNodeError where the node
    knows no state overrides.
    """
    if not calls:
        return []
    records = b"".join(
        bytes.fromhex(address[2:]) + len(calldata).to_bytes(2, "big") + calldata
        for address, calldata in calls
    )
    request = {"to": _PLACE, "data": "0x" + records.hex()}
    tag = hex(block) if isinstance(block, int) else block
    try:
        answer = node.call("eth_call", request, tag, {_PLACE: {"code": "0x" + _READER.hex()}})
    except (CallReverted, RangeTooLarge, FatalNodeError):
        # Too much gas, too large an answer, or no such parameter; halves tell which.
        if len(calls) == 1:
            raise
        half = len(calls) // 2
        return call_together(node, calls[:half], block) + call_together(node, calls[half:], block)
    answers = list(_answers(bytes.fromhex(answer[2:])))
    if len(answers) != len(calls):
        raise FatalNodeError(
            "节点不支持 eth_call 的状态覆盖。", "The node does not know state overrides of eth_call."
        )
    return answers


def _answers(raw: bytes) -> Iterator[bytes]:
    place = 0
    while place < len(raw):
        word = int.from_bytes(raw[place : place + _WORD], "big")
        returned, length = word >> 32, word & 0xFFFFFFFF
        place += _WORD
        if not returned:
            raise CallReverted(
                "合约拒绝了调用。", "The contract refuses the call.", raw[place : place + length]
            )
        yield raw[place : place + length]
        place += length
