"""A hospital and a cross-city team that it can book, with the terms of one consultation after another."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from itertools import count

from huizhen.chain.client import Receipt
from huizhen.domain import acts
from huizhen.domain.ids import PartyId
from huizhen.domain.money import Fen
from huizhen.domain.slots import Slot, slot_from
from huizhen.domain.statement import Statement
from huizhen.domain.terms import Documents, Policy, Pricing, Seat, Terms, encode_terms
from tests.support.keys import Key
from tests.support.world import DAY, NOBODY, World, digest_of

HOUR = 3600
FEE = Fen(80_000)
POLICY = Policy(
    free_before=DAY,
    partial_before=2 * HOUR,
    partial_bps=3000,
    late_bps=10_000,
    deliver_window=DAY,
    review_window=3 * DAY,
    arbiter=NOBODY,
    arbiter_window=7 * DAY,
    default_bps=5000,
)

Keys = Callable[[str, int], Key | None]


def software_keys(_role: str, _number: int) -> None:
    """The world's own keys."""


@dataclass(slots=True)
class Team:
    """Each seat's doctor practises at an institution of their own; all belong to one group (or to none)."""

    world: World
    hospital: PartyId
    doctors: list[PartyId]
    institutions: list[PartyId]
    lead: PartyId = NOBODY
    group: PartyId = NOBODY
    institution_bps: int = 3000
    fund_bps: int = 1000
    _cases: count[int] = field(default_factory=lambda: count(1), init=False)

    @classmethod
    def assemble(
        cls,
        world: World,
        size: int,
        *,
        group: bool = True,
        standing: bool = True,
        funds: int = 100_000_000,
        keys: Keys = software_keys,
    ) -> Team:
        """Agreements and affiliations are in force; `standing` is the institutions' consent to each booking."""
        hospital = world.hospital(keys("hospital", 0))
        doctors = [world.doctor(keys("doctor", number)) for number in range(size)]
        institutions = [world.hospital(keys("institution", number)) for number in range(size)]
        for doctor, institution in zip(doctors, institutions, strict=True):
            world.affiliate(doctor, institution, standing=standing)
            world.agree(hospital, institution)
        team = cls(world, hospital, doctors, institutions, institution_bps=10_000, fund_bps=0)
        if group:
            team.lead = world.doctor(keys("lead", 0))
            team.group = world.found(team.lead)
            team.institution_bps, team.fund_bps = 3000, 1000
            for doctor in doctors:
                world.join(team.group, doctor)
        if funds:
            world.deposit(hospital, funds)
        return team

    def seat(self, number: int, fee: Fen = FEE) -> Seat:
        return Seat(
            self.doctors[number],
            self.institutions[number],
            self.group,
            1 if self.group else 0,
            self.institution_bps,
            self.fund_bps,
            True,
            fee,
            0b10,
        )

    def terms(
        self,
        *,
        start: Slot | None = None,
        slots: int = 4,
        policy: Policy = POLICY,
        pricing: Pricing | None = None,
        consent: bool = True,
    ) -> Terms:
        """Terms of a new case that the patient has consented to; they start three days from now."""
        number = next(self._cases)
        case_file = digest_of("case", self.hospital, number)
        given = digest_of("consent", self.hospital, number)
        if consent:
            self.world.consent(self.hospital, case_file, given)
        now = self.world.chain.now()
        return Terms(
            hospital=self.hospital,
            start=start or slot_from(now + 3 * DAY),
            slots=slots,
            lead=0,
            sign_by=now + 2 * DAY,
            salt=digest_of("salt", self.hospital, number)[:16],
            pricing=pricing or Pricing(self.world.platform, 500, 0, 2500, 1),
            policy=policy,
            documents=Documents(digest_of("agreement"), case_file, given),
            seats=tuple(self.seat(number) for number in range(len(self.doctors))),
        )

    def booking(self, terms: Terms) -> Statement:
        """Signed by whom the contract names. Raises Refused where it names nobody."""
        packed = encode_terms(terms)
        signers = self.world.read("Consultations", "signersOf", packed)
        return acts.book(packed, signers)

    def book(self, terms: Terms | None = None, *, at: int | None = None) -> bytes:
        """The packed terms of a consultation that was booked."""
        statement = self.booking(terms or self.terms())
        self.world.act(statement, at=at)
        return bytes(statement.values["terms"])  # type: ignore[call-overload,no-any-return]

    def deliver(self, packed: bytes, terms: Terms, *, seats: int | None = None, overtime: int = 0) -> Receipt:
        """Right after the agreed end."""
        lead = terms.seats[terms.lead].doctor
        mask = (1 << len(terms.seats)) - 1 if seats is None else seats
        self.world.chain.move_to(terms.ends_at)
        return self.world.act(
            acts.deliver(packed, lead, digest_of("opinion"), mask, overtime, self.world.deadline)
        )

    def with_seats(self, terms: Terms, *seats: Seat) -> Terms:
        return replace(terms, seats=seats)
