"""Calls of RevenueLedger, SlotBook and BankRail, by those who may and by those who may not."""

from __future__ import annotations

from huizhen.domain.statuses import BatchStatus, PartyKind, PartyStatus, Power
from tests.model.engines import BOOKER, DEPLOYER, RELAY
from tests.model.play.hand import Hand, Plan
from tests.model.play.plays import play
from tests.model.spec.ledger import APPROVAL_WINDOW, LEDGER, MAX_ITEMS, RAIL, Item
from tests.model.spec.slots import SLOTS
from tests.model.spec.state import NO_WORD, UINT32, UINT64, UINT128

AMOUNTS = (1, 99, 1_000_000, 100_000_000)


@play("deposit")
def deposit(h: Hand) -> Plan:
    h.passes()
    bank = _officer(h, Power.SETTLEMENT_BANK)
    values = {
        "hospital": h.party(PartyKind.HOSPITAL),
        "amount": h.one([0, UINT128, UINT128 + 1]) if h.slips() else h.one(AMOUNTS),
        "bankRef": _reference(h),
        "bank": bank,
        "deadline": h.deadline(),
    }
    return h.signed(LEDGER, "deposit", values, [h.instead(bank)])


@play("refund")
def refund(h: Hand) -> Plan:
    h.passes()
    hospital = h.instead(h.one([each for each, row in h.s.funds.items() if row.available] or [0]))
    available = h.s.funds[hospital].available
    values = {
        "hospital": hospital,
        "amount": h.one([0, available + 1]) if h.slips() else h.one([1, max(available // 100, 1)]),
        "sequence": h.near(h.s.refunds[hospital]),
        "deadline": h.deadline(),
    }
    return h.signed(LEDGER, "refund", values, [h.instead(hospital)])


@play("setPayoutAccount")
def set_payout_account(h: Hand) -> Plan:
    h.passes()
    party = h.instead(h.one([each for each, row in h.s.credits.items() if row.credited] or [0]))
    values = {
        "party": party,
        "account": NO_WORD if h.slips() else h.fresh("account"),
        "version": h.near(h.s.accounts[party].version),
        "deadline": h.deadline(),
    }
    return h.signed(LEDGER, "setPayoutAccount", values, [h.instead(party)])


@play("cancelPayoutAccount")
def cancel_payout_account(h: Hand) -> Plan:
    waiting = [
        each for each, row in h.s.accounts.items() if row.pending != NO_WORD and row.effective_at > h.s.now
    ]
    party = h.instead(h.one(waiting or list(h.s.accounts) or [0]))
    h.waits(latest=h.s.accounts[party].effective_at - 1)
    values = {"party": party, "version": h.near(h.s.accounts[party].version), "deadline": h.deadline()}
    return h.signed(LEDGER, "cancelPayoutAccount", values, [h.instead(party)])


@play("preparePayout")
def prepare_payout(h: Hand) -> Plan:
    h.waits(earliest=h.s.now)
    preparer = _officer(h, Power.PAYOUT_PREPARER)
    values = {
        "batch": h.near(len(h.s.batches) + 1),
        "items": _new_items(h),
        "preparer": preparer,
        "deadline": h.deadline(),
    }
    return h.signed(LEDGER, "preparePayout", values, [h.instead(preparer)])


@play("approvePayout")
def approve_payout(h: Hand) -> Plan:
    batch = _batch(h, BatchStatus.PREPARED)
    approver = _officer(h, Power.PAYOUT_APPROVER)
    if batch in h.s.batches:
        h.waits(latest=h.s.batches[batch].prepared_at + APPROVAL_WINDOW)
        if h.slips():
            approver = h.s.batches[batch].preparer
    values = {
        "batch": batch,
        "items": _items_of(h, batch),
        "approver": approver,
        "deadline": h.deadline(),
    }
    return h.signed(LEDGER, "approvePayout", values, [h.instead(approver)])


@play("confirmPayout")
def confirm_payout(h: Hand) -> Plan:
    h.passes()
    batch = _batch(h, BatchStatus.APPROVED, outstanding=True)
    mask = h.s.batches[batch].outstanding if batch in h.s.batches else 0
    bank = _officer(h, Power.SETTLEMENT_BANK)
    values = {
        "batch": batch,
        "items": _items_of(h, batch),
        "mask": h.one([0, mask << 1 & UINT64, UINT64, UINT64 + 1])
        if h.slips()
        else h.one([mask, mask & -mask]),
        "bankRef": _reference(h),
        "bank": bank,
        "deadline": h.deadline(),
    }
    return h.signed(LEDGER, "confirmPayout", values, [h.instead(bank)])


@play("returnPayout")
def return_payout(h: Hand) -> Plan:
    h.passes()
    batch = _batch(h, BatchStatus.APPROVED, outstanding=h.one([True, False]))
    row, items = h.s.batches.get(batch), _items_of(h, batch)
    there = row.outstanding | row.confirmed if row else 0
    places = [place for place in range(len(items)) if there >> place & 1]
    bank = _officer(h, Power.SETTLEMENT_BANK)
    values = {
        "batch": batch,
        "items": items,
        "item": h.one([len(items), 64, 255, 256, 0]) if h.slips() or not places else h.one(places),
        "bankRef": _reference(h),
        "bank": bank,
        "deadline": h.deadline(),
    }
    return h.signed(LEDGER, "returnPayout", values, [h.instead(bank)])


# What only bookers, the AccessManager's admin and the ledger may do


@play("escrow")
def escrow(h: Hand) -> Plan:
    h.passes()
    hospital = h.stage.other_hospital
    available = h.s.funds[hospital].available
    values = {
        "consultation": UINT32,
        "hospital": hospital,
        "amount": h.near(h.one([0, 1, available // 2]), UINT128) if h.one([1, 0]) else available + h.slips(),
    }
    return h.plan(LEDGER, "escrow", values, sender=_booker(h))


@play("release of escrow")
def release_escrow(h: Hand) -> Plan:
    h.passes()
    hospital = h.stage.other_hospital
    funded = h.near(h.one([0, 1, h.s.funds[hospital].escrowed // 2, h.s.funds[hospital].escrowed]), UINT128)
    funded = min(funded, UINT128)
    shares = h.one([(), (funded,), (funded // 2, funded - funded // 2)])
    if h.slips():
        shares = h.one([(funded, 1), (UINT128, UINT128), (funded, funded)])
    values = {
        "consultation": UINT32,
        "hospital": hospital,
        "funded": funded,
        "legs": [1 << 160 | h.party() << 128 | amount for amount in shares],
    }
    return h.plan(LEDGER, "release", values, sender=_booker(h))


@play("reserve")
def reserve(h: Hand) -> Plan:
    h.passes()
    values: dict[str, object] = {
        "doctors": _others(h),
        "start": _slot(h),
        "slots": h.near(h.one([1, 2, 255]), 255),
    }
    return h.plan(SLOTS, "reserve", values, sender=_booker(h))


@play("release of slots")
def release_slots(h: Hand) -> Plan:
    h.passes()
    taken = sorted(slot for slot in h.s.taken if slot[0] >= UINT32 - 1)
    doctor, start = h.one(taken or [(UINT32, 0)])
    doctors = _others(h) if h.slips() else [doctor]
    values = {"doctors": doctors, "start": start, "slots": h.near(h.one([1, 1, 2, 255]), 255)}
    return h.plan(SLOTS, "release", values, sender=_booker(h))


@play("setBooker")
def set_booker(h: Hand) -> Plan:
    """Of an account that has no other part in the play."""
    h.passes()
    sender = h.one([RELAY, BOOKER]) if h.slips() else DEPLOYER
    values = {"booker": RELAY, "allowed": h.usually(False, True)}
    return h.plan(h.one([SLOTS, LEDGER]), "setBooker", values, sender=sender)


@play("move the rail")
def move_the_rail(h: Hand) -> Plan:
    """Nobody may but the ledger."""
    h.passes()
    values: dict[str, object] = {"bankRef": h.fresh("reference"), "payments": []}
    values |= {"amount": h.one([0, 1, UINT128])}
    sender = h.one([RELAY, DEPLOYER, BOOKER])
    return h.plan(RAIL, h.one(["collect", "pay", "reclaim"]), values, sender=sender)


# Parts


def _officer(h: Hand, power: Power) -> int:
    having = [
        party
        for party, row in h.s.parties.items()
        if row.powers & power and row.status == PartyStatus.ACCREDITED
    ]
    return h.instead(h.one(having or [0]))


def _reference(h: Hand) -> bytes:
    return h.one(sorted(h.s.references) or [NO_WORD]) if h.slips() else h.fresh("reference")


def _new_items(h: Hand) -> list[Item]:
    now = h.s.at(h.at)
    payable = [
        (party, row.credited, account)
        for party, row in sorted(now.credits.items())
        if row.credited and (account := now.account_in_force(party)) != NO_WORD
    ]
    items = []
    for party, credited, account in h.some(payable or [(1, 1, h.fresh("account"))], 4):
        gross = h.near(h.one([1, credited, max(credited // 2, 1)]), UINT128)
        withheld = h.near(h.one([0, gross // 5, gross]), UINT128)
        account = h.fresh("account") if h.slips() else account
        items.append(Item(h.instead(party), min(gross, UINT128), min(withheld, UINT128), account))
    if h.slips():
        return h.one([items[::-1], items + items[-1:], [], (items * (MAX_ITEMS + 1))[: MAX_ITEMS + 1]])
    return items


def _batch(h: Hand, status: BatchStatus, *, outstanding: bool = False) -> int:
    good = [
        number
        for number, row in h.s.batches.items()
        if row.status == status and (row.outstanding or not outstanding)
    ]
    return h.near(h.one(good or list(h.s.batches) or [1]))


def _items_of(h: Hand, batch: int) -> list[Item]:
    """Those that were prepared; after a slip with something changed."""
    items = h.stage.ghost.items.get(batch, [])
    if items and h.slips():
        first = items[0]
        changed = first._replace(gross=first.gross + 1), first._replace(account=h.fresh("account"))
        return h.one([items[1:], [h.one(changed), *items[1:]], items + items])
    return items


def _booker(h: Hand) -> str:
    return RELAY if h.slips() else BOOKER


def _others(h: Hand) -> list[int]:
    """Doctors whom no consultation books, so that these acts touch no booking."""
    return h.one([[UINT32], [UINT32 - 1, UINT32], [UINT32 - 1]]) if not h.slips() else [UINT32, UINT32]


def _slot(h: Hand) -> int:
    following = h.at // 900 + 1
    return h.one([0, 255, 256, UINT32, following, following + h.below(600)])
