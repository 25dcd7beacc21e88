"""Terms to book: such as the state allows, with fees, shares and windows at their boundaries."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from huizhen.domain.ids import PartyId
from huizhen.domain.money import Fen
from huizhen.domain.slots import SLOT_SECONDS, Slot
from huizhen.domain.split import MAX_SEATS
from huizhen.domain.statuses import ConsultationStatus, PartyKind, PartyStatus
from huizhen.domain.terms import Documents, Policy, Pricing, Seat, Terms, encode_terms
from tests.model.play.hand import DAY, Hand
from tests.model.spec import booked_terms
from tests.model.spec.hashing import keccak
from tests.model.spec.state import BPS, UINT16, UINT32, UINT40, UINT96, UINT128, Consultation

FEES = (0, 1, 3, 99, 33_333, 80_000)
HUGE_FEES = (UINT96, UINT96 + 1, UINT128)
SEAT, HEADER = 55, 169


def drawn_terms(h: Hand) -> bytes:
    """Packed; after a slip perhaps not the packed form of anything."""
    with h.careful():
        return _drawn_terms(h)


def _drawn_terms(h: Hand) -> bytes:
    start = _start(h)
    slots = h.one([1, 2, 4, 255])
    end = min((start + slots) * SLOT_SECONDS, UINT40)
    hospital = h.instead(_hospital(h, end))
    seats = _seats(h, hospital, end)
    terms = Terms(
        hospital=PartyId(hospital),
        start=Slot(start),
        slots=0 if h.slips() else slots,
        lead=h.near(0, MAX_SEATS),
        sign_by=h.one([h.at, h.at + 1, h.at + DAY]) if not h.slips() else h.at - 1,
        salt=h.fresh("salt")[:16],
        pricing=_pricing(h),
        policy=_policy(h),
        documents=_documents(h, hospital, end),
        seats=tuple(seats),
    )
    if h.slips():
        terms = _over(h, terms)
    packed = packed_anyway(_affordable(h, terms))
    return _broken(h, packed) if h.slips() else packed


def _start(h: Hand) -> int:
    """A slot to come: the next ones, one before the end of a word, or later."""
    following = h.at // SLOT_SECONDS + 1
    if h.slips():
        return h.one([following - 1, UINT32, UINT32 - 300])
    return following + h.one([0, 1, 2, 4, 8, 16, 96, 255 - following % 256, 300])


def _hospital(h: Hand, end: int) -> int:
    consenting = [c.hospital for c in h.s.consents.values() if c.valid_until >= end and not c.withdrawn]
    rich = [each for each in sorted(set(consenting)) if h.s.funds[each].available]
    return h.one(rich or consenting or [0])


def staff_of(h: Hand, hospital: int, end: int) -> dict[int, list[int]]:
    """Doctors and the institutions at which the hospital may book them until then."""
    s = h.s
    staff: dict[int, list[int]] = {}
    for (doctor, institution), row in list(s.affiliations.items()):
        a, b = sorted((hospital, institution))
        agreed = institution == hospital or s.agreements[a, b].valid_until >= end
        if agreed and row.valid_until >= end and _is_accredited(h, doctor) and _is_accredited(h, institution):
            staff.setdefault(doctor, []).append(institution)
    return staff


def _seats(h: Hand, hospital: int, end: int) -> list[Seat]:
    staff = staff_of(h, hospital, end)
    doctors = h.some(sorted(staff) or [1], 4)
    if h.slips():
        doctors = sorted({*doctors, h.party(PartyKind.DOCTOR) or 1})
    return [
        seat_of(h, doctor, h.one(staff.get(doctor) or [hospital]), first=n == 0)
        for n, doctor in enumerate(doctors)
    ]


def seat_of(h: Hand, doctor: int, institution: int, *, first: bool) -> Seat:
    groups = [group for group in h.s.founded if h.s.membership(group, doctor).is_current]
    group = h.one([0, *groups, *groups])
    row = h.s.groups[group]
    shares = (row.institution_bps, row.fund_bps) if group else (BPS, 0)
    if h.slips():
        shares = h.one([(BPS, 1), (0, 0), (UINT16, UINT16), (shares[0], min(shares[1] + 1, UINT16))])
    held = h.s.parties[doctor].specialties if doctor in h.s.parties else 0
    return Seat(
        PartyId(doctor),
        PartyId(institution),
        PartyId(group),
        min(h.near(row.rule_version if group else 0, UINT16), UINT16),
        shares[0],
        shares[1],
        first or h.one([True, False]),
        Fen(h.one(HUGE_FEES if h.slips() else FEES)),
        h.usually(held & 0b10, held, 0, held | 1) if h.slips() else held & 0b110,
    )


def _pricing(h: Hand) -> Pricing:
    platform_bps = h.one([0, 1, 500, 9999, BPS]) if not h.slips() else h.one([BPS + 1, UINT16])
    platform = h.party(PartyKind.PLATFORM)
    urgency, overtime = h.one([0, 1, 5000]), h.one([0, 1, 2500, UINT16])
    return Pricing(PartyId(platform), platform_bps, urgency, overtime, h.one([0, 1, 2]))


def _policy(h: Hand) -> Policy:
    too_much = h.slips()
    free = h.one([0, SLOT_SECONDS, DAY, UINT32])
    return Policy(
        free_before=free,
        partial_before=h.one([0, 450, 7200, UINT32]),
        partial_bps=h.one([BPS + 1, UINT16]) if too_much else h.one([0, 1, 3000, BPS]),
        late_bps=h.one([1, 9999, BPS]),
        deliver_window=h.one([0, 1, DAY, 3 * DAY, 30 * DAY]),
        review_window=h.one([0, 1, 3 * DAY, 3 * DAY]),
        arbiter=PartyId(h.stage.arbiter),
        arbiter_window=h.one([0, 1, 7 * DAY, 7 * DAY]),
        default_bps=h.one([0, 5000, BPS]),
    )


def _documents(h: Hand, hospital: int, end: int) -> Documents:
    good = [
        pair
        for pair, row in h.s.consents.items()
        if row.hospital == hospital and not row.withdrawn and row.valid_until >= end
    ]
    case_file, consent = h.one(list(h.s.consents) if h.slips() or not good else good)
    return Documents(h.fresh("agreement"), case_file, consent)


def _affordable(h: Hand, terms: Terms) -> Terms:
    """Sometimes the price is all that the hospital has, or 1 fen more."""
    if h.mostly():
        return terms
    available = h.s.funds[terms.hospital].available
    plain = replace(terms, pricing=replace(terms.pricing, urgency_bps=0, overtime_steps=0))
    first = replace(terms.seats[0], fee=Fen(min(available + h.slips(), UINT128)))
    others = tuple(replace(seat, fee=Fen(0)) for seat in terms.seats[1:])
    return replace(plain, seats=(first, *others))


def _over(h: Hand, terms: Terms) -> Terms:
    """Sixteen seats of as many payees: too many legs, or just few enough."""
    first = terms.seats[0]
    institutions = h.one([4, 5, 16])
    seats = tuple(
        replace(
            first,
            doctor=PartyId(1000 + place),
            institution=PartyId(2000 + place % institutions),
            group=PartyId(1),
            institution_bps=3000,
            fund_bps=0,
            required=True,
            fee=Fen(h.one([100, UINT96 >> 4, UINT96])),
        )
        for place in range(MAX_SEATS)
    )
    return replace(terms, lead=0, slots=max(terms.slots, 1), seats=seats)


def packed_anyway(terms: Terms) -> bytes:
    """Also of terms that the product would not write: seat by seat, each as the only one of terms that it would."""
    packed = bytearray()
    for seat in terms.seats:
        alone = replace(terms, lead=0, slots=1, seats=(replace(seat, required=True),))
        part = bytearray(encode_terms(alone))
        part[9], part[10], part[HEADER + 18] = terms.slots, min(terms.lead, 255), seat.required
        packed += part[HEADER:] if packed else part
    return bytes(packed)


def _broken(h: Hand, packed: bytes) -> bytes:
    seats = (len(packed) - HEADER) // SEAT
    last = HEADER + SEAT * (seats - 1)
    return h.one(
        [
            packed[:-1],
            packed[:HEADER],
            b"",
            b"\2" + packed[1:],
            packed + packed[last:],
            packed + packed[last:] * 16,
            packed[: last + 18] + b"\2" + packed[last + 19 :],
            packed[:10] + bytes([seats]) + packed[11:],
        ]
    )


def _is_accredited(h: Hand, party: int) -> bool:
    return party in h.s.parties and h.s.parties[party].status == PartyStatus.ACCREDITED


def consultation(
    h: Hand,
    status: ConsultationStatus,
    *,
    until: Callable[[Terms, Consultation], int] = lambda *_: UINT40,
    such: Callable[[Terms, Consultation], bool] = lambda *_: True,
) -> tuple[bytes, Terms]:
    """One in this state, in time and such as is wanted; after a slip, or where there is none, any."""
    rows = {packed: h.s.consultations.get(keccak(packed)) for packed in h.stage.terms}
    booked = {packed: row for packed, row in rows.items() if row is not None}
    good = [packed for packed, row in booked.items() if row.status == status]
    fit = [packed for packed in good if such(booked_terms.read(packed), booked[packed])]
    best = [packed for packed in fit if until(booked_terms.read(packed), booked[packed]) >= h.s.now]
    packed = h.one(list(rows) if h.slips() else best or fit or good or list(booked))
    return packed, booked_terms.read(packed if packed in booked else next(iter(booked)))
