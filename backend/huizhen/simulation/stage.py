"""Where simulated people act: statements signed by all who must, sent at a chosen second of the chain's past."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from huizhen.chain.calls import decode_answer, encode_call
from huizhen.chain.client import Node, Receipt
from huizhen.chain.dev_chain import DevChain
from huizhen.chain.sender import Sender
from huizhen.chain.statements import Statements
from huizhen.domain import acts
from huizhen.domain.ids import PartyId
from huizhen.domain.statement import Signature, Statement
from huizhen.errors import CallReverted, NodeError
from huizhen.simulation.people import Person

# More than the dearest call needs; the unused part is never paid.
GAS = 4_000_000
HOUR = 3600
DAY = 24 * HOUR


class Signing(Protocol):
    """A key of whatever kind."""

    def sign(self, digest: bytes) -> bytes: ...


@dataclass(slots=True)
class Stage:
    """`now` is the simulated second; each act takes the next one. `performed` counts what was sent by function,
    `refused` what was tried in vain.
    """

    node: Node
    chain: DevChain
    sender: Sender
    statements: Statements
    now: int
    performed: Counter[str] = field(default_factory=Counter)
    refused: int = 0
    _people: dict[PartyId, Person] = field(default_factory=dict)

    @property
    def sent(self) -> int:
        return self.performed.total()

    @property
    def deadline(self) -> int:
        return self.now + DAY

    def person(self, party: PartyId) -> Person:
        return self._people[party]

    def at(self, moment: int) -> None:
        """Time never runs backwards; a moment that has passed means now."""
        self.now = max(self.now, moment)

    def apply(self, person: Person, profile: bytes, licence: bytes) -> PartyId:
        """The person becomes a party, not accredited yet."""
        home = PartyId(0)
        statement = acts.apply_as(person.kind, home, profile, licence, person.key.signer, self.deadline)
        signature = Signature(0, person.key.sign(self.statements.digest(statement)))
        person.applied_at = self.now
        self._send(statement, [signature])
        person.id = PartyId(self.read("CredentialRegistry", "partyCount()", (), ("uint32",))[0])
        self._people[person.id] = person
        return person.id

    def know(self, person: Person, party: int) -> None:
        """A party that was there from the beginning."""
        person.id = PartyId(party)
        self._people[person.id] = person

    def perform(self, statement: Statement) -> Receipt:
        """Everybody signs, the call must succeed."""
        return self._send(statement, self._signatures(statement))

    def try_in_vain(self, statement: Statement) -> None:
        """What the contracts must refuse, and do: nothing is sent."""
        calldata = self.statements.calldata(statement, self._signatures(statement))
        to = self.statements.addresses[statement.contract]
        try:
            self.node.estimate(self.sender.address, to, calldata)
        except CallReverted:
            self.refused += 1
            return
        raise NodeError(
            f"{statement.function} 本应被拒绝。", f"{statement.function} should have been refused."
        )

    def perform_with(self, statement: Statement, key: Signing, index: int = 0) -> Receipt:
        """Signed by a key that is no party's, a patient's, or by the party's signer of that index."""
        return self._send(statement, [Signature(index, key.sign(self.statements.digest(statement)))])

    def call(self, contract: str, signature: str, *arguments: object) -> Receipt:
        """What anyone may do without signing anything."""
        name = signature.partition("(")[0]
        return self._transact(name, self.statements.addresses[contract], encode_call(signature, *arguments))

    def signers_of(self, terms: bytes) -> tuple[PartyId, ...]:
        (parties,) = self.read("Consultations", "signersOf(bytes)", (terms,), ("uint32[]",))
        return tuple(PartyId(party) for party in parties)

    def read(
        self, contract: str, signature: str, arguments: Sequence[object], returns: Sequence[str]
    ) -> tuple[Any, ...]:
        return self.read_many(contract, signature, [arguments], returns)[0]

    def read_many(
        self, contract: str, signature: str, calls: Sequence[Sequence[object]], returns: Sequence[str]
    ) -> list[tuple[Any, ...]]:
        to = self.statements.addresses[contract]
        answers = self.node.call_many([(to, encode_call(signature, *call)) for call in calls])
        return [decode_answer(returns, answer) for answer in answers]

    def wait_until(self, moment: int) -> None:
        """Mine an empty block there: reads see the time of the newest block."""
        self.at(moment)
        self.chain.set_next_time(self.now)
        self.chain.mine()
        self.now += 1

    def _signatures(self, statement: Statement) -> list[Signature]:
        if not statement.signers:
            return []
        digest = self.statements.digest(statement)
        return [Signature(0, self._people[party].signing_key.sign(digest)) for party in statement.signers]

    def _send(self, statement: Statement, signatures: Sequence[Signature]) -> Receipt:
        calldata = self.statements.calldata(statement, signatures)
        to = self.statements.addresses[statement.contract]
        return self._transact(statement.function, to, calldata)

    def _transact(self, function: str, to: str, calldata: bytes) -> Receipt:
        self.chain.set_next_time(self.now)
        receipt = self.sender.send(to, calldata, GAS)
        self.now += 1
        if not receipt.succeeded:
            # Ask again in a form that says why.
            self.node.estimate(self.sender.address, to, calldata)
            raise NodeError(f"{function} 执行失败。", f"{function} was mined and failed.")
        self.performed[function] += 1
        return receipt
