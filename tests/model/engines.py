"""An EVM in this program: a call at a second, and exactly what came back. other_engines.py has two more."""

from __future__ import annotations

import re
from typing import Any, NamedTuple, Protocol

import pyrevm
from eth_utils.address import to_checksum_address

from tests.model.wire import RawLog

CHAIN_ID = 31337
GAS = 12_000_000
# anvil's own first accounts: the deployer, whoever relays, and a second contract that may book.
DEPLOYER = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"
RELAY = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8"
BOOKER = "0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC"

_OUTPUT = re.compile(r"output: 0x([0-9a-f]*)")


class Outcome(NamedTuple):
    """`output` is what the call returned or reverted with; a transaction of a node does not say what it returned."""

    succeeded: bool
    output: bytes | None
    logs: tuple[RawLog, ...]


class Engine(Protocol):
    def create(self, code: bytes, at: int) -> str:
        """From the deployer; answers the address."""

    def execute(self, sender: str, to: str, calldata: bytes, at: int) -> Outcome:
        """In a block of its own at this second, which is not before the last one."""

    def view(self, to: str, calldata: bytes) -> bytes: ...


class Undoing(Engine, Protocol):
    """Also undoes: `mark` remembers the state, `back` returns to it."""

    def mark(self) -> None: ...

    def back(self) -> None: ...


class Revm:
    """revm in this program: some ten thousand calls a second."""

    def __init__(self) -> None:
        environment = pyrevm.Env(cfg=pyrevm.CfgEnv(chain_id=CHAIN_ID))
        self._evm = pyrevm.EVM(env=environment, spec_id="CANCUN")
        self._number = 0
        self._mark: Any = None

    def create(self, code: bytes, at: int) -> str:
        self._block(at)
        return to_checksum_address(self._evm.deploy(DEPLOYER, code, gas=GAS))

    def execute(self, sender: str, to: str, calldata: bytes, at: int) -> Outcome:
        self._block(at)
        self._evm.reset_transient_storage()
        try:
            output = self._evm.message_call(sender, to, calldata, gas=GAS)
        except RuntimeError as error:
            return Outcome(False, _revert(error), ())
        return Outcome(True, bytes(output), tuple(map(_raw, self._logs())))

    def _logs(self) -> list[Any]:
        result = self._evm.result
        return [] if result is None else list(result.logs)

    def view(self, to: str, calldata: bytes) -> bytes:
        return bytes(self._evm.message_call(RELAY, to, calldata, is_static=True))

    def mark(self) -> None:
        self._mark = self._evm.snapshot()

    def back(self) -> None:
        self._evm.revert(self._mark)
        self.mark()

    def _block(self, at: int) -> None:
        self._number += 1
        self._evm.set_block_env(pyrevm.BlockEnv(number=self._number, timestamp=at))


def _revert(error: RuntimeError) -> bytes:
    """What a refused call returned. A call that halts for want of gas, say, is no refusal."""
    found = _OUTPUT.search(str(error))
    if found is None:
        raise error
    return bytes.fromhex(found[1])


def _raw(log: Any) -> RawLog:
    topics, content = log.data
    return log.address, tuple(map(bytes, topics)), bytes(content)
