"""Where a play begins: a cast of parties, and work in every state so that each act has something to act upon.

All of it is played through the stage, so the specification has judged it before anything else begins.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from huizhen.chain.artifacts import Artifacts
from huizhen.domain.ids import PartyId
from huizhen.domain.money import Fen
from huizhen.domain.slots import SLOT_SECONDS, Slot
from huizhen.domain.statuses import PartyKind
from huizhen.domain.terms import Documents, Policy, Pricing, Seat, Terms, encode_terms
from tests.model.cast import (
    APPROVER,
    ARBITER,
    BANK,
    CAST,
    DAY,
    DOCTORS,
    FAR,
    FULL,
    GENESIS,
    HOSPITAL,
    INSTITUTION,
    KINDS,
    LED,
    OFFICER,
    OFFICERS,
    OTHER_HOSPITAL,
    OTHER_INSTITUTION,
    PLATFORM,
    PREPARER,
    QUORATE,
    SPARE_DOCTOR,
    SPARE_HOSPITAL,
    SUSPENDED,
)
from tests.model.engines import BOOKER, CHAIN_ID, DEPLOYER, Undoing
from tests.model.pens import AUTHORITY_PEN, TAX_PEN, Pens
from tests.model.play.signing import finished, signed, signed_by_key
from tests.model.spec import booked_terms
from tests.model.spec.act import Act
from tests.model.spec.ledger import ACCOUNT_DELAY, Item
from tests.model.spec.permissions import deployed
from tests.model.spec.registry import AUTHORITY, constructed
from tests.model.spec.state import UINT40, State
from tests.model.stage import Stage, deploy
from tests.model.wire import Wire
from tests.support.keys import P256Key, SM2Key

# The bookings to come, and the slots until their start; of some the patient withdraws the consent.
TO_COME = {13: 8, 14: 100, 15: 400, 16: 800, 20: 60, 21: 300}
TO_BE_WITHDRAWN = (15, 16)


@dataclass
class Scene:
    stage: Stage
    at: int = GENESIS

    def do(self, contract: str, function: str, signers: Sequence[int], **values: Any) -> None:
        """A deadline far ahead; nothing may be refused."""
        self.act(signed(self.stage, contract, function, {"deadline": FAR, **values}, signers))

    def act(self, act: Act) -> None:
        refusal = self.stage.play(act, self.at).refusal
        assert refusal is None, refusal

    # The cast

    def gather(self) -> None:
        for contract in ("SlotBook", "RevenueLedger"):
            values = {"booker": BOOKER, "allowed": True}
            self.act(finished(self.stage, contract, "setBooker", values, sender=DEPLOYER))
        for party, kind in KINDS.items():
            self._register(party, kind)
        suspended = {"party": SUSPENDED, "revision": 1, "reason": bytes(32), "authority": AUTHORITY}
        self.do("CredentialRegistry", "suspend", [AUTHORITY], **suspended)
        for revision in range(1, 8):
            signer = self.stage.pens.take("full", revision)
            self.do("CredentialRegistry", "addSigner", [FULL], party=FULL, revision=revision, signer=signer)
        self._institutions()
        self._groups()
        for number, hospital in enumerate((HOSPITAL, HOSPITAL, INSTITUTION, HOSPITAL)):
            self.consent(number, hospital)
        for number, hospital in enumerate((HOSPITAL, INSTITUTION, OTHER_HOSPITAL)):
            self.deposit(number, hospital, 1_000_000_000)

    def _register(self, party: int, kind: PartyKind) -> None:
        signer = self._key_of(party)
        values = {
            "kind": kind,
            "home": PLATFORM,
            "profile": party.to_bytes(32, "big"),
            "licence": bytes(32),
            "signer": signer,
            "deadline": FAR,
        }
        self.act(signed_by_key(self.stage, "CredentialRegistry", "applyAs", values, signer))
        if party == OTHER_HOSPITAL:  # it only holds funds for the other booker
            return
        self.do(
            "CredentialRegistry",
            "accredit",
            [AUTHORITY],
            party=party,
            revision=0,
            specialties=0b1110 if kind == PartyKind.DOCTOR else 0,
            city=110_000,
            validUntil=UINT40 if party % 2 else FAR,
            powers=int(OFFICERS.get(party, 0)),
            authority=AUTHORITY,
        )

    def _key_of(self, party: int) -> bytes:
        """Most have an externally owned key; one doctor a P-256 key, one institution an SM2 key."""
        pens, addresses = self.stage.pens, self.stage.wire.addresses
        if party == DOCTORS[3]:
            return pens.keep(P256Key.from_seed(addresses["P256Verifier"], "model", party))
        if party == INSTITUTION:
            return pens.keep(SM2Key.from_seed(addresses["SM2Verifier"], "model", party))
        return pens.take(party)

    def _institutions(self) -> None:
        for doctor, institution, standing in (
            (DOCTORS[0], INSTITUTION, FAR),
            (DOCTORS[0], HOSPITAL, 0),
            (DOCTORS[1], INSTITUTION, 0),
            (DOCTORS[2], OTHER_INSTITUTION, UINT40),
            (DOCTORS[3], OTHER_INSTITUTION, 0),
            (SPARE_DOCTOR, SPARE_HOSPITAL, 0),
        ):
            values = {"validUntil": FAR, "standingUntil": standing, "version": 0}
            pair = {"doctor": doctor, "institution": institution}
            self.do("CredentialRegistry", "affiliate", [doctor, institution], **pair, **values)
        for a, b in (
            (HOSPITAL, INSTITUTION),
            (HOSPITAL, OTHER_INSTITUTION),
            (INSTITUTION, OTHER_INSTITUTION),
        ):
            values = {"commitment": bytes(32), "validUntil": FAR, "version": 0}
            self.do("CredentialRegistry", "agree", [a, b], a=a, b=b, **values)

    def _groups(self) -> None:
        for group, lead, quorum in ((LED, DOCTORS[0], 0), (QUORATE, DOCTORS[1], 2)):
            rule = {"quorum": quorum, "institutionBps": 3000, "fundBps": 1001}
            self.do("DoctorGroups", "found", [group, lead], group=group, lead=lead, **rule)
            for doctor in (DOCTORS[2], DOCTORS[3]):
                consenters = [lead] if quorum == 0 or doctor == DOCTORS[2] else [lead, DOCTORS[2]]
                values = {"spell": 1, "ruleVersion": 1, "consenters": consenters}
                self.do("DoctorGroups", "join", [doctor, *consenters], group=group, doctor=doctor, **values)

    def consent(self, number: int, hospital: int) -> None:
        key = self.stage.pens.take("patient", number)
        case_file, consent = _case(number)
        values = {
            "caseFile": case_file,
            "consent": consent,
            "hospital": hospital,
            "validUntil": FAR,
            "key": key,
            "deadline": FAR,
        }
        self.act(signed_by_key(self.stage, "CaseAccess", "grantConsent", values, key))

    def deposit(self, number: int, hospital: int, amount: int) -> None:
        values = {"amount": amount, "bankRef": (1000 + number).to_bytes(32, "big"), "bank": BANK}
        self.do("RevenueLedger", "deposit", [BANK], hospital=hospital, **values)

    # Work in every state

    def work(self) -> None:
        """Several consultations of each state that is not an end, earned credits, and batches on their way."""
        for number in range(6):
            packed = self.deliver(self.book(number))
            self.do("Consultations", "accept", [HOSPITAL], terms=packed)
        payees = [INSTITUTION, *DOCTORS, LED, QUORATE]
        for number, party in enumerate(payees):
            account = {"account": (number + 1).to_bytes(32, "big"), "version": 0}
            self.do("RevenueLedger", "setPayoutAccount", [party], party=party, **account)
        self.at += ACCOUNT_DELAY
        for number in range(1, 7):
            self._batch(number, approved=number > 2)
        disputed = [self.deliver(self.book(number)) for number in range(6, 10)]
        for number in range(10, 13):
            self.deliver(self.book(number))
        for packed in [self.deliver(self.book(number), seats=0b011) for number in range(17, 20)]:
            own = {"by": DOCTORS[3], "seats": 0b100, "reason": bytes(32)}
            self.do("Disputes", "dispute", [DOCTORS[3]], terms=packed, **own)
        for place, packed in enumerate(disputed):
            values = {"by": HOSPITAL, "seats": 1 + place, "reason": bytes(32)}
            self.do("Disputes", "dispute", [HOSPITAL], terms=packed, **values)
        for number in TO_COME:
            self.book(number)
        withdrawal = {"caseFile": _case(3)[0], "consent": _case(3)[1], "deadline": FAR}
        key = self.stage.pens.take("patient", 3)
        self.act(signed_by_key(self.stage, "CaseAccess", "withdrawConsent", withdrawal, key))
        for party in (PLATFORM, SPARE_DOCTOR, SPARE_HOSPITAL):
            account = {"account": b"\7" * 32, "version": 0}
            self.do("RevenueLedger", "setPayoutAccount", [party], party=party, **account)
            new = {"party": party, "sequence": 0, "signer": self.stage.pens.take("new", party)}
            self.do("KeyReplacement", "requestReplacement", [AUTHORITY], **new, authority=AUTHORITY)
        for recipient in (DOCTORS[0], DOCTORS[1], ARBITER):
            case_file, consent = _case(0)
            given = {"caseFile": case_file, "consent": consent, "key": bytes([recipient]) * 32}
            self.do(
                "CaseAccess", "grantKey", [HOSPITAL], recipient=recipient, validUntil=FAR, version=0, **given
            )
        values = {"doctors": [2**32 - 1], "start": 1, "slots": 3}
        self.act(finished(self.stage, "SlotBook", "reserve", values, sender=BOOKER))
        self.do("CredentialRegistry", "requestSignerRemoval", [FULL], party=FULL, revision=8, index=7)
        only = {"party": SPARE_HOSPITAL, "revision": 1, "index": 0}
        self.do("CredentialRegistry", "requestSignerRemoval", [SPARE_HOSPITAL], **only)

    def book(self, number: int) -> bytes:
        """Two seats, one of a group; every second one with a second group and odd fees."""
        case_file, consent = _case(3 if number in TO_BE_WITHDRAWN else number % 2)
        seats = (
            _seat(DOCTORS[0], INSTITUTION, LED if number % 2 else 0, 33_333),
            _seat(DOCTORS[2], OTHER_INSTITUTION, LED, 99 + number),
            _seat(DOCTORS[3], OTHER_INSTITUTION, QUORATE, 80_001, required=False),
        )
        terms = Terms(
            PartyId(HOSPITAL),
            Slot(self.at // SLOT_SECONDS + 1),
            1,
            0,
            self.at,
            number.to_bytes(16, "big"),
            Pricing(PartyId(PLATFORM), 500, 0, 2500, 2),
            Policy(DAY, 7200, 3000, 10_000, DAY, 3 * DAY, PartyId(ARBITER), 7 * DAY, 5000),
            Documents(bytes(32), case_file, consent),
            seats,
        )
        terms = replace(terms, start=Slot(terms.start + TO_COME.get(number, 0)))
        packed = encode_terms(terms)
        signers = [HOSPITAL, *(seat.doctor for seat in seats), OTHER_INSTITUTION, DOCTORS[0], DOCTORS[1]]
        self.do("Consultations", "book", signers, terms=packed)
        return packed

    def deliver(self, packed: bytes, seats: int = 0b111) -> bytes:
        terms = booked_terms.read(packed)
        self.at = max(self.at, booked_terms.starts_at(terms))
        values = {"opinion": bytes(32), "seats": seats, "overtime": 1}
        self.do("Consultations", "deliver", [booked_terms.leading_doctor(terms)], terms=packed, **values)
        return packed

    def _batch(self, number: int, *, approved: bool) -> None:
        credits_, accounts = self.stage.state.credits, self.stage.state.accounts
        payees = [INSTITUTION, *DOCTORS[::2], LED, QUORATE]
        items = [
            Item(party, credits_[party].credited // 9, number, accounts[party].pending) for party in payees
        ]
        preparer = PREPARER if number % 2 else OFFICER
        self.do("RevenueLedger", "preparePayout", [preparer], batch=number, items=items, preparer=preparer)
        if approved:
            self.do(
                "RevenueLedger", "approvePayout", [APPROVER], batch=number, items=items, approver=APPROVER
            )
        if number == 6:
            values = {"items": items, "mask": 0b111, "bankRef": b"\1" * 32, "bank": BANK}
            self.do("RevenueLedger", "confirmPayout", [BANK], batch=number, **values)


def _case(number: int) -> tuple[bytes, bytes]:
    return bytes([1, number]) * 16, bytes([2, number]) * 16


def _seat(doctor: int, institution: int, group: int, fee: int, *, required: bool = True) -> Seat:
    shares = (1, 3000, 1001) if group else (0, 10_000, 0)
    who = (PartyId(doctor), PartyId(institution), PartyId(group))
    return Seat(*who, *shares, required, Fen(fee), 0b110)


def raise_curtain(engine: Undoing, *, at_work: bool) -> Stage:
    """The contracts deployed, the cast in place, and work on its way if wanted."""
    wire = Wire(CHAIN_ID, deploy(engine, GENESIS), Artifacts())
    pens, state = Pens(), State(GENESIS)
    deployed(state, wire.addresses["Consultations"])
    constructed(state, pens.keep(AUTHORITY_PEN), pens.keep(TAX_PEN))
    scene = Scene(Stage(engine, wire, state, pens, CAST, ARBITER, OTHER_HOSPITAL))
    scene.stage.history = [(GENESIS, log) for log in state.logs]
    scene.gather()
    if at_work:
        scene.work()
    else:
        scene.book(13)
    return scene.stage
