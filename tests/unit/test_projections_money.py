"""Fen through the rows: balances are sums of entries, and everybody's balances are what is in custody."""

from __future__ import annotations

from collections import Counter

import pytest

from huizhen.db.index.consultations import Consultation, Seat
from huizhen.db.index.ledger import Credit, Custody, Funds
from huizhen.db.index.payouts import PayoutBatch, PayoutItem
from huizhen.domain import chain_events as on
from huizhen.domain.ids import PartyId
from huizhen.domain.money import Fen
from huizhen.domain.slots import Slot
from huizhen.domain.split import Leg, LegKind
from huizhen.domain.statuses import Bucket, ConsultationStatus, ItemStatus
from huizhen.domain.terms import Documents, Policy, Pricing, Terms, encode_terms
from huizhen.domain.terms import Seat as SeatTerms
from huizhen.errors import IndexCorrupt
from tests.support.chain_events import TAX_AUTHORITY, Tape, hash_of

HOSPITAL, DOCTOR, INSTITUTION, PLATFORM = PartyId(3), PartyId(7), PartyId(4), PartyId(5)
PRICE = Fen(90_000)
TERMS = Terms(
    HOSPITAL,
    Slot(1_990_000),
    4,
    0,
    1_791_000_000,
    b"\x05" * 16,
    Pricing(PLATFORM, 500, 0, 0, 0),
    Policy(86_400, 7200, 3000, 10_000, 86_400, 259_200, PartyId(1), 604_800, 5000),
    Documents(b"\x01" * 32, b"\x02" * 32, b"\x03" * 32),
    (
        SeatTerms(DOCTOR, INSTITUTION, PartyId(20), 1, 3000, 0, True, Fen(60_000), 2),
        SeatTerms(PartyId(9), INSTITUTION, PartyId(0), 0, 10_000, 0, False, Fen(30_000), 4),
    ),
)


def funded() -> Tape:
    tape = Tape()
    tape.play(on.Deposited, HOSPITAL, Fen(100_000), hash_of(1))
    tape.play(on.Collected, hash_of(1), Fen(100_000), Fen(100_000))
    return tape


def booked() -> Tape:
    tape = funded()
    tape.play(on.Booked, 1, hash_of(9), HOSPITAL, PRICE, encode_terms(TERMS))
    tape.play(on.Escrowed, 1, HOSPITAL, PRICE)
    return tape


def settled(legs: tuple[Leg, ...]) -> Tape:
    tape = booked()
    tape.play(on.Delivered, 1, hash_of(4), 0b01, 0)
    tape.play(on.Settled, 1, True)
    tape.play(on.EscrowReleased, 1, HOSPITAL, PRICE, legs)
    return tape


LEGS = (
    Leg(LegKind.SEAT, DOCTOR, Fen(39_900)),
    Leg(LegKind.INSTITUTION, INSTITUTION, Fen(17_100)),
    Leg(LegKind.PLATFORM, PLATFORM, Fen(3000)),
)


def balance(tape: Tape, party: int) -> tuple[int, int]:
    row = tape.rows.get(Credit, party)
    return row["credited"], row["outstanding"]


def require_balanced(tape: Tape) -> None:
    """Entries sum to balances, owner by owner, and all owners to custody."""
    sums: Counter[tuple[Bucket, int]] = Counter()
    changes = tape.rows.changes()
    for entry in changes["ledger_entry"].inserted:
        sums[entry["bucket"], entry["party"]] += entry["amount"]
    for (bucket, party), total in sums.items():
        if bucket is Bucket.CUSTODY:
            assert tape.rows.get(Custody, 1)["amount"] == total
        else:
            model = Funds if bucket in (Bucket.AVAILABLE, Bucket.ESCROWED) else Credit
            assert tape.rows.get(model, party)[bucket] == total
    owed = sum(total for (bucket, _), total in sums.items() if bucket is not Bucket.CUSTODY)
    assert owed == sums[Bucket.CUSTODY, 0]


def test_booked__terms__stand_in_columns_and_seats() -> None:
    tape = booked()
    row = tape.rows.get(Consultation, 1)
    assert (row["status"], row["lead_doctor"], row["review_window"]) == (
        ConsultationStatus.BOOKED,
        DOCTOR,
        TERMS.policy.review_window,
    )
    assert (row["case_file"], row["terms"]) == ("0x" + "02" * 32, encode_terms(TERMS))
    assert tape.rows.get(Seat, 1, 1)["fee"] == 30_000
    assert tape.rows.get(Funds, HOSPITAL)["escrowed"] == PRICE
    require_balanced(tape)


def test_settled__legs__are_credited_and_the_rest_returned() -> None:
    tape = settled(LEGS)
    row = tape.rows.get(Consultation, 1)
    assert (row["status"], row["accepted"], row["ended_at"] is None) == (
        ConsultationStatus.SETTLED,
        True,
        False,
    )
    assert (row["credited"], row["returned"], row["escrowed"]) == (60_000, 30_000, 90_000)
    assert row["seats"] == 0b01
    assert tape.rows.get(Funds, HOSPITAL)["available"] == 40_000
    assert balance(tape, DOCTOR) == (39_900, 0)
    require_balanced(tape)


def test_cancelled__without_fee__returns_everything() -> None:
    tape = booked()
    tape.play(on.Cancelled, 1, HOSPITAL, 0)
    tape.play(on.EscrowReleased, 1, HOSPITAL, PRICE, ())
    row = tape.rows.get(Consultation, 1)
    assert (row["status"], row["cancelled_by"], row["returned"]) == (
        ConsultationStatus.CANCELLED,
        HOSPITAL,
        PRICE,
    )
    assert tape.rows.get(Funds, HOSPITAL)["available"] == 100_000
    require_balanced(tape)


def test_expired__keeps_no_money() -> None:
    tape = booked()
    tape.play(on.Expired, 1)
    tape.play(on.EscrowReleased, 1, HOSPITAL, PRICE, ())
    assert tape.rows.get(Consultation, 1)["status"] is ConsultationStatus.EXPIRED
    require_balanced(tape)


def test_refunded__becomes_credit_of_the_hospital() -> None:
    tape = funded()
    tape.play(on.Refunded, HOSPITAL, Fen(10_000), 0)
    assert balance(tape, HOSPITAL) == (10_000, 0)
    assert tape.rows.get(Funds, HOSPITAL)["refunds"] == 1
    require_balanced(tape)


ITEMS = (
    on.PayoutItem(INSTITUTION, Fen(17_100), Fen(0), hash_of(11)),
    on.PayoutItem(PLATFORM, Fen(3000), Fen(0), hash_of(12)),
    on.PayoutItem(DOCTOR, Fen(39_900), Fen(9900), hash_of(13)),
)


def approved(executed: int) -> Tape:
    tape = settled(LEGS)
    tape.play(on.PayoutPrepared, 1, 30, ITEMS)
    gross = sum(item.gross for place, item in enumerate(ITEMS) if executed >> place & 1)
    withheld = sum(item.withheld for place, item in enumerate(ITEMS) if executed >> place & 1)
    tape.play(on.PayoutApproved, 1, 31, executed, Fen(gross), Fen(withheld))
    return tape


def statuses(tape: Tape) -> list[ItemStatus]:
    return [tape.rows.get(PayoutItem, 1, place)["status"] for place in range(3)]


def test_approved__withheld_tax__is_the_tax_authority_s() -> None:
    tape = approved(0b101)
    assert statuses(tape) == [ItemStatus.OUTSTANDING, ItemStatus.LEFT_OUT, ItemStatus.OUTSTANDING]
    assert balance(tape, DOCTOR) == (0, 30_000)
    assert balance(tape, PLATFORM) == (3000, 0)
    assert balance(tape, TAX_AUTHORITY) == (9900, 0)
    require_balanced(tape)


def test_confirmed__money__has_left_custody() -> None:
    tape = approved(0b111)
    tape.play(on.PayoutConfirmed, 1, 0b110, hash_of(21), Fen(33_000))
    tape.play(on.Paid, hash_of(21), Fen(33_000), Fen(67_000))
    assert statuses(tape) == [ItemStatus.OUTSTANDING, ItemStatus.CONFIRMED, ItemStatus.CONFIRMED]
    row = tape.rows.get(PayoutBatch, 1)
    assert (row["outstanding"], row["confirmed"]) == (0b001, 0b110)
    assert tape.rows.get(PayoutItem, 1, 2)["paid_ref"] == hash_of(21)
    require_balanced(tape)


def test_returned__before_and_after_confirmation__is_credit_again() -> None:
    tape = approved(0b111)
    tape.play(on.PayoutReturned, 1, 0, INSTITUTION, Fen(17_100), hash_of(31))
    assert balance(tape, INSTITUTION) == (17_100, 0)
    require_balanced(tape)
    tape.play(on.PayoutConfirmed, 1, 0b100, hash_of(21), Fen(30_000))
    tape.play(on.Paid, hash_of(21), Fen(30_000), Fen(70_000))
    tape.play(on.PayoutReturned, 1, 2, DOCTOR, Fen(30_000), hash_of(32))
    tape.play(on.Reclaimed, hash_of(32), Fen(30_000), Fen(100_000))
    assert balance(tape, DOCTOR) == (30_000, 0)
    assert statuses(tape) == [ItemStatus.RETURNED, ItemStatus.OUTSTANDING, ItemStatus.RETURNED]
    assert tape.rows.get(PayoutBatch, 1)["returned"] == 0b101
    require_balanced(tape)


def test_collected__custody_that_does_not_follow__stops() -> None:
    tape = funded()
    with pytest.raises(IndexCorrupt, match="custody is 100001 fen here and 7 there"):
        tape.play(on.Collected, hash_of(2), Fen(1), Fen(7))


def test_escrowed__more_than_there_is__stops() -> None:
    tape = funded()
    with pytest.raises(IndexCorrupt, match="would fall below zero"):
        tape.play(on.Escrowed, 1, HOSPITAL, Fen(100_001))
