"""I1 to I15 of DESIGN.md, each a check after every call that succeeded.

I11 is about what can still be done: epilogue.py does it at the end of each run. I13 stands in rebuilt.py.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from huizhen.domain.split import LegKind
from huizhen.domain.statuses import ConsultationStatus as Status
from huizhen.domain.terms import Terms
from tests.model.ghost import Ghost, Release
from tests.model.spec import booked_terms, split
from tests.model.spec.act import Act
from tests.model.spec.ledger import LEDGER
from tests.model.spec.registry import is_qualified
from tests.model.spec.state import BPS, UINT32, State, written

ENDED = (Status.SETTLED, Status.CANCELLED, Status.EXPIRED)
DRAWN = {
    (None, Status.BOOKED),
    (Status.BOOKED, Status.DELIVERED),
    (Status.BOOKED, Status.CANCELLED),
    (Status.BOOKED, Status.EXPIRED),
    (Status.DELIVERED, Status.SETTLED),
    (Status.DELIVERED, Status.DISPUTED),
    (Status.DISPUTED, Status.SETTLED),
}
MONEY = (LEDGER, "Consultations", "Disputes")


@dataclass(frozen=True)
class Step:
    before: State
    act: Act
    after: State
    ghost: Ghost


def i1_custody_covers_all_that_is_owed(step: Step) -> None:
    s = step.after
    owed = sum(map(sum, s.funds.values())) + sum(map(sum, s.credits.values()))
    assert s.custody == owed


def i2_each_consultation_is_escrowed_credited_or_returned(step: Step) -> None:
    s, ghost = step.after, step.ghost
    held = {number: ghost.row(s, number).escrowed for number in ghost.packed}
    for number, amount in held.items():
        assert ghost.funded[number] == amount + ghost.credited[number] + ghost.returned[number], number
    for hospital in {ghost.terms(number).hospital for number in held}:
        mine = sum(held[number] for number in held if ghost.terms(number).hospital == hospital)
        assert s.funds[hospital].escrowed == mine, hospital


def i3_legs_sum_exactly_and_lie_within_a_fen(step: Step) -> None:
    for release in step.ghost.releases:
        due, total = _exact(step.ghost.terms(release.consultation), release)
        assert sum(amount for _, _, amount in release.legs) == total
        assert {(kind, party) for kind, party, _ in release.legs} == due.keys()
        for kind, party, amount in release.legs:
            assert abs(amount - due[kind, party]) < 1, (kind, party)


def i4_what_was_credited_is_paid_withheld_or_still_there(step: Step) -> None:
    s, ghost = step.after, step.ghost
    for party, earned in ghost.earned.items():
        there = s.credits[party].credited + s.credits[party].outstanding
        assert earned == there + ghost.paid[party] + ghost.withheld[party], party
    assert all(row == (0, 0) for party, row in s.credits.items() if party not in ghost.earned)


def i5_only_drawn_transitions_and_the_end_is_final(step: Step) -> None:
    for key, row in step.after.consultations.items():
        before = step.before.consultations.get(key)
        if row != before:
            assert before is None or before.status not in ENDED
            status = before and before.status
            assert status == row.status or (status, row.status) in DRAWN
        assert row.status not in ENDED or row.escrowed == 0


def i6_release_needs_acceptance_or_time(step: Step) -> None:
    act, now = step.act, step.after.now
    for consultation in {release.consultation for release in step.ghost.releases}:
        terms, before = step.ghost.terms(consultation), step.ghost.row(step.before, consultation)
        start, hospital = booked_terms.starts_at(terms), terms.hospital
        review = before.delivered_at + terms.policy.review_window
        match act.function:
            case "accept" | "dispute":
                assert _signed(step, hospital)
            case "acceptByTime" | "releaseUncontested":
                assert now > review
            case "cancel":
                assert now < start
                assert act.by in (hospital, booked_terms.leading_doctor(terms))
                assert _signed(step, act.by)
            case "cancelWithdrawn":
                assert now < start
                assert step.before.consents[terms.documents.case_file, terms.documents.consent].withdrawn
            case "expire":
                assert now > booked_terms.delivery_due(terms)
            case "recordAttendance":
                assert _signed(step, hospital)
                assert _signed(step, booked_terms.leading_doctor(terms))
            case "settleDispute":
                assert all(_signed(step, party) for party in (hospital, *_doctors(terms, act.seats)))
            case "rule":
                assert _signed(step, terms.policy.arbiter)
            case "applyDefault":
                assert now > step.before.disputes[consultation].opened_at + terms.policy.arbiter_window
            case other:
                raise AssertionError(other)


def i7_no_share_falls_without_its_doctor(step: Step) -> None:
    act = step.act
    if act.function in ("book", "reschedule", "substitute"):
        signed = act.terms if act.function == "book" else act.to
        assert all(_signed(step, doctor) for doctor in booked_terms.doctors(booked_terms.read(signed)))
    if act.function == "substitute":
        for doctor in {*_all_doctors(act.terms)} - {*_all_doctors(act.to)}:
            assert _signed(step, doctor) or not _is_qualified(step.before, act.terms, doctor)
    if act.function == "setShareRule":
        before, after = step.before.groups[act.group], step.after.groups[act.group]
        if after.institution_bps + after.fund_bps > before.institution_bps + before.fund_bps:
            assert all(_signed(step, doctor) for doctor in step.before.members(act.group))


def i8_only_money_acts_move_money(step: Step) -> None:
    if step.act.contract not in MONEY:
        assert written(step.after.funds) == written(step.before.funds)
        assert written(step.after.credits) == written(step.before.credits)
        assert step.after.custody == step.before.custody


def i9_paid_seats_were_qualified_when_booked_and_delivered(step: Step) -> None:
    act = step.act
    if act.function == "book":
        assert all(_is_qualified(step.before, act.terms, doctor) for doctor in _all_doctors(act.terms))
    elif act.function in ("reschedule", "substitute"):
        assert all(_is_qualified(step.before, act.to, doctor) for doctor in _all_doctors(act.to))
    elif any(log.event == "Delivered" for log in step.after.logs):
        present = _doctors(booked_terms.read(act.terms), act.seats)
        assert all(_is_qualified(step.before, act.terms, doctor) for doctor in present)
    elif act.function == "dispute" and act.by != booked_terms.read(act.terms).hospital:
        assert _is_qualified(step.before, act.terms, act.by)
    for release in step.ghost.releases:
        terms, row = step.ghost.terms(release.consultation), step.ghost.row(step.after, release.consultation)
        if row.status in (Status.SETTLED, Status.DISPUTED):
            payable = row.seats | step.after.disputes[row.id].resolved
            paid = {party for kind, party, _ in release.legs if kind == LegKind.SEAT}
            assert paid <= set(_doctors(terms, payable))


def i10_no_payee_blocks_another(step: Step) -> None:
    """An item is paid if its own credit and account fit, whatever is the matter with the others. (That a token which
    freezes an account blocks nobody is tested with tokens that do; here the bank pays.)"""
    act, before = step.act, step.before
    if act.function == "approvePayout":
        fitting = [
            place
            for place, item in enumerate(act.items)
            if before.credits[item.party].credited >= item.gross
            and before.account_in_force(item.party) == item.account
        ]
        assert step.ghost.executed[act.batch] == sum(1 << place for place in fitting)


def i12_no_statement_works_twice_or_late(step: Step) -> None:
    act = step.act
    if "signature" in act.values or "signatures" in act.values:
        assert act.digest not in step.ghost.used
        step.ghost.used.add(act.digest)
        assert step.after.now <= act.values.get("deadline", step.after.now)


def i14_no_doctor_is_booked_twice(step: Step) -> None:
    ghost = step.ghost
    booked = [
        (doctor, slot)
        for number in ghost.packed
        if ghost.row(step.after, number).status != Status.CANCELLED
        for doctor in booked_terms.doctors(ghost.terms(number))
        for slot in range(ghost.terms(number).start, ghost.terms(number).start + ghost.terms(number).slots)
    ]
    assert len(booked) == len(set(booked))
    # The other booker books doctors of its own.
    assert set(booked) == {(doctor, slot) for doctor, slot in step.after.taken if doctor < UINT32 - 1}


def i15_money_leaves_only_to_accounts_signed_48_hours_before(step: Step) -> None:
    act, ghost = step.act, step.ghost
    if act.function == "approvePayout":
        for item in ghost.chosen(act.batch, ghost.executed[act.batch]):
            assert ghost.accounts[item.party, item.account] <= step.after.now
    if step.after.custody < step.before.custody:
        assert act.function == "confirmPayout"
        assert act.mask & ~ghost.executed[act.batch] == 0


INVARIANTS: tuple[Callable[[Step], None], ...] = (
    i1_custody_covers_all_that_is_owed,
    i2_each_consultation_is_escrowed_credited_or_returned,
    i3_legs_sum_exactly_and_lie_within_a_fen,
    i4_what_was_credited_is_paid_withheld_or_still_there,
    i5_only_drawn_transitions_and_the_end_is_final,
    i6_release_needs_acceptance_or_time,
    i7_no_share_falls_without_its_doctor,
    i8_only_money_acts_move_money,
    i9_paid_seats_were_qualified_when_booked_and_delivered,
    i10_no_payee_blocks_another,
    i12_no_statement_works_twice_or_late,
    i14_no_doctor_is_booked_twice,
    i15_money_leaves_only_to_accounts_signed_48_hours_before,
)


def _exact(terms: Terms, release: Release) -> tuple[dict[tuple[int, int], Fraction], int]:
    """What everybody is due, in fractions of a fen, and the sum of the fees."""
    due: dict[tuple[int, int], Fraction] = {}
    total = 0
    platform = Fraction(terms.pricing.platform_bps, BPS)
    for index, seat in enumerate(terms.seats):
        if release.seats >> index & 1:
            fee = split.fee_of(terms, index, release.steps) * release.charge_bps // BPS
            total += fee
            rest = fee * (1 - platform)
            institution, fund = Fraction(seat.institution_bps, BPS), Fraction(seat.fund_bps, BPS)
            for key, amount in (
                ((LegKind.SEAT, seat.doctor), rest * (1 - institution - fund)),
                ((LegKind.INSTITUTION, seat.institution), rest * institution),
                ((LegKind.FUND, seat.group), rest * fund),
                ((LegKind.PLATFORM, terms.pricing.platform), fee * platform),
            ):
                if amount:
                    due[key] = due.get(key, Fraction()) + amount
    return due, total


def _doctors(terms: Terms, mask: int) -> list[int]:
    return [seat.doctor for index, seat in enumerate(terms.seats) if mask >> index & 1]


def _all_doctors(packed: bytes) -> list[int]:
    return booked_terms.doctors(booked_terms.read(packed))


def _is_qualified(s: State, packed: bytes, doctor: int) -> bool:
    terms = booked_terms.read(packed)
    seat = next(seat for seat in terms.seats if seat.doctor == doctor)
    return is_qualified(s, doctor, seat.specialties, seat.institution, booked_terms.ends_at(terms))


def _signed(step: Step, party: int) -> bool:
    """Whether one of the party's keys made a signature over this statement that travels in the call."""
    packed = step.act.values.get("signatures", step.act.values.get("signature"))
    mine = {signer for (owner, _), signer in step.before.signers.items() if owner == party}
    return any(
        signer in mine and digest == step.act.digest and signature in packed
        for signature, (signer, digest) in step.act.seals.items()
    )
