"""A doctor's own first page: what is still missing before hospitals can book, and what is under way."""

from __future__ import annotations

from dataclasses import dataclass

from huizhen.db.index import doctor_queries as queries
from huizhen.db.index import group_queries
from huizhen.db.index.consultations import Consultation, Seat
from huizhen.db.index.parties import Party
from huizhen.db.index.payouts import PayoutAccount
from huizhen.db.office.calendars import hours_of
from huizhen.db.office.profiles import DoctorProfile
from huizhen.db.session import Stores
from huizhen.domain.ids import PartyId
from huizhen.domain.money import Fen
from huizhen.domain.sentence import Sentence
from huizhen.domain.slots import Slot, unix_of
from huizhen.domain.statuses import ConsultationStatus, PartyStatus
from huizhen.domain.terms import decode_terms
from huizhen.errors import InvalidInput, NotFound
from huizhen.reference import City, Specialty, city_by_code, specialties_in
from huizhen.services.licence import what_is_missing
from huizhen.services.ports import Clock
from huizhen.services.profiles import Profiles
from huizhen.services.trace import Trace, finality


@dataclass(frozen=True, slots=True)
class Registration:
    """What the registry has of a party. `missing` says what stands in the way, None when nothing does."""

    party: PartyId
    status: PartyStatus
    specialties: tuple[Specialty, ...]
    city: City | None
    valid_until: int
    missing: Sentence | None
    trace: Trace


@dataclass(frozen=True, slots=True)
class Readiness:
    """The steps before a hospital can book a doctor, in the order in which they are best taken."""

    licence: bool
    institution: bool
    group: bool
    hours: bool
    account: bool

    @property
    def bookable(self) -> bool:
        return self.licence and self.institution and self.hours


@dataclass(frozen=True, slots=True)
class ConsultationLine:
    """One seat of the doctor; `deliver_by` is set while the opinion is still due from the lead."""

    consultation: int
    hospital: Sentence
    start: Slot
    slots: int
    status: ConsultationStatus
    fee: Fen
    leads: bool
    signed: bool
    deliver_by: int | None
    trace: Trace


@dataclass(frozen=True, slots=True)
class Doctors:
    stores: Stores
    profiles: Profiles
    clock: Clock

    def registration(self, party: PartyId) -> Registration | None:
        """None while the index has not seen the party yet."""
        with self.stores.index.reading() as session:
            row = session.get(Party, party)
            if row is None:
                return None
            return Registration(
                row.id,
                row.status,
                specialties_in(row.specialties),
                city_by_code().get(row.city),
                row.valid_until,
                what_is_missing(row, self.clock.now()),
                finality(session).of(row),
            )

    def missing(self, party: PartyId | None) -> Sentence | None:
        """What stands in the way of acting, None when nothing does; `party` None is somebody who never applied."""
        with self.stores.index.reading() as session:
            row = session.get(Party, party) if party is not None else None
        return what_is_missing(row, self.clock.now())

    def readiness(self, doctor: PartyId) -> Readiness:
        now = self.clock.now()
        with self.stores.index.reading() as session:
            licence = what_is_missing(session.get(Party, doctor), now) is None
            at = any(
                row.ended_by is None and row.valid_until >= now
                for row in queries.affiliations(session, doctor)
            )
            grouped = any(spell.left_at is None for spell in group_queries.spells_of(session, doctor))
            account = session.get(PayoutAccount, doctor)
        with self.stores.office.reading() as session:
            hours = not hours_of(session, (doctor,))[doctor].empty
        return Readiness(
            licence, at, grouped, hours, account is not None and bool(account.current or account.pending)
        )

    def consultations(self, doctor: PartyId) -> tuple[ConsultationLine, ...]:
        """The latest first."""
        with self.stores.index.reading() as session:
            final = finality(session)
            rows = [
                (case, seat, final.of(case))
                for case, seat in queries.consultations_of_doctor(session, doctor)
            ]
        names = self.profiles.names(case.hospital for case, _, _ in rows)
        return tuple(_line(case, seat, names[case.hospital], trace) for case, seat, trace in rows)

    def set_fee(self, doctor: PartyId, fee: Fen, bio: str) -> None:
        """What hospitals are quoted from now on; terms that are signed keep theirs. Raises InvalidInput."""
        if fee <= 0:
            raise InvalidInput("费用须大于0。", "The fee must be above 0.")
        with self.stores.office.writing() as session:
            row = session.get(DoctorProfile, doctor)
            if row is None:
                raise NotFound("没有您的档案。", "Your profile is not kept here.")
            row.fee, row.bio = fee, bio


def _line(case: Consultation, seat: Seat, hospital: Sentence, trace: Trace) -> ConsultationLine:
    due = None
    if case.status is ConsultationStatus.BOOKED:
        due = unix_of(Slot(case.start + case.slots)) + case.deliver_window
    terms = decode_terms(case.terms)
    return ConsultationLine(
        case.id,
        hospital,
        case.start,
        case.slots,
        case.status,
        terms.surcharge(0).applied_to(seat.fee),
        case.lead == seat.index,
        bool(case.seats >> seat.index & 1),
        due,
        trace,
    )
