"""Consultations: Booked -> Delivered -> Settled; Booked -> Cancelled | Expired."""

from __future__ import annotations

from functools import partial

from tests.model.spec.hashing import keccak

from huizhen.domain.statuses import ConsultationStatus, PartyKind
from huizhen.domain.terms import Seat, Terms
from tests.model.spec import booked_terms, groups, ledger, slots, split
from tests.model.spec.act import Act, require, require_in_time, require_signed, require_signed_by
from tests.model.spec.act import rule as _rule
from tests.model.spec.cases import require_consent
from tests.model.spec.registry import require_active, require_licensed
from tests.model.spec.state import BPS, Consultation, Refusal, State

CONSULTATIONS = "Consultations"
rule = partial(_rule, CONSULTATIONS)

BOOKED, DELIVERED = ConsultationStatus.BOOKED, ConsultationStatus.DELIVERED


@rule("book")
def book(s: State, a: Act) -> int:
    terms = require_bookable(s, a.terms)
    require_signed(s, a, signers_of(s, terms), a.signatures)
    price = split.price(terms)

    number = len(s.consultations) + 1
    terms_hash = keccak(a.terms)
    s.consultations[terms_hash] = Consultation(BOOKED, number, s.now, 0, 0, 0, price)
    s.emit(CONSULTATIONS, "Booked", number, terms_hash, terms.hospital, price, a.terms)
    slots.reserve(s, booked_terms.doctors(terms), terms.start, terms.slots)
    ledger.escrow(s, number, terms.hospital, price)
    return number


@rule("deliver")
def deliver(s: State, a: Act) -> None:
    require_in_time(s, a)
    terms, before = _load(s, a, BOOKED)
    start, due = booked_terms.starts_at(terms), booked_terms.delivery_due(terms)
    require(s.now >= start, "NotStarted", start, s.now)
    require(s.now <= due, "DeliveryTooLate", due, s.now)
    required = terms.required_mask
    require(a.seats & required == required, "RequiredSeatMissing", a.seats, required)
    require(a.seats >> len(terms.seats) == 0, "SeatOutOfRange", a.seats, len(terms.seats))
    agreed = terms.pricing.overtime_steps
    require(a.overtime <= agreed, "OvertimeNotAgreed", a.overtime, agreed)
    for index, seat in enumerate(terms.seats):
        if a.seats >> index & 1:
            require_seat(s, seat, booked_terms.ends_at(terms))
    require_signed_by(s, a, booked_terms.leading_doctor(terms))

    after = before._replace(status=DELIVERED, delivered_at=s.now, seats=a.seats, overtime=a.overtime)
    s.consultations[keccak(a.terms)] = after
    s.emit(CONSULTATIONS, "Delivered", before.id, a.opinion, a.seats, a.overtime)


@rule("accept")
def accept(s: State, a: Act) -> None:
    require_in_time(s, a)
    terms, before = _load(s, a, DELIVERED)
    require_signed_by(s, a, terms.hospital)
    _settle(s, a, terms, before, accepted=True)


@rule("acceptByTime")
def accept_by_time(s: State, a: Act) -> None:
    terms, before = _load(s, a, DELIVERED)
    due = before.delivered_at + terms.policy.review_window
    require(s.now > due, "ReviewStillOpen", due, s.now)
    _settle(s, a, terms, before, accepted=False)


@rule("cancel")
def cancel(s: State, a: Act) -> None:
    require_in_time(s, a)
    terms, before = _load(s, a, BOOKED)
    start = booked_terms.starts_at(terms)
    require(s.now < start, "AlreadyStarted", start, s.now)
    fee_bps = 0
    if a.by != booked_terms.leading_doctor(terms):
        require(a.by == terms.hospital, "MayNotCancel", a.by)
        fee_bps = cancellation_bps(terms, start - s.now)
    require_signed_by(s, a, a.by)

    s.consultations[keccak(a.terms)] = before._replace(status=ConsultationStatus.CANCELLED)
    s.emit(CONSULTATIONS, "Cancelled", before.id, a.by, fee_bps)
    slots.release(s, booked_terms.doctors(terms), terms.start, terms.slots)
    legs = split.legs(terms, split.ALL_SEATS, 0, fee_bps)
    ledger.release(s, before.id, terms.hospital, before.escrowed, legs)


@rule("expire")
def expire(s: State, a: Act) -> None:
    terms, before = _load(s, a, BOOKED)
    due = booked_terms.delivery_due(terms)
    require(s.now > due, "DeliveryStillOpen", due, s.now)

    s.consultations[keccak(a.terms)] = before._replace(status=ConsultationStatus.EXPIRED)
    s.emit(CONSULTATIONS, "Expired", before.id)
    ledger.release(s, before.id, terms.hospital, before.escrowed, [])


# What book asks


def require_bookable(s: State, packed: bytes) -> Terms:
    """All that concerns the terms, the patient and the groups."""
    known = s.consultations.get(keccak(packed))
    if known is not None:
        raise Refusal("AlreadyBooked", known.id)
    terms = booked_terms.read(packed)
    require(s.now <= terms.sign_by, "StatementExpired", terms.sign_by, s.now)
    start = booked_terms.starts_at(terms)
    require(s.now < start, "StartInThePast", start, s.now)
    split.require_splittable(terms)
    documents = terms.documents
    require_consent(s, documents.case_file, documents.consent, terms.hospital, booked_terms.ends_at(terms))
    groups.require_bookable(s, terms)
    return terms


def signers_of(s: State, terms: Terms) -> list[int]:
    """Hospital, doctors in seat order, institutions and leads without standing consent; refuses what lacks a licence,
    an affiliation or an agreement."""
    end = booked_terms.ends_at(terms)
    require_licensed(s, terms.hospital, PartyKind.HOSPITAL, end)
    if terms.pricing.platform_bps:
        require_active(s, terms.pricing.platform, PartyKind.PLATFORM)
    institutions: list[int] = []
    for seat in terms.seats:
        require_seat(s, seat, end)
        if seat.institution == terms.hospital:
            continue
        a, b = sorted((terms.hospital, seat.institution))
        until = s.agreements[a, b].valid_until
        require(until >= end, "NoAgreement", terms.hospital, seat.institution, until, end)
        stands = s.affiliations[seat.doctor, seat.institution].standing_until >= s.now
        if not stands and seat.institution not in institutions:
            institutions.append(seat.institution)
    leads = groups.require_bookable(s, terms)
    return [terms.hospital, *booked_terms.doctors(terms), *institutions, *leads]


def require_seat(s: State, seat: Seat, as_of: int) -> None:
    """The doctor licensed, with the specialties, and affiliated with an accredited institution."""
    held = require_licensed(s, seat.doctor, PartyKind.DOCTOR, as_of).specialties
    lacking = seat.specialties & ~held
    require(not lacking, "SpecialtiesMissing", seat.doctor, held, seat.specialties)
    require_licensed(s, seat.institution, PartyKind.HOSPITAL, as_of)
    until = s.affiliations[seat.doctor, seat.institution].valid_until
    require(until >= as_of, "NotAffiliated", seat.doctor, seat.institution, until, as_of)


# Parts


def cancellation_bps(terms: Terms, left: int) -> int:
    policy = terms.policy
    if left >= policy.free_before:
        return 0
    return policy.partial_bps if left >= policy.partial_before else policy.late_bps


def _load(s: State, a: Act, needed: ConsultationStatus) -> tuple[Terms, Consultation]:
    found = s.consultations.get(keccak(a.terms))
    if found is None:
        raise Refusal("UnknownTerms", keccak(a.terms))
    require(found.status == needed, "WrongStatus", found.status, needed)
    return booked_terms.read(a.terms), found


def _settle(s: State, a: Act, terms: Terms, before: Consultation, *, accepted: bool) -> None:
    s.consultations[keccak(a.terms)] = before._replace(status=ConsultationStatus.SETTLED)
    s.emit(CONSULTATIONS, "Settled", before.id, accepted)
    legs = split.legs(terms, before.seats, before.overtime, BPS)
    ledger.release(s, before.id, terms.hospital, before.escrowed, legs)
