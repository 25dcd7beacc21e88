"""I1 to I15 of DESIGN.md, each a check after every call that succeeded.

I10 and I11 are about what can still be done: epilogue.py does it at the end of each run. I13 stands in rebuilt.py.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from huizhen.domain.split import LegKind
from huizhen.domain.statuses import ConsultationStatus as Status
from huizhen.domain.terms import Terms
from tests.model.ghost import OTHERS, Ghost
from tests.model.spec import booked_terms, split
from tests.model.spec.act import Act
from tests.model.spec.consultations import cancellation_bps
from tests.model.spec.ledger import LEDGER
from tests.model.spec.registry import is_qualified
from tests.model.spec.state import BPS, UINT32, Consultation, State, written

ENDED = (Status.SETTLED, Status.CANCELLED, Status.EXPIRED)
DRAWN = {
    (None, Status.BOOKED),
    (Status.BOOKED, Status.DELIVERED),
    (Status.BOOKED, Status.CANCELLED),
    (Status.BOOKED, Status.EXPIRED),
    (Status.DELIVERED, Status.SETTLED),
}
MONEY = (LEDGER, "Consultations")


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
    held = {row.id: 0 if row.status in ENDED else row.escrowed for row in s.consultations.values()}
    for consultation, funded in ghost.funded.items():
        if consultation != OTHERS:
            moved = ghost.credited[consultation] + ghost.returned[consultation]
            assert funded == held[consultation] + moved, consultation
    for hospital in {terms.hospital for terms in ghost.terms.values()}:
        mine = sum(amount for number, amount in held.items() if ghost.terms[number].hospital == hospital)
        assert s.funds[hospital].escrowed == mine, hospital


def i3_legs_sum_exactly_and_lie_within_a_fen(step: Step) -> None:
    for consultation, legs in step.ghost.legs:
        if consultation == OTHERS:
            continue
        terms, row = step.ghost.terms[consultation], _row(step.after, consultation)
        if row.status == Status.CANCELLED:
            by_hospital = step.act.by == terms.hospital and step.act.by != booked_terms.leading_doctor(terms)
            charge = cancellation_bps(terms, booked_terms.starts_at(terms) - step.after.now) if by_hospital else 0
            mask, steps = split.ALL_SEATS, 0
        else:
            mask, steps = row.seats, row.overtime
            charge = BPS if row.status == Status.SETTLED else 0
        due, total = _exact(terms, mask, steps, charge)
        assert sum(amount for _, _, amount in legs) == total
        assert {(kind, party) for kind, party, _ in legs} == due.keys()
        for kind, party, amount in legs:
            assert abs(amount - due[kind, party]) < 1, (kind, party)


def i4_what_was_credited_is_paid_withheld_or_still_there(step: Step) -> None:
    s, ghost = step.after, step.ghost
    for party, earned in ghost.earned.items():
        there = s.credits[party].credited + s.credits[party].outstanding
        assert earned == there + ghost.paid[party] + ghost.withheld[party], party
    assert all(row == (0, 0) for party, row in s.credits.items() if party not in ghost.earned)


def i5_only_drawn_transitions(step: Step) -> None:
    for key, row in step.after.consultations.items():
        before = step.before.consultations.get(key)
        if row != before:
            assert (before and before.status, row.status) in DRAWN


def i6_release_needs_acceptance_or_time(step: Step) -> None:
    for consultation, _ in step.ghost.legs:
        if consultation == OTHERS:
            continue
        terms, act, now = step.ghost.terms[consultation], step.act, step.after.now
        before = _row(step.before, consultation)
        match act.function:
            case "accept":
                assert _signed(step, terms.hospital)
            case "acceptByTime":
                assert now > before.delivered_at + terms.policy.review_window
            case "cancel":
                assert now < booked_terms.starts_at(terms)
                assert act.by in (terms.hospital, booked_terms.leading_doctor(terms))
                assert _signed(step, act.by)
            case "expire":
                assert now > booked_terms.delivery_due(terms)
            case other:
                raise AssertionError(other)


def i7_every_doctor_signed_the_own_share(step: Step) -> None:
    if step.act.function == "book":
        assert all(_signed(step, doctor) for doctor in booked_terms.doctors(booked_terms.read(step.act.terms)))


def i8_only_money_acts_move_money(step: Step) -> None:
    if step.act.contract not in MONEY:
        assert written(step.after.funds) == written(step.before.funds)
        assert written(step.after.credits) == written(step.before.credits)
        assert step.after.custody == step.before.custody


def i9_paid_seats_were_qualified_when_booked_and_delivered(step: Step) -> None:
    if step.act.function in ("book", "deliver"):
        terms = booked_terms.read(step.act.terms)
        mask = step.act.seats if step.act.function == "deliver" else split.ALL_SEATS
        for index, seat in enumerate(terms.seats):
            if mask >> index & 1:
                who = (seat.doctor, seat.specialties, seat.institution)
                assert is_qualified(step.before, *who, booked_terms.ends_at(terms))
    for consultation, legs in step.ghost.legs:
        if consultation != OTHERS and step.act.function.startswith("accept"):
            terms, row = step.ghost.terms[consultation], _row(step.after, consultation)
            present = {seat.doctor for index, seat in enumerate(terms.seats) if row.seats >> index & 1}
            assert {party for kind, party, _ in legs if kind == LegKind.SEAT} <= present


def i12_no_statement_works_twice_or_late(step: Step) -> None:
    act = step.act
    if "signature" in act.values or "signatures" in act.values:
        assert act.digest not in step.ghost.used
        step.ghost.used.add(act.digest)
        assert step.after.now <= act.values.get("deadline", step.after.now)


def i14_no_doctor_is_booked_twice(step: Step) -> None:
    booked = [
        (doctor, slot)
        for number, terms in step.ghost.terms.items()
        if _row(step.after, number).status != Status.CANCELLED
        for doctor in booked_terms.doctors(terms)
        for slot in range(terms.start, terms.start + terms.slots)
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
    i5_only_drawn_transitions,
    i6_release_needs_acceptance_or_time,
    i7_every_doctor_signed_the_own_share,
    i8_only_money_acts_move_money,
    i9_paid_seats_were_qualified_when_booked_and_delivered,
    i12_no_statement_works_twice_or_late,
    i14_no_doctor_is_booked_twice,
    i15_money_leaves_only_to_accounts_signed_48_hours_before,
)


def _row(s: State, consultation: int) -> Consultation:
    return next(row for row in s.consultations.values() if row.id == consultation)


def _exact(
    terms: Terms, mask: int, steps: int, charge_bps: int
) -> tuple[dict[tuple[int, int], Fraction], int]:
    """What everybody is due, in fractions of a fen, and the sum of the fees."""
    due: dict[tuple[int, int], Fraction] = {}
    total = 0
    platform = Fraction(terms.pricing.platform_bps, BPS)
    for index, seat in enumerate(terms.seats):
        if mask >> index & 1:
            fee = split.fee_of(terms, index, steps) * charge_bps // BPS
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


def _signed(step: Step, party: int) -> bool:
    """Whether one of the party's keys made a signature over this statement that travels in the call."""
    packed = step.act.values.get("signatures", step.act.values.get("signature"))
    mine = {signer for (owner, _), signer in step.before.signers.items() if owner == party}
    return any(
        signer in mine and digest == step.act.digest and signature in packed
        for signature, (signer, digest) in step.act.seals.items()
    )
