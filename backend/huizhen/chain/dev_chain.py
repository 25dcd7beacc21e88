"""What only a development chain can do: mine at will, move its time, turn back. For the demo and for tests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from huizhen.chain.client import Header, Node
from huizhen.errors import ConfigurationError

CHAIN_ID = 31337


@dataclass(frozen=True, slots=True)
class DevChain:
    """Raises ConfigurationError on any other chain: real time cannot be moved."""

    node: Node

    def __post_init__(self) -> None:
        if self.node.chain_id() != CHAIN_ID:
            raise ConfigurationError(
                "只有本机开发链可以调整时间，当前连接的是其他链。",
                "Only the local development chain can be moved in time, and this is another chain.",
            )

    def mine(self, blocks: int = 1) -> Header:
        self.node.call("anvil_mine", hex(blocks))
        return self.node.head()

    def set_next_time(self, unix: int) -> None:
        """The next block has this timestamp."""
        self.node.call("evm_setNextBlockTimestamp", unix)

    def advance(self, seconds: int) -> Header:
        """Moves the chain's clock forward for good and mines a block there."""
        self.node.call("evm_increaseTime", seconds)
        return self.mine()

    def advance_to(self, unix: int) -> Header:
        """Mines a block at this second; a moment that has passed leaves the chain as it is."""
        head = self.node.head()
        if unix <= head.time:
            return head
        self.node.call("evm_setTime", unix)
        self.set_next_time(unix)
        return self.mine()

    def automine(self, enabled: bool) -> None:
        self.node.call("evm_setAutomine", enabled)

    def reorganise(
        self, depth: int, replacements: Sequence[tuple[Mapping[str, object] | str, int]] = ()
    ) -> None:
        """Replaces the last blocks by others of the same number.

        Each replacement is a transaction (raw hex or a request) and the place of its block, 0 the lowest.
        """
        self.node.call("anvil_reorg", depth, [list(pair) for pair in replacements])

    def rollback(self, depth: int) -> None:
        """Forgets the last blocks."""
        self.node.call("anvil_rollback", depth)

    def snapshot(self) -> str:
        return str(self.node.call("evm_snapshot"))

    def revert(self, snapshot: str) -> None:
        self.node.call("evm_revert", snapshot)

    def set_balance(self, address: str, wei: int) -> None:
        self.node.call("anvil_setBalance", address, hex(wei))


@dataclass(frozen=True, slots=True)
class Ticker:
    """Mines blocks where nobody else does: until every transaction is final, and a heartbeat after that."""

    chain: DevChain
    confirmations: int
    heartbeat_seconds: int = 10

    def tick(self) -> bool:
        """Call once a second; answers whether a block was mined."""
        node = self.chain.node
        head = node.head()
        youngest = max(head.number - self.confirmations + 1, 1)
        recent = node.headers(range(youngest, head.number + 1))
        waiting = any(header.transactions for header in recent)
        # The pending block tells the chain's own time, which the demo may have moved.
        stale = node.header("pending").time - head.time >= self.heartbeat_seconds
        if waiting or stale:
            self.chain.mine()
        return waiting or stale
