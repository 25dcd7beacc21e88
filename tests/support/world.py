"""A small world on a chain: parties that act by signed statements, as people do, and nothing by privilege.

Contract tests, integration tests and benches build what they need from it. Every act goes through
huizhen.domain.acts and huizhen.chain.statements, so the tests judge those as well.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from eth_abi.abi import decode, encode
from eth_utils.abi import collapse_if_tuple
from eth_utils.crypto import keccak

from huizhen.chain.client import Receipt
from huizhen.chain.rails import rail_among
from huizhen.chain.signer import SoftwareKey
from huizhen.chain.statements import SIGNATURES, Statements
from huizhen.domain import acts
from huizhen.domain.ids import PartyId
from huizhen.domain.money import Fen
from huizhen.domain.statement import Signature, Statement
from huizhen.domain.statuses import PartyKind, Power
from tests.support.anvil_chain import AnvilChain, Refused
from tests.support.keys import Key

DAY = 86_400
SPECIALTIES = 0b1110
BEIJING = 110000
AUTHORITY, TAX_AUTHORITY = PartyId(1), PartyId(2)
AUTHORITY_KEY = SoftwareKey.from_seed("world", AUTHORITY)
TAX_KEY = SoftwareKey.from_seed("world", TAX_AUTHORITY)
NOBODY = PartyId(0)


def digest_of(*parts: object) -> bytes:
    """32 bytes that stand for a document, an account or a bank reference in a test."""
    return keccak(text="/".join(str(part) for part in parts))


@dataclass(slots=True)
class World:
    """`addresses` of a fresh deployment whose first two parties are AUTHORITY and TAX_AUTHORITY."""

    chain: AnvilChain
    addresses: Mapping[str, str]
    keys: dict[PartyId, Key] = field(default_factory=dict)
    bank: PartyId = NOBODY
    preparer: PartyId = NOBODY
    approver: PartyId = NOBODY
    platform: PartyId = NOBODY
    statements: Statements = field(init=False)
    _references: count[int] = field(default_factory=lambda: count(1), init=False)

    def __post_init__(self) -> None:
        self.statements = Statements(self.chain.node.chain_id(), self.addresses, self.chain.artifacts)
        self.keys |= {AUTHORITY: AUTHORITY_KEY, TAX_AUTHORITY: TAX_KEY}

    def with_officials(self) -> World:
        """The settlement bank, two payout officers and a platform."""
        self.bank = self.register(PartyKind.OFFICIAL, powers=Power.SETTLEMENT_BANK)
        self.preparer = self.register(PartyKind.OFFICIAL, powers=Power.PAYOUT_PREPARER)
        self.approver = self.register(PartyKind.OFFICIAL, powers=Power.PAYOUT_APPROVER)
        self.platform = self.register(PartyKind.PLATFORM)
        return self

    # Reading and acting

    @property
    def deadline(self) -> int:
        return self.chain.now() + DAY

    @property
    def rail(self) -> str:
        """The name of the rail that stands here."""
        return rail_among(self.addresses)

    def last_second(self, statement: Statement) -> int:
        """When a statement can be sent for the last time."""
        return int(str(statement.values["deadline"]))

    def read(self, contract: str, function: str, *arguments: object) -> Any:
        return self.chain.read(contract, self.addresses[contract], function, *arguments)

    def sign(self, statement: Statement, *signers: PartyId | Key) -> list[Signature]:
        """Signatures of the statement's signers, or of others in their place."""
        digest = self.statements.digest(statement)
        keys = [self.keys[each] if isinstance(each, int) else each for each in signers or statement.signers]
        return [Signature(0, key.sign(digest)) for key in keys]

    def act(self, statement: Statement, *signers: PartyId | Key, at: int | None = None) -> Receipt:
        """Signs and sends; raises Refused."""
        return self.send(statement, self.sign(statement, *signers), at=at)

    def send(self, statement: Statement, signatures: list[Signature], *, at: int | None = None) -> Receipt:
        calldata = self.statements.calldata(statement, signatures)
        return self.chain.send(self.addresses[statement.contract], calldata, at=at)

    def act_together(self, *statements: Statement) -> None:
        """All in one block, in this order; none may be refused."""
        calls = [
            (self.addresses[each.contract], self.statements.calldata(each, self.sign(each)))
            for each in statements
        ]
        self.chain.send_together(calls)

    def send_packed(self, statement: Statement, packed: bytes, *, at: int | None = None) -> Receipt:
        """With whatever stands in the place of the signatures, well formed or not."""
        inputs = self.chain.artifacts.function(statement.contract, statement.function)["inputs"]
        types = [collapse_if_tuple(each) for each in inputs]
        calldata = self.statements.calldata(statement, [Signature(0, b"")])
        arguments = [
            packed if field["name"] in SIGNATURES else value
            for field, value in zip(inputs, decode(types, calldata[4:]), strict=True)
        ]
        replaced = calldata[:4] + encode(types, arguments)
        return self.chain.send(self.addresses[statement.contract], replaced, at=at)

    def refusal(self, statement: Statement, *signers: PartyId | Key, at: int | None = None) -> Refused:
        """What the contract says no with; fails if it says yes."""
        return self.refusal_of(statement, self.sign(statement, *signers), at=at)

    def refusal_of(
        self, statement: Statement, signatures: list[Signature], *, at: int | None = None
    ) -> Refused:
        try:
            self.send(statement, signatures, at=at)
        except Refused as refused:
            return refused
        raise AssertionError(f"{statement.function} was not refused")

    # Parties

    def apply(self, kind: PartyKind, key: Key | None = None) -> PartyId:
        party = PartyId(self.read("CredentialRegistry", "partyCount") + 1)
        key = key or SoftwareKey.from_seed("world", party)
        statement = acts.apply_as(
            kind,
            self.platform,
            digest_of("profile", party),
            digest_of("licence", party),
            key.signer,
            self.deadline,
        )
        self.act(statement, key)
        self.keys[party] = key
        return party

    def register(
        self,
        kind: PartyKind,
        key: Key | None = None,
        *,
        specialties: int | None = None,
        powers: int = 0,
        valid_for: int = 3650 * DAY,
    ) -> PartyId:
        """Applies and is accredited; doctors get SPECIALTIES unless told otherwise."""
        party = self.apply(kind, key)
        if specialties is None:
            specialties = SPECIALTIES if kind is PartyKind.DOCTOR else 0
        valid_until = self.chain.now() + valid_for
        self.act(acts.accredit(party, 0, specialties, BEIJING, valid_until, powers, AUTHORITY, self.deadline))
        return party

    def accredit(self, party: PartyId, *, powers: int) -> None:
        """Anew, with these powers in place of those it had."""
        valid_until = self.chain.now() + 365 * DAY
        revision = self.revision(party)
        self.act(acts.accredit(party, revision, 0, BEIJING, valid_until, powers, AUTHORITY, self.deadline))

    def doctor(self, key: Key | None = None) -> PartyId:
        return self.register(PartyKind.DOCTOR, key)

    def hospital(self, key: Key | None = None) -> PartyId:
        return self.register(PartyKind.HOSPITAL, key)

    def revision(self, party: PartyId) -> int:
        revision: int = self.read("CredentialRegistry", "registrationOf", party)["revision"]
        return revision

    def proven(self, statement: Statement, key: Key) -> Statement:
        """With the proof that `key` is held by whoever puts it forward."""
        return statement.with_possession(key.sign(self.statements.digest(statement)))

    def adding(self, party: PartyId, key: Key) -> Statement:
        """One more key for a party."""
        return self.proven(acts.add_signer(party, self.revision(party), key.signer, self.deadline), key)

    def suspend(self, party: PartyId) -> None:
        self.act(acts.suspend(party, self.revision(party), digest_of("reason"), AUTHORITY, self.deadline))

    # What a booking needs

    def affiliate(self, doctor: PartyId, institution: PartyId, *, standing: bool = True) -> None:
        valid_until = self.chain.now() + 365 * DAY
        version = self.read("CredentialRegistry", "affiliationOf", doctor, institution)["version"]
        self.act(
            acts.affiliate(
                doctor, institution, valid_until, valid_until if standing else 0, version, self.deadline
            )
        )

    def agree(self, one: PartyId, other: PartyId, *, valid_for: int = 365 * DAY) -> None:
        version = self.read("CredentialRegistry", "agreementOf", one, other)["version"]
        valid_until = self.chain.now() + valid_for
        self.act(acts.agree(one, other, digest_of("agreement"), valid_until, version, self.deadline))

    def found(
        self, lead: PartyId, *, quorum: int = 0, institution_bps: int = 3000, fund_bps: int = 1000
    ) -> PartyId:
        group = self.register(PartyKind.GROUP)
        self.act(acts.found(group, lead, quorum, institution_bps, fund_bps, self.deadline))
        return group

    def join(self, group: PartyId, doctor: PartyId, *consenters: PartyId) -> Receipt:
        """With the lead's consent unless others are named."""
        g = self.read("DoctorGroups", "groupOf", group)
        spell = self.read("DoctorGroups", "membershipOf", group, doctor)["spell"] + 1
        return self.act(
            acts.join(group, doctor, spell, g["ruleVersion"], self.deadline, consenters or (g["lead"],))
        )

    def consent(
        self, hospital: PartyId, case_file: bytes, consent: bytes, *, valid_for: int = 60 * DAY
    ) -> SoftwareKey:
        """Granted by the one-time key that is answered."""
        key = SoftwareKey.from_seed("patient", case_file.hex(), consent.hex())
        valid_until = self.chain.now() + valid_for
        self.act(
            acts.grant_consent(case_file, consent, hospital, valid_until, key.address, self.deadline), key
        )
        return key

    def withdraw(self, case_file: bytes, consent: bytes, *, at: int | None = None) -> None:
        """By the key that granted it."""
        key = SoftwareKey.from_seed("patient", case_file.hex(), consent.hex())
        deadline = (at or self.chain.now()) + DAY
        self.act(acts.withdraw_consent(case_file, consent, deadline), key, at=at)

    def deposit(self, hospital: PartyId, amount: int) -> bytes:
        reference = digest_of("bank reference", next(self._references))
        self.act(acts.deposit(hospital, Fen(amount), reference, self.bank, self.deadline))
        return reference
