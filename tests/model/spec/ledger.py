"""RevenueLedger and BankRail: whose every fen is, and how it comes in and goes out."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import NamedTuple

from huizhen.domain.statuses import BatchStatus, PartyKind, Power
from tests.model.spec import split
from tests.model.spec.act import Act, checked, require, require_in_time, require_signed_by
from tests.model.spec.act import rule as _rule
from tests.model.spec.hashing import keccak
from tests.model.spec.registry import NOBODY, TAX_AUTHORITY, require_power
from tests.model.spec.replacement import is_pending
from tests.model.spec.state import NO_WORD, UINT128, Batch, Credit, State

LEDGER, RAIL = "RevenueLedger", "BankRail"
ACCOUNT_DELAY = 48 * 3600
APPROVAL_WINDOW = 7 * 24 * 3600
MAX_ITEMS = 64

rule = partial(_rule, LEDGER)


class Item(NamedTuple):
    party: int
    gross: int
    withheld: int
    account: bytes

    @property
    def net(self) -> int:
        return self.gross - self.withheld


# Funds and escrow


@rule("deposit")
def deposit(s: State, a: Act) -> None:
    require_in_time(s, a)
    require(a.amount != 0, "ZeroAmount")
    kind = s.parties.get(a.hospital, NOBODY).kind
    require(kind == PartyKind.HOSPITAL, "KindNotAllowed", kind)
    _require_officer(s, a, a.bank, Power.SETTLEMENT_BANK)

    _move_funds(s, a.hospital, available=a.amount)
    s.emit(LEDGER, "Deposited", a.hospital, a.amount, a.bank_ref)
    _collect(s, "Collected", a.bank_ref, a.amount)


@rule("refund")
def refund(s: State, a: Act) -> None:
    require_in_time(s, a)
    require(a.amount != 0, "ZeroAmount")
    sequence, available = s.refunds[a.hospital], s.funds[a.hospital].available
    require(a.sequence == sequence, "StaleSequence", a.sequence, sequence)
    require(available >= a.amount, "FundsTooLow", a.hospital, available, a.amount)
    require_signed_by(s, a, a.hospital)

    s.refunds[a.hospital] = sequence + 1
    _move_funds(s, a.hospital, available=-a.amount)
    _move_credit(s, a.hospital, credited=a.amount)
    s.emit(LEDGER, "Refunded", a.hospital, a.amount, a.sequence)


@rule("escrow")
def escrow_directly(s: State, a: Act) -> None:
    require(a.sender in s.ledger_bookers, "NotBooker", a.sender)
    escrow(s, a.consultation, a.hospital, a.amount)


@rule("release")
def release_directly(s: State, a: Act) -> None:
    require(a.sender in s.ledger_bookers, "NotBooker", a.sender)
    release(s, a.consultation, a.hospital, a.funded, [split.unpacked(leg) for leg in a.legs])


def escrow(s: State, consultation: int, hospital: int, amount: int) -> None:
    available = s.funds[hospital].available
    require(available >= amount, "FundsTooLow", hospital, available, amount)
    _move_funds(s, hospital, available=-amount, escrowed=amount)
    s.emit(LEDGER, "Escrowed", consultation, hospital, amount)


def release(s: State, consultation: int, hospital: int, funded: int, legs: Sequence[split.Leg]) -> None:
    """`funded` leaves the escrow: the legs go to their parties, the rest is the hospital's again."""
    escrowed = s.funds[hospital].escrowed
    require(escrowed >= funded, "EscrowTooLow", hospital, escrowed, funded)
    for _, party, amount in legs:
        _move_credit(s, party, credited=amount)
    credited = sum(amount for _, _, amount in legs)
    require(credited <= funded, "LegsExceedFunded", credited, funded)
    _move_funds(s, hospital, available=funded - credited, escrowed=-funded)
    s.emit(LEDGER, "EscrowReleased", consultation, hospital, funded, [split.packed(leg) for leg in legs])


# Payout accounts


@rule("setPayoutAccount")
def set_payout_account(s: State, a: Act) -> None:
    require_in_time(s, a)
    require(a.account != NO_WORD, "NoAccountPending", a.party)
    require(not is_pending(s, a.party), "ReplacementPending", a.party)
    before = s.accounts[a.party]
    require(a.version == before.version, "StaleSequence", a.version, before.version)
    require_signed_by(s, a, a.party)

    in_force, version = s.account_in_force(a.party), before.version + 1
    s.accounts[a.party] = type(before)(in_force, a.account, s.now + ACCOUNT_DELAY, version)
    s.emit(LEDGER, "PayoutAccountSet", a.party, a.account, s.now + ACCOUNT_DELAY, version)


@rule("cancelPayoutAccount")
def cancel_payout_account(s: State, a: Act) -> None:
    require_in_time(s, a)
    before = s.accounts[a.party]
    require(a.version == before.version, "StaleSequence", a.version, before.version)
    require_signed_by(s, a, a.party)
    _drop_pending_account(s, a.party)


@rule("dropPendingAccount")
def drop_pending_account(s: State, a: Act) -> None:
    require(is_pending(s, a.party), "NoReplacementPending", a.party)
    _drop_pending_account(s, a.party)


# Payouts


@rule("preparePayout")
def prepare_payout(s: State, a: Act) -> None:
    require_in_time(s, a)
    number = len(s.batches) + 1
    require(a.batch == number, "StaleSequence", a.batch, number)
    _require_items(a.items)
    _require_officer(s, a, a.preparer, Power.PAYOUT_PREPARER)

    s.batches[number] = Batch(
        BatchStatus.PREPARED, len(a.items), a.preparer, s.now, 0, 0, items_hash(a.items), 0
    )
    s.emit(LEDGER, "PayoutPrepared", number, a.preparer, a.items)


@rule("approvePayout")
def approve_payout(s: State, a: Act) -> None:
    require_in_time(s, a)
    batch = _batch(s, a, BatchStatus.PREPARED)
    require(a.approver != batch.preparer, "SameOfficer", a.approver)
    due = batch.prepared_at + APPROVAL_WINDOW
    require(s.now <= due, "ApprovalTooLate", due, s.now)
    _require_officer(s, a, a.approver, Power.PAYOUT_APPROVER)

    executed = gross = withheld = 0
    for place, item in enumerate(a.items):
        fits = s.credits[item.party].credited >= item.gross
        if fits and s.account_in_force(item.party) == item.account:
            _move_credit(s, item.party, credited=-item.gross, outstanding=item.net)
            executed |= 1 << place
            gross = checked(gross + item.gross, UINT128)
            withheld += item.withheld
    _move_credit(s, TAX_AUTHORITY, credited=withheld)
    s.batches[a.batch] = batch._replace(status=BatchStatus.APPROVED, outstanding=executed)
    s.emit(LEDGER, "PayoutApproved", a.batch, a.approver, executed, gross, withheld)


@rule("confirmPayout")
def confirm_payout(s: State, a: Act) -> None:
    require_in_time(s, a)
    batch = _batch(s, a, BatchStatus.APPROVED)
    asks = a.mask != 0 and a.mask & ~batch.outstanding == 0
    require(asks, "NotOutstanding", a.batch, a.mask, batch.outstanding)
    _require_officer(s, a, a.bank, Power.SETTLEMENT_BANK)

    s.batches[a.batch] = batch._replace(
        outstanding=batch.outstanding & ~a.mask, confirmed=batch.confirmed | a.mask
    )
    paid = [item for place, item in enumerate(a.items) if a.mask >> place & 1]
    for item in paid:
        _move_credit(s, item.party, outstanding=-item.net)
    amount = checked(sum(item.net for item in paid), UINT128)
    _pay(s, a.bank_ref, amount)
    s.emit(LEDGER, "PayoutConfirmed", a.batch, a.mask, a.bank_ref, amount)


@rule("returnPayout")
def return_payout(s: State, a: Act) -> None:
    require_in_time(s, a)
    batch = _batch(s, a, BatchStatus.APPROVED)
    bit = 1 << a.item if a.item < len(a.items) else 0
    require((batch.outstanding | batch.confirmed) & bit != 0, "NotReturnable", a.batch, a.item)
    _require_officer(s, a, a.bank, Power.SETTLEMENT_BANK)

    item, was_paid = a.items[a.item], batch.confirmed & bit != 0
    s.batches[a.batch] = batch._replace(
        outstanding=batch.outstanding & ~bit,
        confirmed=batch.confirmed & ~bit,
        returned=batch.returned | bit,
    )
    _move_credit(s, item.party, credited=item.net, outstanding=0 if was_paid else -item.net)
    s.emit(LEDGER, "PayoutReturned", a.batch, a.item, item.party, item.net, a.bank_ref)
    if was_paid:
        _collect(s, "Reclaimed", a.bank_ref, item.net)


# Parts


def _drop_pending_account(s: State, party: int) -> None:
    before = s.accounts[party]
    waits = before.pending != NO_WORD and s.now < before.effective_at
    require(waits, "NoAccountPending", party)
    version = before.version + 1
    s.accounts[party] = before._replace(pending=NO_WORD, effective_at=0, version=version)
    s.emit(LEDGER, "PayoutAccountCancelled", party, version)


def items_hash(items: Sequence[Item]) -> bytes:
    """The EIP-712 hash of the list."""
    kind = keccak(b"PayoutItem(uint32 party,uint128 gross,uint128 withheld,bytes32 account)")
    words = [
        keccak(kind + b"".join(number.to_bytes(32, "big") for number in item[:3]) + item.account)
        for item in items
    ]
    return keccak(b"".join(words))


def _require_items(items: Sequence[Item]) -> None:
    require(0 < len(items) <= MAX_ITEMS, "BatchSize", len(items), MAX_ITEMS)
    previous = 0
    for item in items:
        require(item.party > previous, "ItemsNotAscending", previous, item.party)
        previous = item.party
        require(item.gross != 0, "ZeroAmount")
        require(item.withheld <= item.gross, "WithheldExceedsGross", item.party, item.withheld, item.gross)
        require(item.account != NO_WORD, "NoAccountInForce", item.party)


def _batch(s: State, a: Act, needed: BatchStatus) -> Batch:
    found = s.batches.get(a.batch, NO_BATCH)
    require(found.status == needed, "WrongBatchStatus", a.batch, found.status, needed)
    require(items_hash(a.items) == found.items, "ItemsDiffer", a.batch)
    return found


NO_BATCH = Batch(0, 0, 0, 0, 0, 0, NO_WORD, 0)


def _require_officer(s: State, a: Act, officer: int, power: Power) -> None:
    require_power(s, officer, power)
    require_signed_by(s, a, officer)


def _move_funds(s: State, hospital: int, *, available: int = 0, escrowed: int = 0) -> None:
    funds = s.funds[hospital]
    s.funds[hospital] = funds._replace(
        available=checked(funds.available + available, UINT128),
        escrowed=checked(funds.escrowed + escrowed, UINT128),
    )


def _move_credit(s: State, party: int, *, credited: int = 0, outstanding: int = 0) -> None:
    before = s.credits[party]
    s.credits[party] = Credit(
        checked(before.credited + credited, UINT128), checked(before.outstanding + outstanding, UINT128)
    )


def _use(s: State, reference: bytes) -> None:
    require(reference not in s.references, "ReferenceUsed", reference)
    s.references.add(reference)


def _collect(s: State, event: str, reference: bytes, amount: int) -> None:
    _use(s, reference)
    s.custody += amount
    s.emit(RAIL, event, reference, amount, s.custody)


def _pay(s: State, reference: bytes, amount: int) -> None:
    _use(s, reference)
    require(s.custody >= amount, "CustodyTooSmall", s.custody, amount)
    s.custody -= amount
    s.emit(RAIL, "Paid", reference, amount, s.custody)
