"""Amendments, attendance, disputes, lost keys, files and key grants as rows, without chain or database."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from huizhen.db.index.consents import CaseFile, KeyGrant, LogHead
from huizhen.db.index.consultations import Absence, Amendment, Consultation, Dispute, Seat
from huizhen.db.index.groups import DoctorGroup
from huizhen.db.index.ledger import PayIn
from huizhen.db.index.parties import InstitutionAccount, Party, Replacement
from huizhen.domain import chain_events as on
from huizhen.domain.ids import PartyId
from huizhen.domain.money import Fen
from huizhen.domain.slots import Slot
from huizhen.domain.split import Leg, LegKind
from huizhen.domain.statuses import ConsultationStatus, PartyKind, Power, Resolution
from huizhen.domain.terms import Documents, Policy, Pricing, Terms, encode_terms
from huizhen.domain.terms import Seat as TermsSeat
from tests.support.chain_events import Tape, hash_of

HOSPITAL, PLATFORM = PartyId(8), PartyId(7)
KEY, NEW_KEY = b"\x01" * 20, b"\x02" * 20
PRICE = Fen(90_000)


def seat(doctor: int) -> TermsSeat:
    return TermsSeat(PartyId(doctor), HOSPITAL, PartyId(0), 0, 3000, 0, doctor == 9, Fen(30_000), 1)


TERMS = Terms(
    hospital=HOSPITAL,
    start=Slot(2_000_000),
    slots=2,
    lead=0,
    sign_by=1_790_000_000,
    salt=bytes(16),
    pricing=Pricing(PLATFORM, 500, 0, 0, 2),
    policy=Policy(86400, 7200, 3000, 10_000, 86400, 259_200, PartyId(2), 604_800, 5000),
    documents=Documents(bytes(32), b"\x01" * 32, b"\x02" * 32),
    seats=(seat(9), seat(10), seat(11)),
)


def booked() -> Tape:
    tape = Tape()
    tape.play(on.Deposited, HOSPITAL, PRICE, hash_of(50))
    tape.play(on.Booked, 1, hash_of(1), HOSPITAL, PRICE, encode_terms(TERMS))
    tape.play(on.Escrowed, 1, HOSPITAL, PRICE)
    return tape


def of(tape: Tape, model: Any, *key: Any) -> Any:
    return tape.rows.get(model, *key)


def test_amended__other_doctor__replaces_terms_and_seat_and_keeps_the_old_ones() -> None:
    tape = booked()
    to = replace(TERMS, seats=(seat(9), seat(11), seat(12)), start=Slot(2_000_010))
    tape.play(on.Amended, 1, hash_of(1), hash_of(2), encode_terms(to))
    row = of(tape, Consultation, 1)
    assert (row["terms_hash"], row["start"], row["booked_at"]) == (hash_of(2), 2_000_010, tape.time)
    assert row["terms"] == encode_terms(to)
    assert [of(tape, Seat, 1, index)["doctor"] for index in range(3)] == [9, 11, 12]
    old = of(tape, Amendment, hash_of(1))
    assert (old["terms_hash"], old["terms"]) == (hash_of(2), encode_terms(TERMS))


def test_attendance_recorded__fixes_seats_and_overtime() -> None:
    tape = booked()
    tape.play(on.AttendanceRecorded, 1, 0b011, 1)
    assert (of(tape, Consultation, 1)["attended"], of(tape, Consultation, 1)["overtime"]) == (0b011, 1)


def test_attendance_recorded__after_the_cancellation_that_it_causes__changes_nothing() -> None:
    tape = booked()
    tape.play(on.Cancelled, 1, 0, 0)
    tape.play(on.AttendanceRecorded, 1, 0b010, 1)
    row = of(tape, Consultation, 1)
    assert (row["status"], row["attended"], row["overtime"]) == (ConsultationStatus.CANCELLED, 0, 0)


def test_no_show_marked__by_the_hospital__is_an_attendance_without_those() -> None:
    tape = booked()
    tape.play(on.NoShowMarked, 1, HOSPITAL, 0b100, hash_of(6))
    assert of(tape, Consultation, 1)["attended"] == 0b011
    assert of(tape, Absence, 1)["seats"] == 0b100


def test_no_show_marked__by_the_lead__leaves_the_attendance_open() -> None:
    tape = booked()
    tape.play(on.Delivered, 1, hash_of(6), 0b111, 0)
    tape.play(on.NoShowMarked, 1, 9, 0b111, hash_of(6))
    assert of(tape, Consultation, 1)["attended"] == 0
    assert of(tape, Absence, 1)["by"] == 9


def test_settled__by_time_without_attendance__drops_the_overtime_that_the_lead_claims() -> None:
    tape = booked()
    tape.play(on.Delivered, 1, hash_of(6), 0b111, 2)
    tape.play(on.Settled, 1, False)
    assert of(tape, Consultation, 1)["overtime"] == 0


def test_settled__accepted__pays_the_overtime_that_the_lead_claims() -> None:
    tape = booked()
    tape.play(on.Delivered, 1, hash_of(6), 0b111, 2)
    tape.play(on.Settled, 1, True)
    assert of(tape, Consultation, 1)["overtime"] == 2


def test_dispute__in_parts__is_paid_to_the_last_fen() -> None:
    tape = booked()
    tape.play(on.Delivered, 1, hash_of(6), 0b111, 0)
    tape.play(on.Disputed, 1, HOSPITAL, 0b100, hash_of(7))
    tape.play(on.UncontestedReleased, 1, 0b011)
    legs = (Leg(LegKind.SEAT, PartyId(9), Fen(30_000)), Leg(LegKind.SEAT, PartyId(10), Fen(30_000)))
    tape.play(on.EscrowReleased, 1, HOSPITAL, Fen(60_000), legs)
    row = of(tape, Consultation, 1)
    assert (row["status"], row["held"], row["credited"]) == (ConsultationStatus.DISPUTED, 30_000, 60_000)
    assert of(tape, Dispute, 1)["rest_released"] is True

    tape.play(on.DisputeResolved, 1, 0b100, 5000, Resolution.RULED, hash_of(8))
    tape.play(on.Settled, 1, False)
    half = (Leg(LegKind.SEAT, PartyId(11), Fen(15_000)),)
    tape.play(on.EscrowReleased, 1, HOSPITAL, Fen(30_000), half)
    row, dispute = of(tape, Consultation, 1), of(tape, Dispute, 1)
    assert (row["held"], row["credited"], row["returned"], row["escrowed"]) == (0, 75_000, 15_000, PRICE)
    assert (dispute["contested"], dispute["resolved"]) == (0, 0b100)
    assert (of(tape, Seat, 1, 2)["resolution"], of(tape, Seat, 1, 2)["resolved_bps"]) == (
        Resolution.RULED,
        5000,
    )
    assert of(tape, Seat, 1, 0)["resolution"] is None


def asked() -> Tape:
    """Party 1 is the authority, party 2 has lost its key."""
    tape = Tape()
    for number in (1, 2):
        tape.play(on.Applied, number, PartyKind.OFFICIAL, 0, hash_of(1), hash_of(2), KEY)
        tape.play(on.SignerAdded, number, 0, KEY)
        tape.play(on.Accredited, number, 1, 0, 0, 2**39, Power.AUTHORITY)
    tape.play(on.ReplacementRequested, 2, 1, NEW_KEY, 99, 1)
    return tape


def test_replacement__requested__stands_under_the_authority_s_revision() -> None:
    tape = asked()
    row = of(tape, Replacement, 2)
    assert (row["authority"], row["authority_revision"], row["signer"]) == (1, 1, "0x" + NEW_KEY.hex())
    assert (row["not_before"], row["contested"], row["allowed"], row["sequence"]) == (99, False, False, 1)


def test_replacement__cancelled_then_asked_again__needs_a_ruling() -> None:
    tape = asked()
    tape.play(on.ReplacementCancelled, 2, 2)
    assert (of(tape, Replacement, 2)["not_before"], of(tape, Replacement, 2)["contested"]) == (0, True)
    tape.play(on.ReplacementRequested, 2, 1, NEW_KEY, 199, 3)
    tape.play(on.ReplacementRuled, 2, 3, True, 4)
    row = of(tape, Replacement, 2)
    assert (row["contested"], row["allowed"], row["sequence"]) == (True, True, 4)


def test_signers_replaced__moves_the_party_s_revision_once() -> None:
    tape = asked()
    before = of(tape, Party, 2)["revision"]
    tape.play(on.SignerRemoved, 2, 0)
    tape.play(on.SignerAdded, 2, 0, NEW_KEY)
    tape.play(on.SignersReplaced, 2, 2)
    assert of(tape, Party, 2)["revision"] == before + 1
    assert (of(tape, Replacement, 2)["signer"], of(tape, Replacement, 2)["sequence"]) == ("0x", 2)


def test_group__policy_and_lead__move_with_their_revision() -> None:
    tape = Tape()
    tape.play(on.GroupFounded, 20, 9, 0, 3000, 1000)
    tape.play(on.PolicySet, 20, 2, 1)
    tape.play(on.LeadTransferred, 20, 10, 9, 2)
    row = of(tape, DoctorGroup, 20)
    assert (row["quorum"], row["lead"], row["revision"]) == (2, 10, 2)


def test_case__files_grants_and_anchors__are_kept() -> None:
    tape = Tape()
    tape.play(on.FileCommitted, hash_of(1), hash_of(2), HOSPITAL, 0)
    assert of(tape, CaseFile, hash_of(1), hash_of(2))["committed_at"] == tape.time
    tape.play(on.KeyGranted, hash_of(1), 9, HOSPITAL, hash_of(3), hash_of(4), 500, 1)
    tape.play(on.KeyGrantEnded, hash_of(1), 9, HOSPITAL, 2)
    grant = of(tape, KeyGrant, hash_of(1), 9)
    assert (grant["valid_until"], grant["key"], grant["version"], grant["ended_by"]) == (
        0,
        hash_of(4),
        2,
        HOSPITAL,
    )
    tape.play(on.LogAnchored, PLATFORM, hash_of(5), 12, 1)
    tape.play(on.LogAnchored, PLATFORM, hash_of(6), 15, 2)
    assert (of(tape, LogHead, PLATFORM)["head"], of(tape, LogHead, PLATFORM)["sequence"]) == (hash_of(6), 2)


def test_account_created__keeps_its_officers() -> None:
    tape = Tape()
    tape.play(on.AccountCreated, "0x" + "aa" * 20, (KEY, NEW_KEY), 2)
    row = of(tape, InstitutionAccount, "0x" + "aa" * 20)
    assert row["officers"] == f'["0x{KEY.hex()}","0x{NEW_KEY.hex()}"]'
    assert row["threshold"] == 2


def test_pay_in__waits_until_recorded_or_taken_back() -> None:
    tape = Tape()
    for number in (1, 2):
        tape.play(on.PaidIn, hash_of(number), "0x" + "bb" * 20, Fen(700))
    tape.play(on.TakenBack, hash_of(1), "0x" + "bb" * 20, Fen(700))
    tape.play(on.Deposited, HOSPITAL, Fen(700), hash_of(2))
    tape.play(on.Collected, hash_of(2), Fen(700), Fen(700))
    assert of(tape, PayIn, hash_of(1))["waiting"] is False
    assert of(tape, PayIn, hash_of(2))["waiting"] is False
    tape.play(on.PaidIn, hash_of(1), "0x" + "cc" * 20, Fen(800))
    assert (of(tape, PayIn, hash_of(1))["waiting"], of(tape, PayIn, hash_of(1))["amount"]) == (True, 800)
