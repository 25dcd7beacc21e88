"""Deposits, refunds and what leaves escrow; every fen that one account loses another gains."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace

from huizhen.domain.split import WHOLE_BPS, Leg, charged_part, split
from huizhen.domain.terms import Terms
from tests.support.imagined.state import Case, State
from tests.support.log_encoding import Emitted

DEPOSIT = 20_000_000


def deposit(state: State, hospital: int) -> list[list[Emitted]]:
    """Transactions, as `recorded`."""
    state.available[hospital] = state.available.get(hospital, 0) + DEPOSIT
    reference = state.hash("deposit")
    logs: list[Emitted] = [("RevenueLedger", "Deposited", (hospital, DEPOSIT, reference))]
    return recorded(state, [*logs, _collect(state, "Collected", reference, DEPOSIT)], reference, DEPOSIT)


def recorded(state: State, logs: list[Emitted], reference: str, amount: int) -> list[list[Emitted]]:
    """What the bank records, after the payer's own transaction on a rail that asks for tokens."""
    if state.rail == "BankRail":
        return [logs]
    return [[(state.rail, "PaidIn", (reference, state.address(), amount))], logs]


def reclaim(state: State, reference: str, amount: int) -> Emitted:
    return _collect(state, "Reclaimed", reference, amount)


def refunded(state: State, dice: random.Random) -> list[Emitted]:
    """A part of what a hospital has becomes its credit, which a payout then pays."""
    hospital = max(state.hospital_ids, key=lambda each: (state.available[each], each))
    amount, sequence = state.available[hospital] // dice.randint(3, 9), state.refunds.get(hospital, 0)
    if amount == 0:
        return []
    state.refunds[hospital] = sequence + 1
    state.available[hospital] -= amount
    state.credit[hospital] = state.credit.get(hospital, 0) + amount
    return [("RevenueLedger", "Refunded", (hospital, amount, sequence))]


def taken_back(state: State, dice: random.Random) -> list[Emitted]:
    """Tokens that the bank does not record, for they came by mistake."""
    if state.rail == "BankRail":
        return []
    reference, payer, amount = state.hash("mistake"), state.address(), dice.randint(1, DEPOSIT)
    state.waiting.append([(state.rail, "TakenBack", (reference, payer, amount))])
    return [(state.rail, "PaidIn", (reference, payer, amount))]


def release(state: State, case: Case, funded: int, legs: Sequence[Leg]) -> Emitted:
    credited = sum(leg.amount for leg in legs)
    for leg in legs:
        state.credit[leg.party] = state.credit.get(leg.party, 0) + leg.amount
    case.escrowed -= funded
    state.available[case.hospital] += funded - credited
    words = [leg.kind << 160 | leg.party << 128 | leg.amount for leg in legs]
    return ("RevenueLedger", "EscrowReleased", (case.id, case.hospital, funded, words))


def charge(terms: Terms, mask: int, steps: int) -> int:
    """What seats cost, as Split.charge."""
    return sum(seat.fee for seat in terms.paid_seats(mask, steps))


def legs_of(terms: Terms, mask: int, steps: int, bps: int = WHOLE_BPS) -> tuple[Leg, ...]:
    """At a share of the fee, as Split.legs."""
    seats = terms.paid_seats(mask, steps)
    if bps != WHOLE_BPS:
        seats = tuple(replace(seat, fee=charged_part(seat.fee, bps)) for seat in seats)
    return split(terms.pricing.platform, terms.pricing.platform_bps, seats)


def _collect(state: State, event: str, reference: str, amount: int) -> Emitted:
    state.custody += amount
    return (state.rail, event, (reference, amount, state.custody))
