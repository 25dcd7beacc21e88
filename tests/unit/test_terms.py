"""The packed form of terms: what is written is read, and only what the contract reads is read."""

from __future__ import annotations

from dataclasses import replace

import pytest

from huizhen.domain.ids import PartyId
from huizhen.domain.money import Fen
from huizhen.domain.slots import Slot
from huizhen.domain.terms import Documents, Policy, Pricing, Seat, Terms, decode_terms, encode_terms
from huizhen.errors import TermsUnreadable

LEAD = Seat(PartyId(7), PartyId(3), PartyId(5), 2, 2000, 1000, True, Fen(80_000), 1 << 159 | 1)
SECOND = Seat(PartyId(9), PartyId(4), PartyId(0), 0, 10_000, 0, False, Fen(2**96 + 1), 4)
TERMS = Terms(
    PartyId(3),
    Slot(1_980_000),
    4,
    0,
    1_782_000_000,
    bytes(range(16)),
    Pricing(PartyId(2), 500, 1000, 2500, 2),
    Policy(86_400, 7200, 3000, 10_000, 86_400, 259_200, PartyId(1), 604_800, 5000),
    Documents(b"\x01" * 32, b"\x02" * 32, b"\x03" * 32),
    (LEAD, SECOND),
)


def test_encode_terms__then_decode__gives_the_same_terms() -> None:
    packed = encode_terms(TERMS)
    assert len(packed) == 169 + 2 * 55
    assert decode_terms(packed) == TERMS


def test_encode_terms__fields__stand_where_the_contract_reads_them() -> None:
    packed = encode_terms(TERMS)
    assert packed[0] == 1
    assert int.from_bytes(packed[1:5], "big") == 3
    assert int.from_bytes(packed[11:16], "big") == TERMS.sign_by
    assert packed[73:105] == TERMS.documents.agreement
    assert int.from_bytes(packed[169 + 19 : 169 + 35], "big") == LEAD.fee
    assert int.from_bytes(packed[169 + 35 : 169 + 55], "big") == LEAD.specialties


@pytest.mark.parametrize(
    "broken",
    [
        replace(TERMS, slots=0),
        replace(TERMS, seats=()),
        replace(TERMS, lead=1),
        replace(TERMS, lead=2),
        replace(TERMS, seats=(SECOND, LEAD)),
        replace(TERMS, seats=(LEAD, LEAD)),
        replace(TERMS, hospital=PartyId(2**32)),
        replace(TERMS, salt=b"short"),
        replace(TERMS, sign_by=2**40),
        replace(TERMS, seats=(replace(LEAD, fee=Fen(2**128)),)),
    ],
)
def test_encode_terms__what_the_contract_would_not_read__is_refused(broken: Terms) -> None:
    with pytest.raises(TermsUnreadable):
        encode_terms(broken)


@pytest.mark.parametrize(("position", "value"), [(0, 2), (169 + 18, 2)])
def test_decode_terms__unknown_version_or_flag__is_refused(position: int, value: int) -> None:
    packed = bytearray(encode_terms(TERMS))
    packed[position] = value
    with pytest.raises(TermsUnreadable):
        decode_terms(bytes(packed))


def test_escrow__with_urgency_and_overtime__rounds_each_seat_down() -> None:
    terms = replace(TERMS, seats=(replace(LEAD, fee=Fen(333)), replace(SECOND, fee=Fen(101))))
    assert terms.price() == 366 + 111
    assert terms.escrow() == 532 + 161
    assert terms.starts_at == 1_980_000 * 900
    assert terms.ends_at - terms.starts_at == 3600
    assert terms.required_mask == 0b01
    assert [seat.fee for seat in terms.paid_seats(0b10, 0)] == [111]


@pytest.mark.parametrize(("before", "bps"), [(86_400, 0), (86_399, 3000), (7200, 3000), (7199, 10_000)])
def test_fee_bps__by_time_before_the_start__follows_the_policy(before: int, bps: int) -> None:
    assert TERMS.policy.fee_bps(before) == bps
