"""Transactions of one key, sent and waited for: what deploys and what simulates. People's go through the relay."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from huizhen.chain.client import Node, Receipt
from huizhen.chain.signer import SoftwareKey
from huizhen.domain.chain_ids import Hash32
from huizhen.errors import NodeError

CREATION_GAS = 12_000_000
GAS_MARGIN = (6, 5)
TIP = 10**9


@dataclass(slots=True)
class Sender:
    """Counts its nonces itself; nobody else may use the key at the same time. `patience` is seconds for a receipt."""

    node: Node
    key: SoftwareKey
    chain_id: int
    patience: float = 30.0
    _nonce: int | None = field(default=None, init=False)

    @property
    def address(self) -> str:
        return self.key.address

    def create(self, creation_code: bytes) -> Receipt:
        return self._wait(self._send(None, creation_code, CREATION_GAS))

    def send(self, to: str, calldata: bytes, gas: int | None = None) -> Receipt:
        """Raises CallReverted where the contract refuses (unless `gas` is given: then the receipt says so)."""
        if gas is None:
            gas = self.node.estimate(self.address, to, calldata) * GAS_MARGIN[0] // GAS_MARGIN[1]
        return self._wait(self._send(to, calldata, gas))

    def _send(self, to: str | None, calldata: bytes, gas: int) -> Hash32:
        if self._nonce is None:
            self._nonce = self.node.nonce(self.address)
        raw, _ = self.key.sign_transaction(
            transaction(self.chain_id, to, calldata, gas, self._nonce, fee_cap(self.node))
        )
        sent = self.node.send_raw(raw)
        self._nonce += 1
        return sent

    def _wait(self, tx_hash: Hash32) -> Receipt:
        until = time.monotonic() + self.patience
        while time.monotonic() < until:
            receipt = self.node.receipt(tx_hash)
            if receipt is not None:
                return receipt
            time.sleep(0.002)
        raise NodeError(
            f"交易 {tx_hash} 一直没有出块，请检查节点。",
            f"Transaction {tx_hash} was not mined in time; check the node.",
        )


def fee_cap(node: Node) -> int:
    """Twice the base fee: good for six full blocks in a row, of which nothing is paid that is not needed."""
    fees = node.fees()
    return 2 * fees.base_fee + fees.tip


def transaction(
    chain_id: int, to: str | None, calldata: bytes, gas: int, nonce: int, fee: int, raised: int = 0
) -> dict[str, object]:
    """`raised` counts what it replaces: nodes want a tenth more of the tip each time, not of the cap alone."""
    fields: dict[str, object] = {
        "type": 2,
        "chainId": chain_id,
        "nonce": nonce,
        "gas": gas,
        "maxFeePerGas": fee,
        "maxPriorityFeePerGas": min(fee, TIP * 9**raised // 8**raised + raised),
        "value": 0,
        "data": calldata,
    }
    return fields | ({"to": to} if to else {})
