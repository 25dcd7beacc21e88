"""Calls of Disputes, and what they lead to in Consultations."""

from __future__ import annotations

from dataclasses import replace

from huizhen.domain.ids import PartyId
from huizhen.domain.money import Fen
from huizhen.domain.slots import SLOT_SECONDS, Slot
from huizhen.domain.terms import Seat, Terms
from tests.model.play.hand import DAY, Hand, Plan
from tests.model.play.plays import play
from tests.model.play.terms import consultation, packed_anyway, seat_of, staff_of
from tests.model.spec import booked_terms
from tests.model.spec.booking import signers_of
from tests.model.spec.consultations import BOOKED, CONSULTATIONS, DELIVERED
from tests.model.spec.disputes import DISPUTED, DISPUTES, leaving, ruling_due
from tests.model.spec.hashing import keccak
from tests.model.spec.state import BPS, NO_WORD, UINT16, UINT40, Consultation, Dispute, Refusal


@play("cancelWithdrawn")
def cancel_withdrawn(h: Hand) -> Plan:
    withdrawn = [key for key, row in h.s.consents.items() if row.withdrawn]

    def is_withdrawn(terms: Terms, _: Consultation) -> bool:
        return (terms.documents.case_file, terms.documents.consent) in withdrawn

    packed, terms = consultation(
        h, BOOKED, until=lambda t, _: booked_terms.starts_at(t) - 1, such=is_withdrawn
    )
    h.waits(latest=booked_terms.starts_at(terms) - 1)
    return h.plan(CONSULTATIONS, "cancelWithdrawn", {"terms": packed})


@play("recordAttendance")
def record_attendance(h: Hand) -> Plan:
    packed, terms = consultation(h, BOOKED, until=lambda t, _: booked_terms.delivery_due(t))
    h.waits(booked_terms.starts_at(terms), booked_terms.delivery_due(terms))
    every, lead = booked_terms.all_seats(terms), booked_terms.leading_doctor(terms)
    values = {
        "terms": packed,
        "seats": h.one([0, every + 1, UINT16])
        if h.slips()
        else h.one([every, terms.required_mask, every, 0]),
        "overtime": h.near(h.one(range(terms.pricing.overtime_steps + 1)), 255),
        "deadline": h.deadline(),
    }
    return h.signed(DISPUTES, "recordAttendance", values, [h.instead(terms.hospital), h.instead(lead)])


@play("markNoShow")
def mark_no_show(h: Hand) -> Plan:
    packed, terms = consultation(h, BOOKED, until=lambda t, _: booked_terms.delivery_due(t))
    h.waits(booked_terms.starts_at(terms), booked_terms.delivery_due(terms))
    every, required = booked_terms.all_seats(terms), terms.required_mask
    by: int = h.one([terms.hospital, booked_terms.leading_doctor(terms)])
    optional = every & ~required
    right = [optional, optional & -optional] if by == terms.hospital else [every, required]
    by = h.instead(by)
    values = {
        "terms": packed,
        "by": by,
        "seats": h.one([0, every, every + 1, UINT16]) if h.slips() else h.one(right),
        "report": h.fresh("report"),
        "deadline": h.deadline(),
    }
    return h.signed(DISPUTES, "markNoShow", values, [h.instead(by)])


@play("reschedule")
def reschedule(h: Hand) -> Plan:
    h.passes()
    packed, terms = consultation(h, BOOKED, until=lambda t, _: booked_terms.delivery_due(t))
    start = Slot(h.at // SLOT_SECONDS + 1 + h.one([0, 1, 5, 40, 255]))
    to = replace(_renewed(h, terms), start=start)
    if h.slips():
        to = h.one(
            [
                replace(to, start=Slot(start - 1)),
                replace(to, slots=to.slots % 255 + 1),
                replace(to, hospital=PartyId(h.party())),
                replace(to, seats=to.seats[:-1] or to.seats),
                terms,
            ]
        )
    return _amendment(h, "reschedule", packed, to, [])


@play("substitute")
def substitute(h: Hand) -> Plan:
    h.passes()
    packed, terms = consultation(h, BOOKED, until=lambda t, _: booked_terms.starts_at(t) - 1)
    end = booked_terms.ends_at(terms)
    staff = staff_of(h, terms.hospital, end)
    place = h.below(len(terms.seats))
    present = booked_terms.doctors(terms)
    spare = [
        doctor
        for doctor in sorted(staff)
        if doctor not in present and not terms.seats[place].specialties & ~h.s.parties[doctor].specialties
    ]
    doctor = h.one(present if h.slips() else spare or present)
    to = _with_doctor(h, _renewed(h, terms), place, doctor, h.one(staff.get(doctor) or [terms.hospital]))
    if h.slips():
        first = to.seats[0]
        changed = h.one([replace(first, fee=Fen(first.fee + 1)), replace(first, required=not first.required)])
        other = replace(to, seats=(changed, *to.seats[1:]))
        to = h.one([other, replace(to, lead=(to.lead + 1) % len(to.seats)), replace(to, slots=9), terms])
    return _amendment(h, "substitute", packed, to, leaving(h.s.at(h.at), terms, place))


@play("dispute")
def dispute(h: Hand) -> Plan:
    def is_open(_: Terms, row: Consultation) -> bool:
        return not h.s.disputes[row.id].rest_released

    packed, terms = consultation(h, h.one([DELIVERED, DELIVERED, DISPUTED]), until=_review_due, such=is_open)
    row, before = _row(h, packed), _dispute(h, packed)
    h.waits(latest=_review_due(terms, row))
    free = ~(before.contested | before.resolved)
    omitted = [place for place in range(len(terms.seats)) if (~row.seats & free) >> place & 1]
    if omitted and h.below(2):
        place = h.one(omitted)
        by, seats = int(terms.seats[place].doctor), 1 << place
    else:
        mine = row.seats & free
        by, seats = terms.hospital, h.one([mine, mine & -mine, mine & ~(mine & -mine) or mine])
    by = h.instead(by)
    values = {
        "terms": packed,
        "by": by,
        "seats": h.one([0, booked_terms.all_seats(terms) + 1, UINT16, row.seats]) if h.slips() else seats,
        "reason": h.fresh("reason"),
        "deadline": h.deadline(),
    }
    return h.signed(DISPUTES, "dispute", values, [h.instead(by)])


@play("settleDispute")
def settle_dispute(h: Hand) -> Plan:
    h.passes()
    packed, terms = _contested_one(h)
    seats = _contested(h, packed)
    values = {"terms": packed, "seats": seats, "bps": _bps(h), "deadline": h.deadline()}
    theirs = [seat.doctor for place, seat in enumerate(terms.seats) if seats >> place & 1]
    return h.signed(DISPUTES, "settleDispute", values, [terms.hospital, *theirs])


@play("rule")
def rule(h: Hand) -> Plan:
    packed, terms = _contested_one(h, in_time=True)
    h.waits(latest=ruling_due(h.s, terms, _row(h, packed)))
    values = {
        "terms": packed,
        "seats": _contested(h, packed),
        "bps": _bps(h),
        "reason": h.fresh("reason"),
        "deadline": h.deadline(),
    }
    return h.signed(DISPUTES, "rule", values, [h.instead(terms.policy.arbiter)])


@play("applyDefault")
def apply_default(h: Hand) -> Plan:
    packed, terms = _contested_one(h)
    h.waits(earliest=ruling_due(h.s, terms, _row(h, packed)) + 1)
    return h.plan(DISPUTES, "applyDefault", {"terms": packed})


@play("releaseUncontested")
def release_uncontested(h: Hand) -> Plan:
    packed, terms = consultation(h, DISPUTED, such=lambda _, row: not h.s.disputes[row.id].rest_released)
    h.waits(earliest=_review_due(terms, _row(h, packed)) + 1)
    return h.plan(DISPUTES, "releaseUncontested", {"terms": packed})


@play("for Disputes alone")
def for_disputes_alone(h: Hand) -> Plan:
    """Nobody else may."""
    h.passes()
    packed, _ = consultation(h, h.one([BOOKED, DELIVERED, DISPUTED]))
    values = {
        "terms": packed,
        "seats": 1,
        "overtime": 0,
        "report": NO_WORD,
        "to": packed,
        "leaving": [],
        "funded": 1,
        "legs": [],
        "last": True,
    }
    function = h.one(["attend", "deliverUnattended", "amend", "contest", "releasePart"])
    return h.plan(CONSULTATIONS, function, values)


# Parts


def _renewed(h: Hand, terms: Terms) -> Terms:
    return replace(terms, sign_by=h.at + h.one([0, 1, DAY]), salt=h.fresh("salt")[:16])


def _with_doctor(h: Hand, terms: Terms, place: int, doctor: int, institution: int) -> Terms:
    """The seat given to another doctor, who also leads where the leading doctor goes."""
    old, leading = terms.seats[place], booked_terms.leading_doctor(terms)
    mine: Seat = seat_of(h, doctor, institution, first=old.required)
    new = replace(mine, required=old.required, fee=old.fee, specialties=old.specialties)
    seats = sorted((*terms.seats[:place], new, *terms.seats[place + 1 :]), key=lambda seat: seat.doctor)
    next_leading = doctor if leading == old.doctor else leading
    lead = [seat.doctor for seat in seats].index(PartyId(next_leading))
    return replace(terms, seats=tuple(seats), lead=lead)


def _amendment(h: Hand, function: str, packed: bytes, to: Terms, last: list[int]) -> Plan:
    new = packed_anyway(to)
    try:
        signers = [*signers_of(h.s.at(h.at), booked_terms.read(new)), *last]
    except Refusal:
        signers = [h.party()]
    return h.signed(DISPUTES, function, {"terms": packed, "to": new}, signers)


def _row(h: Hand, packed: bytes) -> Consultation:
    return h.s.consultations.get(keccak(packed), Consultation(0, 0, 0, 0, 0, 0, 0))


def _dispute(h: Hand, packed: bytes) -> Dispute:
    return h.s.disputes[_row(h, packed).id]


def _contested_one(h: Hand, *, in_time: bool = False) -> tuple[bytes, Terms]:
    def due(terms: Terms, row: Consultation) -> int:
        return ruling_due(h.s, terms, row) if in_time else UINT40

    return consultation(h, DISPUTED, until=due, such=lambda _, row: h.s.disputes[row.id].contested != 0)


def _review_due(terms: Terms, row: Consultation) -> int:
    return row.delivered_at + terms.policy.review_window


def _contested(h: Hand, packed: bytes) -> int:
    seats = _dispute(h, packed).contested
    return h.one([0, seats << 1 & UINT16, UINT16]) if h.slips() else h.one([seats, seats & -seats])


def _bps(h: Hand) -> int:
    return h.one([BPS + 1, UINT16]) if h.slips() else h.one([0, 1, 5000, 9999, BPS])
