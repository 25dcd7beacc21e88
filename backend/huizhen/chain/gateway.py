"""The contracts of one deployment as the use cases see them (services.ports.ChainGateway)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from huizhen.chain.calls import decode_answer, encode_call
from huizhen.chain.client import Node, Receipt
from huizhen.chain.finality import final_number
from huizhen.chain.sender import fee_cap, transaction
from huizhen.chain.signer import SoftwareKey
from huizhen.chain.statements import Statements
from huizhen.domain.chain_ids import Address, Hash32, hex32
from huizhen.domain.ids import PartyId
from huizhen.domain.signed_transaction import SignedTransaction
from huizhen.domain.statement import Signature, Statement
from huizhen.errors import CallReverted, ChainRefusal, FatalNodeError

# The last one: its pool has another transaction of ours with this nonce, which pays enough.
ALREADY_KNOWN = (
    "already known",
    "already imported",
    "nonce too low",
    "already in mempool",
    "replacement transaction underpriced",
)


@dataclass(frozen=True, slots=True)
class Gateway:
    """`refusal_of` turns what a contract reverted with into a sentence; `relay_key` pays for gas and signs nothing
    else. For `confirmations` see chain.finality.
    """

    node: Node
    statements: Statements
    relay_key: SoftwareKey
    confirmations: int | None
    refusal_of: Callable[[bytes], ChainRefusal]

    def digest(self, statement: Statement) -> bytes:
        return self.statements.digest(statement)

    def typed_data(self, statement: Statement) -> dict[str, object]:
        return self.statements.typed_data(statement)

    def calldata(self, statement: Statement, signatures: Sequence[Signature]) -> bytes:
        return self.statements.calldata(statement, signatures)

    def signers_of(self, terms: bytes) -> tuple[PartyId, ...]:
        call = encode_call("signersOf(bytes)", terms)
        try:
            (answer,) = self.node.call_many([(self.address("Consultations"), call)])
        except CallReverted as reverted:
            raise self.refusal_of(reverted.revert) from reverted
        return tuple(PartyId(party) for party in decode_answer(["uint32[]"], answer)[0])

    def dry_run(self, contract: str, calldata: bytes) -> int:
        try:
            return self.node.estimate(self.relay_key.address, self.address(contract), calldata)
        except CallReverted as reverted:
            raise self.refusal_of(reverted.revert) from reverted

    def sign_transaction(
        self, contract: str, calldata: bytes, gas: int, nonce: int, fee: int, raised: int = 0
    ) -> SignedTransaction:
        to = self.address(contract)
        fields = transaction(self.statements.chain_id, to, calldata, gas, nonce, fee, raised)
        raw, tx_hash = self.relay_key.sign_transaction(fields)
        return SignedTransaction(raw, hex32(tx_hash), nonce, fee, gas)

    def fee(self) -> int:
        return fee_cap(self.node)

    def nonce(self) -> int:
        return self.node.nonce(self.relay_key.address)

    def broadcast(self, raw: bytes) -> None:
        try:
            self.node.send_raw(raw)
        except FatalNodeError as error:
            # The node has it already, or has mined it: both are what we want.
            if not any(words in error.sentence.en.lower() for words in ALREADY_KNOWN):
                raise

    def receipt(self, tx_hash: Hash32) -> Receipt | None:
        return self.node.receipt(tx_hash)

    def head(self) -> int:
        return self.node.head().number

    def final(self) -> int:
        return final_number(self.node, self.head(), self.confirmations)

    def address(self, contract: str) -> Address:
        return Address(self.statements.addresses[contract])
