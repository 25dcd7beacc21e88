"""Consultations: Booked -> Delivered -> Settled; Delivered -> Disputed -> Settled; Booked -> Cancelled | Expired."""

from __future__ import annotations

from functools import partial

from huizhen.domain.statuses import ConsultationStatus
from huizhen.domain.terms import Terms
from tests.model.spec import booked_terms, ledger, slots, split
from tests.model.spec.act import Act, require, require_in_time, require_signed, require_signed_by
from tests.model.spec.act import rule as _rule
from tests.model.spec.booking import require_bookable, require_seat, signers_of
from tests.model.spec.hashing import keccak
from tests.model.spec.state import BPS, Consultation, Refusal, State

CONSULTATIONS = "Consultations"
rule = partial(_rule, CONSULTATIONS)

BOOKED, DELIVERED = ConsultationStatus.BOOKED, ConsultationStatus.DELIVERED
NOBODY = 0


@rule("book")
def book(s: State, a: Act) -> int:
    terms = require_bookable(s, a.terms)
    require_signed(s, a, signers_of(s, terms), a.signatures)
    price = split.price(terms)

    number = count(s) + 1
    terms_hash = keccak(a.terms)
    s.consultations[terms_hash] = Consultation(BOOKED, number, s.now, 0, 0, 0, price)
    s.emit(CONSULTATIONS, "Booked", number, terms_hash, terms.hospital, price, a.terms)
    slots.reserve(s, booked_terms.doctors(terms), terms.start, terms.slots)
    ledger.escrow(s, number, terms.hospital, price)
    return number


@rule("deliver")
def deliver(s: State, a: Act) -> None:
    require_in_time(s, a)
    terms, before = load(s, a.terms, BOOKED)
    if before.attended:
        require(not a.seats & ~before.attended, "SeatAbsent", a.seats, before.attended)
        require(a.overtime == before.overtime, "OvertimeDiffers", a.overtime, before.overtime)
    _require_complete(s, terms, a.seats, a.overtime)
    require_signed_by(s, a, booked_terms.leading_doctor(terms))
    _require_qualified(s, terms, a.seats)
    _deliver(s, a.terms, before, a.opinion, a.seats, a.overtime)


@rule("accept")
def accept(s: State, a: Act) -> None:
    """The hospital also accepts the overtime that the lead claimed; whoever was left out keeps the time to contest."""
    require_in_time(s, a)
    terms, before = load(s, a.terms, DELIVERED)
    if before.seats != booked_terms.all_seats(terms):
        _require_reviewed(s, terms, before)
    require_signed_by(s, a, terms.hospital)
    _settle(s, a, terms, before, before.overtime, accepted=True)


@rule("acceptByTime")
def accept_by_time(s: State, a: Act) -> None:
    terms, before = load(s, a.terms, DELIVERED)
    _require_reviewed(s, terms, before)
    _settle(s, a, terms, before, witnessed_overtime(before), accepted=False)


@rule("cancel")
def cancel(s: State, a: Act) -> None:
    require_in_time(s, a)
    terms, before = load(s, a.terms, BOOKED)
    start = booked_terms.starts_at(terms)
    require(s.now < start, "AlreadyStarted", start, s.now)
    fee_bps = 0
    if a.by != booked_terms.leading_doctor(terms):
        require(a.by == terms.hospital, "MayNotCancel", a.by)
        fee_bps = cancellation_bps(terms, start - s.now)
    require_signed_by(s, a, a.by)
    _cancel(s, a.terms, before, a.by, fee_bps)


@rule("cancelWithdrawn")
def cancel_withdrawn(s: State, a: Act) -> None:
    """As if the hospital had cancelled when the patient withdrew."""
    terms, before = load(s, a.terms, BOOKED)
    start = booked_terms.starts_at(terms)
    require(s.now < start, "AlreadyStarted", start, s.now)
    consent = s.consents[terms.documents.case_file, terms.documents.consent]
    require(consent.withdrawn, "ConsentStands", terms.documents.consent)
    _cancel(s, a.terms, before, NOBODY, cancellation_bps(terms, start - consent.valid_until))


@rule("expire")
def expire(s: State, a: Act) -> None:
    terms, before = load(s, a.terms, BOOKED)
    due = booked_terms.delivery_due(terms)
    require(s.now > due, "DeliveryStillOpen", due, s.now)

    _become(s, a.terms, before, status=ConsultationStatus.EXPIRED, escrowed=0)
    s.emit(CONSULTATIONS, "Expired", before.id)
    ledger.release(s, before.id, terms.hospital, before.escrowed, [])


# What Disputes alone may do here


def only_disputes(_: State, a: Act) -> None:
    require(False, "NotDisputes", a.sender)


for _verb in ("attend", "deliverUnattended", "amend", "contest", "releasePart"):
    rule(_verb)(only_disputes)


def attend(s: State, packed: bytes, seats: int, overtime: int) -> int:
    """Who came and the overtime, once; where a required seat was absent, nobody is paid."""
    terms, before = load(s, packed, BOOKED)
    require(before.attended == 0, "AttendanceStands", before.attended)
    _require_session(s, terms)
    _require_agreed(terms, seats, overtime)
    if seats & terms.required_mask == terms.required_mask:
        _become(s, packed, before, attended=seats, overtime=overtime)
    else:
        _cancel(s, packed, before, NOBODY, 0)
    return before.id


def deliver_unattended(s: State, packed: bytes, report: bytes, seats: int) -> int:
    terms, before = load(s, packed, BOOKED)
    require(before.attended == 0, "AttendanceStands", before.attended)
    _require_complete(s, terms, seats, 0)
    _require_qualified(s, terms, seats)
    _deliver(s, packed, before, report, seats, 0)
    return before.id


def amend(s: State, a: Act, leaving: list[int]) -> None:
    """Everything that `book` checks, for the terms that take the place of others; their id stays."""
    old, before = load(s, a.terms, BOOKED)
    due = booked_terms.delivery_due(old)
    require(s.now <= due, "DeliveryTooLate", due, s.now)
    terms = require_bookable(s, a.to)
    require_signed(s, a, [*signers_of(s, terms), *leaving], a.signatures)

    _become(s, a.terms, before, status=ConsultationStatus.CANCELLED, escrowed=0)
    s.consultations[keccak(a.to)] = Consultation(BOOKED, before.id, s.now, 0, 0, 0, before.escrowed)
    s.emit(CONSULTATIONS, "Amended", before.id, keccak(a.terms), keccak(a.to), a.to)
    slots.release(s, booked_terms.doctors(old), old.start, old.slots)
    slots.reserve(s, booked_terms.doctors(terms), terms.start, terms.slots)


def contest(s: State, packed: bytes) -> Consultation:
    found = s.consultations.get(keccak(packed))
    if found is None:
        raise Refusal("UnknownTerms", keccak(packed))
    open_ = found.status in (DELIVERED, ConsultationStatus.DISPUTED)
    require(open_, "WrongStatus", found.status, DELIVERED)
    due = found.delivered_at + booked_terms.read(packed).policy.review_window
    require(s.now <= due, "ReviewOver", due, s.now)
    overtime = witnessed_overtime(found)
    return _become(s, packed, found, status=ConsultationStatus.DISPUTED, overtime=overtime)


def release_part(s: State, packed: bytes, funded: int, legs: list[split.Leg], *, last: bool) -> None:
    terms, before = load(s, packed, ConsultationStatus.DISPUTED)
    after = _become(s, packed, before, escrowed=before.escrowed - funded)
    if last:
        _become(s, packed, after, status=ConsultationStatus.SETTLED)
        s.emit(CONSULTATIONS, "Settled", before.id, False)
    ledger.release(s, before.id, terms.hospital, funded, legs)


# Parts


def count(s: State) -> int:
    """Terms that took the place of others carry their id."""
    return len({row.id for row in s.consultations.values()})


def load(s: State, packed: bytes, needed: ConsultationStatus) -> tuple[Terms, Consultation]:
    found = s.consultations.get(keccak(packed))
    if found is None:
        raise Refusal("UnknownTerms", keccak(packed))
    require(found.status == needed, "WrongStatus", found.status, needed)
    return booked_terms.read(packed), found


def cancellation_bps(terms: Terms, left: int) -> int:
    policy = terms.policy
    if left >= policy.free_before:
        return 0
    return policy.partial_bps if left >= policy.partial_before else policy.late_bps


def witnessed_overtime(row: Consultation) -> int:
    """What the lead claims alone is paid on the hospital's signature and not otherwise."""
    return row.overtime if row.attended else 0


def _require_complete(s: State, terms: Terms, seats: int, overtime: int) -> None:
    _require_session(s, terms)
    required = terms.required_mask
    require(seats & required == required, "RequiredSeatMissing", seats, required)
    _require_agreed(terms, seats, overtime)


def _require_qualified(s: State, terms: Terms, seats: int) -> None:
    for index, seat in enumerate(terms.seats):
        if seats >> index & 1:
            require_seat(s, seat, booked_terms.ends_at(terms))


def _require_session(s: State, terms: Terms) -> None:
    """From the start until the opinion is overdue."""
    start, due = booked_terms.starts_at(terms), booked_terms.delivery_due(terms)
    require(s.now >= start, "NotStarted", start, s.now)
    require(s.now <= due, "DeliveryTooLate", due, s.now)


def _require_agreed(terms: Terms, seats: int, overtime: int) -> None:
    require(seats >> len(terms.seats) == 0, "SeatOutOfRange", seats, len(terms.seats))
    agreed = terms.pricing.overtime_steps
    require(overtime <= agreed, "OvertimeNotAgreed", overtime, agreed)


def _become(s: State, packed: bytes, before: Consultation, **changed: int) -> Consultation:
    s.consultations[keccak(packed)] = before._replace(**changed)
    return s.consultations[keccak(packed)]


def _deliver(
    s: State, packed: bytes, before: Consultation, opinion: bytes, seats: int, overtime: int
) -> None:
    _become(s, packed, before, status=DELIVERED, delivered_at=s.now, seats=seats, overtime=overtime)
    s.emit(CONSULTATIONS, "Delivered", before.id, opinion, seats, overtime)


def _cancel(s: State, packed: bytes, before: Consultation, by: int, fee_bps: int) -> None:
    terms = booked_terms.read(packed)
    _become(s, packed, before, status=ConsultationStatus.CANCELLED, escrowed=0)
    s.emit(CONSULTATIONS, "Cancelled", before.id, by, fee_bps)
    slots.release(s, booked_terms.doctors(terms), terms.start, terms.slots)
    legs = split.legs(terms, split.ALL_SEATS, 0, fee_bps)
    ledger.release(s, before.id, terms.hospital, before.escrowed, legs)


def _require_reviewed(s: State, terms: Terms, before: Consultation) -> None:
    due = before.delivered_at + terms.policy.review_window
    require(s.now > due, "ReviewStillOpen", due, s.now)


def _settle(s: State, a: Act, terms: Terms, before: Consultation, overtime: int, *, accepted: bool) -> None:
    _become(s, a.terms, before, status=ConsultationStatus.SETTLED, overtime=overtime, escrowed=0)
    s.emit(CONSULTATIONS, "Settled", before.id, accepted)
    legs = split.legs(terms, before.seats, overtime, BPS)
    ledger.release(s, before.id, terms.hospital, before.escrowed, legs)
