"""A world that exists in events alone: whole lifecycles as the contracts would emit them, at any length, from a seed.

Each act is one transaction. The state is small and can be copied, so that a chain may fork anywhere.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256

from huizhen.domain.ids import PartyId
from huizhen.domain.money import Fen
from huizhen.domain.slots import Slot
from huizhen.domain.split import LegKind
from huizhen.domain.terms import Documents, Policy, Pricing, Seat, Terms, encode_terms
from tests.support.log_encoding import Emitted

AUTHORITY, TAX, BANK, PREPARER, APPROVER, PLATFORM = range(1, 7)
FIRST_SLOT = 1_990_000
FOREVER = 2**40 - 1
DEPOSIT = 10**11


@dataclass(slots=True)
class Open:
    """A consultation that has not ended."""

    terms: Terms
    hospital: int
    escrowed: int
    delivered: bool = False


@dataclass(slots=True)
class ImaginedWorld:
    doctors: int
    hospitals: int
    groups: int
    seed: int
    # What happened so far
    turn: int = 0
    parties: int = 0
    consultations: int = 0
    batches: int = 0
    custody: int = 0
    available: dict[int, int] = field(default_factory=dict)
    credit: dict[int, int] = field(default_factory=dict)
    members: dict[int, dict[int, int]] = field(default_factory=dict)
    left: list[tuple[int, int, int]] = field(default_factory=list)
    open: dict[int, Open] = field(default_factory=dict)
    outstanding: list[tuple[int, int, int, int]] = field(default_factory=list)
    accounts: dict[int, int] = field(default_factory=dict)
    waiting: list[list[Emitted]] = field(default_factory=list)

    def act(self, salt: int = 0) -> list[Emitted]:
        """The logs of the next transaction; another salt leads to another future."""
        self.turn += 1
        if not self.parties:
            self._found()
        if self.waiting:
            return self.waiting.pop(0)
        dice = random.Random(f"{self.seed}/{salt}/{self.turn}")
        chance = dice.random()
        if chance < 0.34 or not self.open:
            self.waiting.append(self._book(dice))
            return self._consent(dice)
        if chance < 0.64:
            return self._move_on(dice)
        if chance < 0.86:
            return self._pay(dice)
        if chance < 0.90:
            return self._deposit(self._hospital(dice))
        if chance < 0.95:
            return self._membership(dice)
        return self._account(dice)

    # Founding

    def _found(self) -> None:
        kinds = [5, 5, 5, 5, 5, 4]
        kinds += [2] * self.hospitals + [1] * self.doctors + [3] * self.groups
        for kind in kinds:
            self.parties += 1
            party = self.parties
            self.waiting.append(
                [
                    (
                        "CredentialRegistry",
                        "Applied",
                        (party, kind, 0, self._hash("p"), self._hash("l"), self._key()),
                    ),
                    ("CredentialRegistry", "SignerAdded", (party, 0, self._key())),
                ]
            )
            accredited = (party, AUTHORITY, 1 << (party % 150), 110000, FOREVER, 1 if party == 1 else 0)
            self.waiting.append([("CredentialRegistry", "Accredited", accredited)])
        for place, doctor in enumerate(self._doctors()):
            home = 7 + place % self.hospitals
            self.waiting.append([("CredentialRegistry", "Affiliated", (doctor, home, FOREVER, FOREVER, 1))])
        for place in range(self.groups):
            group = 7 + self.hospitals + self.doctors + place
            doctors = [each for at, each in enumerate(self._doctors()) if at % self.groups == place]
            self.waiting.append([("DoctorGroups", "GroupFounded", (group, doctors[0], 0, 2000, 1000))])
            self.members[group] = {doctors[0]: 1}
            for doctor in doctors[1:8]:
                self.waiting.append([("DoctorGroups", "MemberJoined", (group, doctor, 1))])
                self.members[group][doctor] = 1
        for hospital in range(7, 7 + self.hospitals):
            self.waiting.append(self._deposit(hospital))

    def _doctors(self) -> range:
        return range(7 + self.hospitals, 7 + self.hospitals + self.doctors)

    # Acts

    def _consent(self, dice: random.Random) -> list[Emitted]:
        values = (self._hash("case"), self._hash("consent"), self._hospital(dice), self._address(), FOREVER)
        return [("CaseAccess", "ConsentGranted", values)]

    def _book(self, dice: random.Random) -> list[Emitted]:
        hospital = max(self.available, key=lambda each: (self.available[each], each))
        group = dice.choice(sorted(self.members))
        doctors = sorted(dice.sample(self._doctors(), dice.choice((2, 3, 3, 4))))
        seats = tuple(
            Seat(
                PartyId(doctor),
                PartyId(7 + (doctor - 7 - self.hospitals) % self.hospitals),
                PartyId(group if doctor in self.members[group] else 0),
                1,
                2000,
                1000,
                True,
                Fen(dice.randrange(50_000, 300_000, 100)),
                1 << (doctor % 150),
            )
            for doctor in doctors
        )
        start = FIRST_SLOT + dice.randrange(96 * 60)
        terms = Terms(
            PartyId(hospital),
            Slot(start),
            dice.choice((2, 3, 4)),
            0,
            1_795_000_000,
            self._bytes("salt")[:16],
            Pricing(PartyId(PLATFORM), 500, 0, 0, 0),
            Policy(86400, 7200, 3000, 10_000, 86400, 259_200, PartyId(0), 604_800, 5000),
            Documents(*(self._bytes(name) for name in ("agreement", "case", "consent"))),
            seats,
        )
        self.consultations += 1
        number, price = self.consultations, sum(seat.fee for seat in seats)
        if self.available[hospital] < price:
            self.waiting.insert(0, self._deposit(hospital))
            self.available[hospital] += DEPOSIT
        self.available[hospital] -= price
        self.open[number] = Open(terms, hospital, price)
        return [
            ("Consultations", "Booked", (number, self._hash("terms"), hospital, price, encode_terms(terms))),
            ("SlotBook", "Reserved", (start, terms.slots, doctors)),
            ("RevenueLedger", "Escrowed", (number, hospital, price)),
        ]

    def _move_on(self, dice: random.Random) -> list[Emitted]:
        """Mostly the oldest: it is delivered, then settled; some end otherwise."""
        number = next(iter(self.open)) if dice.random() < 0.8 else dice.choice(list(self.open))
        case = self.open[number]
        if not case.delivered and dice.random() < 0.2:
            del self.open[number]
            doctors = [seat.doctor for seat in case.terms.seats]
            ended: Emitted = ("Consultations", "Cancelled", (number, case.hospital, 0))
            if dice.random() < 0.25:
                return [("Consultations", "Expired", (number,)), self._release(number, case, ())]
            freed: Emitted = ("SlotBook", "Released", (case.terms.start, case.terms.slots, doctors))
            return [ended, freed, self._release(number, case, ())]
        if not case.delivered:
            case.delivered = True
            mask = (1 << len(case.terms.seats)) - 1
            return [("Consultations", "Delivered", (number, self._hash("opinion"), mask, 0))]
        del self.open[number]
        legs: list[tuple[LegKind, int, int]] = []
        for seat in case.terms.seats:
            platform, place, fund = (
                seat.fee * 500 // 10_000,
                seat.fee * 2000 // 10_000,
                seat.fee * 1000 // 10_000,
            )
            doctor = seat.fee - platform - place - (fund if seat.group else 0)
            legs += [(LegKind.SEAT, seat.doctor, doctor), (LegKind.INSTITUTION, seat.institution, place)]
            legs += [(LegKind.FUND, seat.group, fund)] if seat.group else []
            legs += [(LegKind.PLATFORM, PLATFORM, platform)]
        settled: Emitted = ("Consultations", "Settled", (number, dice.random() < 0.8))
        return [settled, self._release(number, case, legs)]

    def _release(self, number: int, case: Open, legs: Sequence[tuple[LegKind, int, int]]) -> Emitted:
        total = sum(amount for _, _, amount in legs)
        for _, party, amount in legs:
            self.credit[party] = self.credit.get(party, 0) + amount
        self.available[case.hospital] += case.escrowed - total
        words = [kind << 160 | party << 128 | amount for kind, party, amount in legs]
        return ("RevenueLedger", "EscrowReleased", (number, case.hospital, case.escrowed, words))

    def _pay(self, dice: random.Random) -> list[Emitted]:
        """A batch is prepared, approved, and each item confirmed by itself; now and then one comes back."""
        if self.outstanding:
            batch, item, party, net = self.outstanding.pop(0)
            reference = self._hash("paid")
            self.custody -= net
            confirmed: list[Emitted] = [
                ("RevenueLedger", "PayoutConfirmed", (batch, 1 << item, reference, net)),
                ("BankRail", "Paid", (reference, net, self.custody)),
            ]
            if dice.random() < 0.03:
                back = self._hash("back")
                self.custody += net
                self.credit[party] += net
                self.waiting.append(
                    [
                        ("RevenueLedger", "PayoutReturned", (batch, item, party, net, back)),
                        ("BankRail", "Reclaimed", (back, net, self.custody)),
                    ]
                )
            return confirmed
        payees = sorted(party for party, amount in self.credit.items() if amount > 1000 and party != TAX)[:40]
        if not payees:
            return self._deposit(self._hospital(dice))
        self.batches += 1
        items = [
            (party, self.credit[party], self.credit[party] // 10, self._hash("account")) for party in payees
        ]
        gross, withheld = sum(item[1] for item in items), sum(item[2] for item in items)
        for place, (party, amount, tax, _) in enumerate(items):
            self.credit[party] -= amount
            self.credit[TAX] = self.credit.get(TAX, 0) + tax
            self.outstanding.append((self.batches, place, party, amount - tax))
        mask = (1 << len(items)) - 1
        approved: Emitted = (
            "RevenueLedger",
            "PayoutApproved",
            (self.batches, APPROVER, mask, gross, withheld),
        )
        self.waiting.append([approved])
        return [("RevenueLedger", "PayoutPrepared", (self.batches, PREPARER, items))]

    def _deposit(self, hospital: int) -> list[Emitted]:
        reference = self._hash("deposit")
        self.custody += DEPOSIT
        self.available[hospital] = self.available.get(hospital, 0) + DEPOSIT
        return [
            ("RevenueLedger", "Deposited", (hospital, DEPOSIT, reference)),
            ("BankRail", "Collected", (reference, DEPOSIT, self.custody)),
        ]

    def _membership(self, dice: random.Random) -> list[Emitted]:
        if self.left and dice.random() < 0.5:
            group, doctor, spell = self.left.pop(0)
            self.members[group][doctor] = spell + 1
            return [("DoctorGroups", "MemberJoined", (group, doctor, spell + 1))]
        group = dice.choice(sorted(self.members))
        doctors = sorted(self.members[group])
        if len(doctors) < 2:
            return self._account(dice)
        doctor = dice.choice(doctors[1:])
        spell = self.members[group].pop(doctor)
        self.left.append((group, doctor, spell))
        return [("DoctorGroups", "MemberLeft", (group, doctor, spell))]

    def _account(self, dice: random.Random) -> list[Emitted]:
        party = dice.choice(self._doctors())
        self.accounts[party] = self.accounts.get(party, 0) + 1
        values = (party, self._hash("account"), 1_790_000_000 + self.turn, self.accounts[party])
        return [("RevenueLedger", "PayoutAccountSet", values)]

    # Names

    def _hospital(self, dice: random.Random) -> int:
        return 7 + dice.randrange(self.hospitals)

    def _bytes(self, what: str) -> bytes:
        self.turn += 1
        return sha256(f"{self.seed}/{what}/{self.turn}/{self.custody}".encode()).digest()

    def _hash(self, what: str) -> str:
        return "0x" + self._bytes(what).hex()

    def _address(self) -> str:
        return "0x" + self._bytes("address")[:20].hex()

    def _key(self) -> bytes:
        return self._bytes("key")[:20]
