"""An EVM inside this program that answers what tests ask of a node: no socket, no blocks on disk, no waiting.

It holds one state and its undo journal. `snapshot` marks the state and the time, `revert` goes back to a mark; marks
nest, and going back to one forgets those made after it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, cast

import pyrevm
from eth_utils.crypto import keccak

from huizhen.chain.client import Node, Receipt
from huizhen.chain.signer import SoftwareKey
from huizhen.domain.chain_ids import Address, Hash32
from huizhen.errors import CallReverted, FatalNodeError

CHAIN_ID = 31337  # as anvil says
START = 1_790_000_000
GAS = 12_000_000
LARGEST = 2**17  # bytes: tests/unit/test_contract_size.py holds what ships to less, mutants are not optimised
KEYS = tuple(SoftwareKey.from_seed("account", number) for number in range(20))
ACCOUNTS = tuple(key.address.lower() for key in KEYS)

_OUTPUT = re.compile(r"output: 0x([0-9a-f]*)")


@dataclass(frozen=True, slots=True)
class Mark:
    """A state to go back to."""

    checkpoint: Any
    time: int
    block: int
    receipts: int


@dataclass(frozen=True, slots=True)
class Mined:
    """`answer` is what the transaction returned, `revert` what a refused one did."""

    receipt: Receipt
    logs: list[dict[str, Any]]
    answer: bytes
    revert: bytes


class RevmNode(Node):
    """`time` and `block` are those of the newest block; each transaction stands in a block of its own."""

    def __init__(self, start: int = START) -> None:
        self.urls = ()
        self.time, self.block = start, 0
        self._mined: list[Mined] = []
        self._named_marks: list[Mark] = []
        configuration = pyrevm.CfgEnv(chain_id=CHAIN_ID, limit_contract_code_size=LARGEST)
        self._evm = pyrevm.EVM(env=pyrevm.Env(cfg=configuration), spec_id="CANCUN")
        for account in ACCOUNTS:
            self._evm.set_balance(account, 10**24)
        self._set_block()

    # Time and marks

    def mine(self, at: int | None = None) -> None:
        """The next block begins: a second after the newest one, or at second `at`, which must lie ahead."""
        if at is not None and at <= self.time:
            raise ValueError(f"Second {at} is not after {self.time}, the newest block's.")
        self.time = self.time + 1 if at is None else at
        self.block += 1
        self._set_block()

    def snapshot(self) -> Mark:
        return Mark(self._evm.snapshot(), self.time, self.block, len(self._mined))

    def revert(self, mark: Mark) -> None:
        self._evm.revert(mark.checkpoint)
        self.time, self.block = mark.time, mark.block
        del self._mined[mark.receipts :]
        self._set_block()

    def _set_block(self) -> None:
        self._evm.set_block_env(pyrevm.BlockEnv(number=self.block, timestamp=self.time))

    # Transactions in the newest block

    def execute(self, sender: str, to: str, calldata: bytes, gas: int = GAS) -> Mined:
        return self._execute(lambda: (None, self._evm.message_call(sender, to, calldata, gas=gas)))

    def create(self, sender: str, code: bytes) -> Mined:
        """`receipt.contract` is where it stands."""
        return self._execute(lambda: (self._evm.deploy(sender, code, gas=GAS), b""))

    def _execute(self, run: Callable[[], tuple[str | None, bytes]]) -> Mined:
        self._evm.reset_transient_storage()
        created, answer, revert, succeeded = None, b"", b"", True
        try:
            created, answer = run()
        except RuntimeError as error:
            revert, succeeded = _revert(error), False
        result = self._evm.result
        assert result is not None
        place = len(self._mined) + 1
        receipt = Receipt(
            Hash32(f"0x{place:064x}"),
            self.block,
            _block_hash(self.block),
            succeeded,
            result.gas_used,
            0,
            Address(created) if created else None,
        )
        logs = [_log(log) for log in result.logs] if succeeded else []
        self._mined.append(Mined(receipt, logs, answer, revert))
        return self._mined[-1]

    def mined(self, receipt: Receipt) -> Mined:
        return self._of(receipt.tx_hash)

    # What tests ask of a node

    def call_many(self, calls: Sequence[tuple[str, bytes]], block: int | str = "latest") -> list[bytes]:
        """Answers of calls whose effects are forgotten. Raises CallReverted; there are no older states to ask."""
        if block != "latest":
            raise _missing(f"eth_call at {block}")
        return [self._ask(address, calldata) for address, calldata in calls]

    def _ask(self, address: str, calldata: bytes) -> bytes:
        checkpoint = self._evm.snapshot()
        try:
            answer: bytes = self._evm.message_call(ACCOUNTS[0], address, calldata, gas=GAS)
        except RuntimeError as error:
            raise CallReverted(
                "合约拒绝了调用。", "The contract refuses the call.", _revert(error)
            ) from error
        finally:
            self._evm.revert(checkpoint)
        return answer

    def call(self, method: str, *parameters: object) -> Any:
        """The few methods that tests name. Raises FatalNodeError for all others."""
        match method:
            case "eth_chainId":
                return hex(CHAIN_ID)
            case "eth_accounts":
                return list(ACCOUNTS)
            case "eth_getTransactionReceipt":
                return self._receipt(str(parameters[0]))
            case "eth_getBlockByNumber":
                return self._head(parameters[0])
            case "eth_getCode":
                return "0x" + self.code(str(parameters[0])).hex()
            case "eth_getLogs":
                return self._logs(cast(dict[str, Any], parameters[0]))
            case "anvil_setCode":
                return self._set_code(str(parameters[0]), bytes.fromhex(str(parameters[1])[2:]))
            case "eth_sendTransactionSync":
                return self._send(cast(dict[str, str], parameters[0]))
            case "evm_mine":
                self.mine()
                return hex(self.block)
            case "evm_snapshot":
                self._named_marks.append(self.snapshot())
                return hex(len(self._named_marks) - 1)
            case "evm_revert":
                return self.revert(self._named_marks[int(str(parameters[0]), 16)])
        raise _missing(method)

    def call_all(
        self,
        requests: Sequence[tuple[str, Sequence[object]]],
        at_once: int = 0,  # noqa: ARG002 (there are no round trips)
    ) -> list[Any]:
        return [self.call(method, *parameters) for method, parameters in requests]

    def code(self, address: str) -> bytes:
        return bytes(self._evm.get_code(address) or b"")

    def balance(self, address: str) -> int:
        balance: int = self._evm.get_balance(address)
        return balance

    def asked_about(self) -> list[int]:
        """Each address that anything has ever looked at, though it was undone."""
        return [int(address, 16) for address in self._evm.db_accounts]

    def close(self) -> None:
        """Nothing is open."""

    def _of(self, tx_hash: str) -> Mined:
        return self._mined[int(tx_hash, 16) - 1]

    def _send(self, transaction: dict[str, str]) -> dict[str, Any]:
        self.mine()
        calldata, gas = bytes.fromhex(transaction["data"][2:]), int(transaction["gas"], 16)
        return self._receipt(
            self.execute(transaction["from"], transaction["to"], calldata, gas).receipt.tx_hash
        )

    def _set_code(self, address: str, code: bytes) -> None:
        """No mark undoes it."""
        self._evm.insert_account_info(address, pyrevm.AccountInfo(nonce=1, code=code))

    def _receipt(self, tx_hash: str) -> dict[str, Any]:
        mined = self._of(tx_hash)
        return {
            "transactionHash": tx_hash,
            "blockNumber": hex(mined.receipt.block_number),
            "blockHash": mined.receipt.block_hash,
            "status": hex(mined.receipt.succeeded),
            "gasUsed": hex(mined.receipt.gas_used),
            "contractAddress": mined.receipt.contract,
            "logs": mined.logs,
        }

    def _logs(self, asked: dict[str, Any]) -> list[dict[str, Any]]:
        first, last = int(asked["fromBlock"], 16), int(asked["toBlock"], 16)
        addresses = {address.lower() for address in asked["address"]}
        within = [mined for mined in self._mined if first <= mined.receipt.block_number <= last]
        return [log for mined in within for log in mined.logs if log["address"] in addresses]

    def _head(self, asked: object) -> dict[str, Any]:
        if asked not in ("latest", hex(self.block)):
            raise _missing(f"eth_getBlockByNumber({asked})")
        return {
            "number": hex(self.block),
            "hash": _block_hash(self.block),
            "parentHash": _block_hash(self.block - 1),
            "timestamp": hex(self.time),
            "transactions": [],
        }


def _revert(error: RuntimeError) -> bytes:
    """pyrevm tells what a contract returned in the words of its exception; running out of gas returns nothing."""
    found = _OUTPUT.search(str(error))
    return bytes.fromhex(found[1]) if found else b""


def _block_hash(number: int) -> Hash32:
    return Hash32("0x" + keccak(text=f"block {number}").hex())


def _log(log: Any) -> dict[str, Any]:
    topics, plain = log.data
    return {
        "address": log.address.lower(),
        "topics": ["0x" + bytes(topic).hex() for topic in topics],
        "data": "0x" + bytes(plain).hex(),
    }


def _missing(method: str) -> FatalNodeError:
    return FatalNodeError(
        f"进程内的 EVM 不提供 {method}：该测试请在 anvil 上运行。",
        f"The EVM inside this program does not offer {method}: run this test on anvil.",
    )
