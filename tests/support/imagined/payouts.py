"""Payout accounts, and batches: prepared, approved, confirmed in parts; now and then something comes back."""

from __future__ import annotations

import random

from tests.support.imagined.money import reclaim, recorded
from tests.support.imagined.state import APPROVER, PREPARER, TAX, Batch, State
from tests.support.log_encoding import Emitted

ITEMS = 40
LEAST = 1000
WORTH_A_BATCH = 8


def pay(state: State, dice: random.Random) -> list[Emitted]:
    if not state.outstanding:
        return _prepare(state, dice)
    batch = state.outstanding[0]
    logs = _return_unpaid(state, batch, dice) if dice.random() < 0.02 else _confirm(state, batch, dice)
    if not batch.items:
        state.outstanding.popleft()
    return logs


def account_set(state: State, dice: random.Random) -> list[Emitted]:
    """Some are taken back before they are in force. Not while somebody's keys may be replaced."""
    party = dice.choice(sorted(state.accounts))
    replacement = state.replacements.get(party)
    if replacement is not None and replacement.pending:
        return []
    version, account = state.accounts[party]
    named, version = state.hash("account"), version + 1
    logs: list[Emitted] = [
        ("RevenueLedger", "PayoutAccountSet", (party, named, state.now + 2 * 86_400, version))
    ]
    if dice.random() < 0.3:
        version, named = version + 1, account
        state.waiting.append([("RevenueLedger", "PayoutAccountCancelled", (party, version))])
    state.accounts[party] = version, named
    return logs


def _prepare(state: State, dice: random.Random) -> list[Emitted]:
    """Credits do not fall between preparation and approval: nobody else pays out meanwhile."""
    payees = sorted(party for party, amount in state.credit.items() if amount > LEAST and party != TAX)[
        :ITEMS
    ]
    if len(payees) < WORTH_A_BATCH:
        return []
    state.batches += 1
    items = [
        (party, state.credit[party], state.credit[party] // 10, state.accounts[party][1]) for party in payees
    ]
    # A batch that nobody approves in time is no more than a list.
    if dice.random() < 0.95:
        state.waiting.append([_approve(state, items, dice)])
    return [("RevenueLedger", "PayoutPrepared", (state.batches, PREPARER, items))]


def _approve(state: State, items: list[tuple[int, int, int, str]], dice: random.Random) -> Emitted:
    """Whose account changed meanwhile is left out."""
    batch, executed, gross, withheld = Batch(state.batches, {}), 0, 0, 0
    for place, (party, amount, tax, _) in enumerate(items):
        if place and dice.random() < 0.03:
            continue
        executed |= 1 << place
        gross, withheld = gross + amount, withheld + tax
        state.credit[party] -= amount
        state.credit[TAX] = state.credit.get(TAX, 0) + tax
        batch.items[place] = party, amount - tax
    state.outstanding.append(batch)
    return ("RevenueLedger", "PayoutApproved", (batch.number, APPROVER, executed, gross, withheld))


def _confirm(state: State, batch: Batch, dice: random.Random) -> list[Emitted]:
    """A token may refuse some payees, who stay outstanding; a bank confirms what it has paid."""
    asked = sorted(dice.sample(sorted(batch.items), dice.choice((1, 1, 1, len(batch.items)))))
    left = [place for place in asked[1:] if state.rail != "BankRail" and dice.random() < 0.1]
    paid = [place for place in asked if place not in left]
    reference, amount = state.hash("paid"), sum(batch.items[place][1] for place in paid)
    state.custody -= amount
    logs: list[Emitted] = [(state.rail, "Paid", (reference, amount, state.custody))]
    if left:
        logs.append(("RevenueLedger", "PayoutLeftOutstanding", (batch.number, _mask(left), reference)))
    logs.append(("RevenueLedger", "PayoutConfirmed", (batch.number, _mask(paid), reference, amount)))
    items = [(place, *batch.items.pop(place)) for place in paid]
    if dice.random() < 0.05:
        place, party, net = dice.choice(items)
        back = state.hash("back")
        returned = [_returned(state, batch, place, party, net, back), reclaim(state, back, net)]
        state.waiting += recorded(state, returned, back, net)
    return logs


def _return_unpaid(state: State, batch: Batch, dice: random.Random) -> list[Emitted]:
    """The bank could not pay it: no money moved."""
    place = dice.choice(sorted(batch.items))
    return [_returned(state, batch, place, *batch.items.pop(place), state.hash("unpaid"))]


def _returned(state: State, batch: Batch, place: int, party: int, net: int, reference: str) -> Emitted:
    state.credit[party] += net
    return ("RevenueLedger", "PayoutReturned", (batch.number, place, party, net, reference))


def _mask(places: list[int]) -> int:
    return sum(1 << place for place in places)
