"""AnvilChain without anvil: the same acts on an EVM inside this program, some hundred times as fast."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from eth_utils.address import to_checksum_address

from huizhen.chain.artifacts import AbiEntry, Artifacts
from huizhen.chain.client import Receipt
from tests.support.anvil_chain import AnvilChain, selector_of
from tests.support.revm_node import GAS, Mark, Mined, RevmNode


@dataclass(slots=True)
class RevmChain(AnvilChain):
    """`snapshot` and `revert` as RevmNode has them."""

    node: RevmNode = field(default_factory=RevmNode)
    artifacts: Artifacts = field(default_factory=Artifacts)

    def send(
        self, to: str, calldata: bytes, *, at: int | None = None, sender: str | None = None, gas: int = GAS
    ) -> Receipt:
        self.node.mine(at)
        return self._accepted(self.node.execute(sender or self.relay, to, calldata, gas))

    def send_together(self, calls: Sequence[tuple[str, bytes]]) -> None:
        self.node.mine()
        for mined in [self.node.execute(self.relay, to, calldata) for to, calldata in calls]:
            self._accepted(mined)

    def deploy(self, artifact: str, arguments: bytes = b"", *, sender: str | None = None) -> str:
        """Puts an artefact of build/contracts on the chain; `arguments` are encoded. Raises Refused."""
        code = bytes.fromhex(self.artifacts.artifact(artifact)["bytecode"][2:])
        self.node.mine()
        made = self._accepted(self.node.create(sender or self.relay, code + arguments)).contract
        assert made is not None
        return to_checksum_address(made)

    def learn(self, error: AbiEntry) -> None:
        """A refusal that is not one of our contracts' own."""
        self._errors.setdefault(selector_of(error), error)

    def now(self) -> int:
        return self.node.time

    def move_to(self, time: int) -> None:
        self.node.mine(time)

    def snapshot(self) -> Mark:
        return self.node.snapshot()

    def revert(self, mark: Mark) -> None:
        self.node.revert(mark)

    def _accepted(self, mined: Mined) -> Receipt:
        if not mined.receipt.succeeded:
            raise self.refusal(mined.revert)
        return mined.receipt
