"""Disputes: who came, other hours and doctors, and contested seats."""

from __future__ import annotations

from functools import partial

from huizhen.domain.statuses import ConsultationStatus, Power, Resolution
from huizhen.domain.terms import Terms
from tests.model.spec import amendments, booked_terms, consultations, split
from tests.model.spec.act import Act, require, require_in_time, require_signed, require_signed_by
from tests.model.spec.act import rule as _rule
from tests.model.spec.booking import require_seat
from tests.model.spec.hashing import keccak
from tests.model.spec.registry import is_qualified, require_power
from tests.model.spec.state import BPS, NO_WORD, UINT16, Consultation, Dispute, State

DISPUTES = "Disputes"
BOOKED, DISPUTED = ConsultationStatus.BOOKED, ConsultationStatus.DISPUTED

rule = partial(_rule, DISPUTES)


# Attendance


@rule("recordAttendance")
def record_attendance(s: State, a: Act) -> None:
    require_in_time(s, a)
    number = consultations.attend(s, a.terms, a.seats, a.overtime)
    terms = booked_terms.read(a.terms)
    require_signed(s, a, [terms.hospital, booked_terms.leading_doctor(terms)], a.signatures)
    s.emit(DISPUTES, "AttendanceRecorded", number, a.seats, a.overtime)


@rule("markNoShow")
def mark_no_show(s: State, a: Act) -> None:
    """By the hospital: optional seats were absent. By the lead: the hospital was, and the seats came."""
    require_in_time(s, a)
    terms, _ = consultations.load(s, a.terms, BOOKED)
    if a.by == terms.hospital:
        require(a.seats != 0, "NoSeats")
        required = terms.required_mask
        require(a.seats & required == 0, "SeatRequired", a.seats, required)
        require(a.seats >> len(terms.seats) == 0, "SeatOutOfRange", a.seats, len(terms.seats))
        number = consultations.attend(s, a.terms, booked_terms.all_seats(terms) & ~a.seats, 0)
    else:
        require(a.by == booked_terms.leading_doctor(terms), "MayNotMark", a.by)
        number = consultations.deliver_unattended(s, a.terms, a.report, a.seats)
    require_signed_by(s, a, a.by)
    s.emit(DISPUTES, "NoShowMarked", number, a.by, a.seats, a.report)


# Other hours, other doctors


@rule("reschedule")
def reschedule(s: State, a: Act) -> None:
    consultations.load(s, a.terms, BOOKED)
    amendments.require_other_hours(a.terms, a.to)
    consultations.amend(s, a, [])


@rule("substitute")
def substitute(s: State, a: Act) -> None:
    terms, _ = consultations.load(s, a.terms, BOOKED)
    place = amendments.require_other_doctor(a.terms, a.to)
    consultations.amend(s, a, leaving(s, terms, place))


def leaving(s: State, terms: Terms, place: int) -> list[int]:
    """Nobody's fee falls without a signature; one who may not practise any more earns none."""
    seat = terms.seats[place]
    who = (seat.doctor, seat.specialties, seat.institution)
    return [seat.doctor] if is_qualified(s, *who, booked_terms.ends_at(terms)) else []


# Disputes


@rule("dispute")
def dispute(s: State, a: Act) -> None:
    require_in_time(s, a)
    row, terms = consultations.contest(s, a.terms), booked_terms.read(a.terms)
    before = s.disputes[row.id]
    require(not before.rest_released, "RestReleased", row.id)
    if a.by == terms.hospital:
        contestable = row.seats
    else:
        _require_own_seat(s, terms, a.by, a.seats)
        contestable = ~row.seats & UINT16
    contestable &= ~(before.contested | before.resolved)
    require(a.seats != 0, "NoSeats")
    require(a.seats & ~contestable == 0, "NotContestable", a.seats, contestable)
    require_signed_by(s, a, a.by)

    s.disputes[row.id] = before._replace(contested=before.contested | a.seats, opened_at=s.now)
    s.emit(DISPUTES, "Disputed", row.id, a.by, a.seats, a.reason)
    if a.by == terms.hospital:
        _release_if_heard(s, a.terms)


@rule("settleDispute")
def settle_dispute(s: State, a: Act) -> None:
    require_in_time(s, a)
    terms, row = consultations.load(s, a.terms, DISPUTED)
    _require_contested(s, a, row)
    theirs = [seat.doctor for index, seat in enumerate(terms.seats) if a.seats >> index & 1]
    require_signed(s, a, [terms.hospital, *theirs], a.signatures)

    _resolve(s, a.terms, a.seats, a.bps, Resolution.AGREED, NO_WORD)
    _release_if_heard(s, a.terms)


@rule("rule")
def rule_on(s: State, a: Act) -> None:
    require_in_time(s, a)
    terms, row = consultations.load(s, a.terms, DISPUTED)
    _require_contested(s, a, row)
    due = ruling_due(s, terms, row)
    require(s.now <= due, "RulingTooLate", due, s.now)
    require_power(s, terms.policy.arbiter, Power.ARBITER)
    require_signed_by(s, a, terms.policy.arbiter)
    _resolve(s, a.terms, a.seats, a.bps, Resolution.RULED, a.reason)


@rule("applyDefault")
def apply_default(s: State, a: Act) -> None:
    terms, row = consultations.load(s, a.terms, DISPUTED)
    contested = s.disputes[row.id].contested
    require(contested != 0, "NoSeats")
    due = ruling_due(s, terms, row)
    require(s.now > due, "RulingStillOpen", due, s.now)
    _resolve(s, a.terms, contested, terms.policy.default_bps, Resolution.DEFAULT, NO_WORD)


@rule("releaseUncontested")
def release_uncontested(s: State, a: Act) -> None:
    terms, row = consultations.load(s, a.terms, DISPUTED)
    require(not s.disputes[row.id].rest_released, "RestReleased", row.id)
    due = row.delivered_at + terms.policy.review_window
    require(s.now > due, "ReviewStillOpen", due, s.now)
    _release_rest(s, a.terms)


# Parts


def ruling_due(s: State, terms: Terms, row: Consultation) -> int:
    return s.disputes[row.id].opened_at + terms.policy.arbiter_window


def charge(terms: Terms, mask: int, steps: int) -> int:
    return sum(split.fee_of(terms, seat, steps) for seat in range(len(terms.seats)) if mask >> seat & 1)


def _require_own_seat(s: State, terms: Terms, doctor: int, seats: int) -> None:
    """That the mask is the one seat of a doctor who is still qualified."""
    mine = [index for index, seat in enumerate(terms.seats) if seat.doctor == doctor]
    require(mine != [] and seats == 1 << mine[0], "NotOfSeat", doctor, seats)
    require_seat(s, terms.seats[mine[0]], booked_terms.ends_at(terms))


def _require_contested(s: State, a: Act, row: Consultation) -> None:
    contested = s.disputes[row.id].contested
    require(a.seats != 0, "NoSeats")
    require(a.seats & ~contested == 0, "NotContested", a.seats, contested)
    require(a.bps <= BPS, "ShareOutOfRange", a.bps, BPS)


def _resolve(s: State, packed: bytes, seats: int, bps: int, how: Resolution, reason: bytes) -> None:
    """Contested seats receive a share of their fee; the hospital receives the rest of it."""
    terms, row = booked_terms.read(packed), s.consultations[keccak(packed)]
    before = s.disputes[row.id]
    s.emit(DISPUTES, "DisputeResolved", row.id, seats, bps, how, reason)
    after = before._replace(contested=before.contested & ~seats, resolved=before.resolved | seats)
    s.disputes[row.id] = after
    legs = split.legs(terms, seats, row.overtime, bps)
    last = after.contested == 0 and after.rest_released
    consultations.release_part(s, packed, charge(terms, seats, row.overtime), legs, last=last)


def _release_if_heard(s: State, packed: bytes) -> None:
    """On the hospital's signature, unless a doctor who was left out still has time to contest it."""
    terms, row = booked_terms.read(packed), s.consultations[keccak(packed)]
    so_far = s.disputes[row.id]
    heard = row.seats | so_far.contested | so_far.resolved
    reviewed = s.now > row.delivered_at + terms.policy.review_window
    if not so_far.rest_released and (heard == booked_terms.all_seats(terms) or reviewed):
        _release_rest(s, packed)


def _release_rest(s: State, packed: bytes) -> None:
    """What nobody contests is paid; what is neither paid nor contested goes back to the hospital."""
    terms, row = booked_terms.read(packed), s.consultations[keccak(packed)]
    before: Dispute = s.disputes[row.id]
    paid = row.seats & ~before.contested & ~before.resolved
    s.disputes[row.id] = before._replace(rest_released=True)
    s.emit(DISPUTES, "UncontestedReleased", row.id, paid)
    frozen = charge(terms, before.contested, row.overtime)
    legs = split.legs(terms, paid, row.overtime, BPS)
    consultations.release_part(s, packed, row.escrowed - frozen, legs, last=before.contested == 0)
