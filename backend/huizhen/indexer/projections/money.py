"""RevenueLedger and the rails: deposits, escrow, credits, custody."""

from __future__ import annotations

from typing import Final

from huizhen.db.index.consultations import Consultation
from huizhen.db.index.ledger import BankReference, Credit, Custody, Deposit, Funds, PayIn
from huizhen.domain import chain_events as on
from huizhen.domain.chain_ids import Hash32
from huizhen.domain.statuses import Bucket, EntryKind, ReferenceUse
from huizhen.errors import IndexCorrupt
from huizhen.indexer.posting import NOBODY, Posting
from huizhen.indexer.rows import Projections, RowSet, Touches, Wanted


def deposited(rows: RowSet, event: on.Deposited) -> None:
    rows.add(
        Deposit, bank_ref=event.bank_ref, hospital=event.hospital, amount=event.amount, at=event.at.block_time
    )
    posting = Posting(rows, event, EntryKind.DEPOSIT, bank_ref=event.bank_ref)
    posting.move(Bucket.AVAILABLE, event.hospital, event.amount)


def refunded(rows: RowSet, event: on.Refunded) -> None:
    posting = Posting(rows, event, EntryKind.REFUND)
    posting.move(Bucket.AVAILABLE, event.hospital, -event.amount)
    posting.move(Bucket.CREDITED, event.hospital, event.amount)
    rows.change(Funds, event.hospital, refunds=event.sequence + 1)


def escrowed(rows: RowSet, event: on.Escrowed) -> None:
    posting = Posting(rows, event, EntryKind.ESCROW, consultation=event.consultation)
    posting.move(Bucket.AVAILABLE, event.hospital, -event.amount)
    posting.move(Bucket.ESCROWED, event.hospital, event.amount)


def escrow_released(rows: RowSet, event: on.EscrowReleased) -> None:
    credited = sum(leg.amount for leg in event.legs)
    posting = Posting(rows, event, EntryKind.LEG, consultation=event.consultation)
    posting.move(Bucket.ESCROWED, event.hospital, -credited)
    for leg in event.legs:
        posting.move(Bucket.CREDITED, leg.party, leg.amount, leg=leg.kind)
    posting.move(Bucket.ESCROWED, event.hospital, credited - event.funded, EntryKind.RETURNED)
    posting.move(Bucket.AVAILABLE, event.hospital, event.funded - credited, EntryKind.RETURNED)
    consultation = rows.get(Consultation, event.consultation)
    rows.change(
        Consultation,
        event.consultation,
        held=consultation["held"] - event.funded,
        credited=consultation["credited"] + credited,
        returned=consultation["returned"] + event.funded - credited,
    )


def collected(rows: RowSet, event: on.Collected) -> None:
    _record_pay_in(rows, event.bank_ref)
    _rail(rows, event, ReferenceUse.COLLECTED, EntryKind.DEPOSIT, event.amount)


def paid(rows: RowSet, event: on.Paid) -> None:
    _rail(rows, event, ReferenceUse.PAID, EntryKind.CONFIRMED, -event.amount)


def reclaimed(rows: RowSet, event: on.Reclaimed) -> None:
    _record_pay_in(rows, event.bank_ref)
    _rail(rows, event, ReferenceUse.RECLAIMED, EntryKind.RETURN, event.amount)


def paid_in(rows: RowSet, event: on.PaidIn) -> None:
    """A reference that was taken back may be used again."""
    rows.put(
        PayIn,
        event.bank_ref,
        payer=event.payer,
        amount=event.amount,
        paid_at=event.at.block_time,
        waiting=True,
    )


def taken_back(rows: RowSet, event: on.TakenBack) -> None:
    rows.change(PayIn, event.bank_ref, waiting=False)


def _record_pay_in(rows: RowSet, bank_ref: Hash32) -> None:
    """On the rail for tokens, what is recorded was paid in before."""
    if rows.find(PayIn, bank_ref) is not None:
        rows.change(PayIn, bank_ref, waiting=False)


def _rail(
    rows: RowSet,
    event: on.Collected | on.Paid | on.Reclaimed,
    use: ReferenceUse,
    kind: EntryKind,
    amount: int,
) -> None:
    rows.add(BankReference, bank_ref=event.bank_ref, use=use, amount=event.amount, at=event.at.block_time)
    Posting(rows, event, kind, bank_ref=event.bank_ref).move(Bucket.CUSTODY, NOBODY, amount)
    custody = rows.find(Custody, 1)
    held = custody["amount"] if custody else 0
    if held != event.custody:
        raise IndexCorrupt(
            f"索引与链不一致：托管余额为{held}分，链上为{event.custody}分。请运行 huizhen index --rebuild。",
            f"The index contradicts the chain: custody is {held} fen here and {event.custody} there. "
            "Run huizhen index --rebuild.",
        )


def _funds(event: on.Deposited | on.Escrowed) -> Wanted:
    yield Funds, (event.hospital,)


def _payees(event: on.EscrowReleased) -> Wanted:
    yield Consultation, (event.consultation,)
    yield Funds, (event.hospital,)
    for leg in event.legs:
        yield Credit, (leg.party,)


def _pay_in(event: on.Collected | on.Reclaimed) -> Wanted:
    yield PayIn, (event.bank_ref,)


TOUCHES: Final[Touches] = {
    on.Deposited: _funds,
    on.Escrowed: _funds,
    on.EscrowReleased: _payees,
    on.Collected: _pay_in,
    on.Reclaimed: _pay_in,
}

PROJECTIONS: Final[Projections] = {
    on.Deposited: deposited,
    on.Refunded: refunded,
    on.Escrowed: escrowed,
    on.EscrowReleased: escrow_released,
    on.Collected: collected,
    on.Paid: paid,
    on.Reclaimed: reclaimed,
    on.PaidIn: paid_in,
    on.TakenBack: taken_back,
}
