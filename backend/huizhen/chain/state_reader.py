"""Views of the contracts in bulk, at one block (services.ports.ContractState)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from eth_utils.crypto import keccak

from huizhen.chain.artifacts import Artifacts
from huizhen.chain.client import Header, Node
from huizhen.chain.many_calls import AT_ONCE, Call, call_together
from huizhen.chain.rails import ANY_RAIL, rail_among
from huizhen.chain.views import View
from huizhen.domain.chain_events import PayoutItem
from huizhen.domain.chain_ids import Hash32, hex32
from huizhen.domain.contract_reads import Read
from huizhen.errors import FatalNodeError

_ITEM_TYPE = keccak(text="PayoutItem(uint32 party,uint128 gross,uint128 withheld,bytes32 account)")
_IN_FLIGHT = 3
"""So many requests at once: the node works while answers are decoded."""


@dataclass(slots=True)
class StateReader:
    """`addresses` maps contract names to addresses."""

    node: Node
    artifacts: Artifacts
    addresses: Mapping[str, str]
    _views: dict[tuple[str, str], View] = field(default_factory=dict, init=False, repr=False)
    _together: bool = field(default=True, init=False, repr=False)

    def read_many(self, reads: Sequence[Read], block: int) -> list[Any]:
        views = [self._view(read) for read in reads]
        calls = [
            (self._address(read.contract), view.calldata(read.arguments))
            for read, view in zip(reads, views, strict=True)
        ]
        return [view.answer(raw) for view, raw in zip(views, self._ask(calls, block), strict=True)]

    def stands(self, contract: str) -> bool:
        return contract in self.addresses

    def headers(self, numbers: Sequence[int]) -> list[Header]:
        return self.node.headers(numbers)

    def terms_hash(self, packed: bytes) -> Hash32:
        return hex32(keccak(packed))

    def items_hash(self, items: Sequence[PayoutItem]) -> Hash32:
        """As RevenueLedger keeps it: EIP-712, each item's hash in order."""
        hashes = [
            keccak(
                _ITEM_TYPE
                + b"".join(number.to_bytes(32, "big") for number in (item.party, item.gross, item.withheld))
                + bytes.fromhex(item.account[2:])
            )
            for item in items
        ]
        return hex32(keccak(b"".join(hashes)))

    def _address(self, contract: str) -> str:
        """The rail is asked through its interface, whichever it is."""
        return self.addresses[rail_among(self.addresses) if contract == ANY_RAIL else contract]

    def _view(self, read: Read) -> View:
        key = read.contract, read.function
        if key not in self._views:
            self._views[key] = View.of(self.artifacts.function(*key))
        return self._views[key]

    def _ask(self, calls: Sequence[Call], block: int) -> list[bytes]:
        """Together where the node can, else by ordinary batches, which take several times as long."""
        if len(calls) > 1 and self._together:
            parts = [calls[first : first + AT_ONCE] for first in range(0, len(calls), AT_ONCE)]
            try:
                with ThreadPoolExecutor(_IN_FLIGHT) as pool:
                    answered = pool.map(lambda part: call_together(self.node, part, block), parts)
                    return [answer for part in answered for answer in part]
            except FatalNodeError:
                self._together = False
        return self.node.call_many(calls, block)
