"""Two more EVMs that do again what pyrevm did: anvil, a node in its own process, and py-evm, in plain Python.

anvil shares its core with pyrevm but adds transactions, blocks and receipts; py-evm shares nothing with either.
"""

from __future__ import annotations

from typing import Any

from eth.constants import BLANK_ROOT_HASH
from eth.db.atomic import AtomicDB
from eth.vm.chain_context import ChainContext
from eth.vm.forks.cancun import CancunVM
from eth.vm.forks.cancun.blocks import CancunBlockHeader
from eth.vm.spoof import SpoofTransaction
from eth_typing import Address, BlockNumber
from eth_utils.address import to_canonical_address, to_checksum_address

from huizhen.chain.client import Node
from tests.model.engines import CHAIN_ID, DEPLOYER, GAS, RELAY, Outcome
from tests.model.wire import RawLog


class Anvil:
    """A fresh anvil whose genesis lies before the first call. Blocks may have the same second, as pyrevm's do."""

    def __init__(self, node: Node) -> None:
        self._node, self._last = node, 0
        node.call("anvil_setBlockTimestampInterval", 0)

    def create(self, code: bytes, at: int) -> str:
        return to_checksum_address(self._mine({"from": DEPLOYER, "data": _hex(code)}, at)["contractAddress"])

    def execute(self, sender: str, to: str, calldata: bytes, at: int) -> Outcome:
        mined = self._mine({"from": sender, "to": to, "data": _hex(calldata)}, at)
        if mined["status"] == "0x1":
            return Outcome(True, None, tuple(map(_of_node, mined["logs"])))
        trace = self._node.call("debug_traceTransaction", mined["transactionHash"], {"tracer": "callTracer"})
        return Outcome(False, bytes.fromhex(trace.get("output", "0x")[2:]), ())

    def view(self, to: str, calldata: bytes) -> bytes:
        (answer,) = self._node.call_many([(to, calldata)])
        return answer

    def _mine(self, transaction: dict[str, str], at: int) -> Any:
        if at != self._last:
            self._node.call("evm_setNextBlockTimestamp", at)
            self._last = at
        return self._node.call("eth_sendTransactionSync", {**transaction, "gas": hex(GAS)})


class PyEvm:
    """The state machine of py-evm under the rules of cancun, without blocks."""

    def __init__(self) -> None:
        self._database = AtomicDB()
        self._root = BLANK_ROOT_HASH
        self._state = self._at(1)
        self._nonces: dict[str, int] = {}
        for account in (DEPLOYER, RELAY):
            self._state.set_balance(to_canonical_address(account), 10**24)

    def create(self, code: bytes, at: int) -> str:
        computation = self._apply(DEPLOYER, b"", code, at)
        assert computation.is_success, computation.error
        return to_checksum_address(computation.msg.storage_address)

    def execute(self, sender: str, to: str, calldata: bytes, at: int) -> Outcome:
        computation = self._apply(sender, to_canonical_address(to), calldata, at)
        if computation.is_error:
            return Outcome(False, computation.output, ())
        logs = tuple(
            (to_checksum_address(address), tuple(topic.to_bytes(32, "big") for topic in topics), content)
            for address, topics, content in computation.get_log_entries()
        )
        return Outcome(True, computation.output, logs)

    def view(self, to: str, calldata: bytes) -> bytes:
        before = self._state.snapshot()
        computation = self._run(RELAY, to_canonical_address(to), calldata)
        self._state.revert(before)
        assert computation.is_success, computation.error
        return bytes(computation.output)

    def _at(self, second: int) -> Any:
        header = CancunBlockHeader(
            difficulty=0, block_number=BlockNumber(1), gas_limit=10**9, timestamp=second
        )
        context = CancunVM.create_execution_context(header, (), ChainContext(CHAIN_ID))
        return CancunVM.get_state_class()(self._database, context, self._root)

    def _apply(self, sender: str, to: bytes, content: bytes, at: int) -> Any:
        self._state.persist()
        self._root = self._state.make_state_root()
        self._state = self._at(at)
        self._state.lock_changes()
        return self._run(sender, to, content)

    def _run(self, sender: str, to: bytes, content: bytes) -> Any:
        caller = to_canonical_address(sender)
        transaction = CancunVM.get_transaction_builder().create_unsigned_transaction(
            nonce=self._state.get_nonce(caller), gas_price=0, gas=GAS, to=Address(to), value=0, data=content
        )
        return self._state.apply_transaction(SpoofTransaction(transaction, from_=caller))


def _of_node(log: dict[str, Any]) -> RawLog:
    topics = tuple(bytes.fromhex(topic[2:]) for topic in log["topics"])
    return to_checksum_address(log["address"]), topics, bytes.fromhex(log["data"][2:])


def _hex(value: bytes) -> str:
    return "0x" + value.hex()
