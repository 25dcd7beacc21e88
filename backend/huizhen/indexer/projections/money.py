"""RevenueLedger and BankRail: deposits, escrow, credits, custody."""

from __future__ import annotations

from typing import Final

from huizhen.db.index.consultations import Consultation
from huizhen.db.index.ledger import BankReference, Credit, Custody, Deposit, Funds
from huizhen.domain import chain_events as on
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
        credited=consultation["credited"] + credited,
        returned=consultation["returned"] + event.funded - credited,
    )


def collected(rows: RowSet, event: on.Collected) -> None:
    _rail(rows, event, ReferenceUse.COLLECTED, EntryKind.DEPOSIT, event.amount)


def paid(rows: RowSet, event: on.Paid) -> None:
    _rail(rows, event, ReferenceUse.PAID, EntryKind.CONFIRMED, -event.amount)


def reclaimed(rows: RowSet, event: on.Reclaimed) -> None:
    _rail(rows, event, ReferenceUse.RECLAIMED, EntryKind.RETURN, event.amount)


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


TOUCHES: Final[Touches] = {on.Deposited: _funds, on.Escrowed: _funds, on.EscrowReleased: _payees}

PROJECTIONS: Final[Projections] = {
    on.Deposited: deposited,
    on.Refunded: refunded,
    on.Escrowed: escrowed,
    on.EscrowReleased: escrow_released,
    on.Collected: collected,
    on.Paid: paid,
    on.Reclaimed: reclaimed,
}
