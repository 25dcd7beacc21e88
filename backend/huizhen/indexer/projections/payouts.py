"""RevenueLedger: payout accounts and batches."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Final

from huizhen.db.index.chain import Booker
from huizhen.db.index.payouts import PayoutAccount, PayoutBatch, PayoutItem
from huizhen.db.index.row_store import Row
from huizhen.domain import chain_events as on
from huizhen.domain.chain_ids import Mask64
from huizhen.domain.ids import PartyId
from huizhen.domain.statuses import BatchStatus, Bucket, EntryKind, ItemStatus
from huizhen.indexer.posting import Posting
from huizhen.indexer.rows import Projections, RowSet, Touches, Wanted


def account_set(rows: RowSet, event: on.PayoutAccountSet) -> None:
    row = rows.find(PayoutAccount, event.party)
    current = None
    if row is not None:
        in_force = row["pending"] is not None and event.at.block_time >= row["effective_at"]
        current = row["pending"] if in_force else row["current"]
    rows.put(
        PayoutAccount,
        event.party,
        current=current,
        pending=event.account,
        effective_at=event.effective_at,
        version=event.version,
    )


def account_cancelled(rows: RowSet, event: on.PayoutAccountCancelled) -> None:
    rows.change(PayoutAccount, event.party, pending=None, effective_at=0, version=event.version)


def prepared(rows: RowSet, event: on.PayoutPrepared) -> None:
    rows.add(
        PayoutBatch,
        id=event.batch,
        status=BatchStatus.PREPARED,
        count=len(event.items),
        preparer=event.preparer,
        prepared_at=event.at.block_time,
        approver=None,
        approved_at=None,
        gross=0,
        withheld=0,
        outstanding=Mask64(0),
        confirmed=Mask64(0),
        returned=Mask64(0),
    )
    for place, item in enumerate(event.items):
        rows.add(
            PayoutItem,
            batch=event.batch,
            item=place,
            party=item.party,
            gross=item.gross,
            withheld=item.withheld,
            account=item.account,
            status=ItemStatus.PREPARED,
            paid_ref=None,
            unpaid_ref=None,
            returned_ref=None,
        )


def approved(tax_authority: PartyId, rows: RowSet, event: on.PayoutApproved) -> None:
    batch = rows.get(PayoutBatch, event.batch)
    posting = Posting(rows, event, EntryKind.PAYOUT, batch=event.batch)
    for place, item in _items(rows, event.batch, (1 << batch["count"]) - 1):
        executed = event.executed >> place & 1
        status = ItemStatus.OUTSTANDING if executed else ItemStatus.LEFT_OUT
        rows.change(PayoutItem, event.batch, place, status=status)
        if executed:
            net = item["gross"] - item["withheld"]
            posting.move(Bucket.CREDITED, item["party"], -net, item=place)
            posting.move(Bucket.OUTSTANDING, item["party"], net, item=place)
            posting.move(Bucket.CREDITED, item["party"], -item["withheld"], EntryKind.WITHHELD, item=place)
            posting.move(Bucket.CREDITED, tax_authority, item["withheld"], EntryKind.WITHHELD, item=place)
    rows.change(
        PayoutBatch,
        event.batch,
        status=BatchStatus.APPROVED,
        approver=event.approver,
        approved_at=event.at.block_time,
        gross=event.gross,
        withheld=event.withheld,
        outstanding=event.executed,
    )


def confirmed(rows: RowSet, event: on.PayoutConfirmed) -> None:
    batch = rows.get(PayoutBatch, event.batch)
    posting = Posting(rows, event, EntryKind.CONFIRMED, batch=event.batch, bank_ref=event.bank_ref)
    for place, item in _items(rows, event.batch, event.items):
        rows.change(PayoutItem, event.batch, place, status=ItemStatus.CONFIRMED, paid_ref=event.bank_ref)
        posting.move(Bucket.OUTSTANDING, item["party"], item["withheld"] - item["gross"], item=place)
    rows.change(
        PayoutBatch,
        event.batch,
        outstanding=Mask64(batch["outstanding"] & ~event.items),
        confirmed=Mask64(batch["confirmed"] | event.items),
    )


def left_outstanding(rows: RowSet, event: on.PayoutLeftOutstanding) -> None:
    """No money moved; the confirmation that follows names the other items."""
    for place, _ in _items(rows, event.batch, event.items):
        rows.change(PayoutItem, event.batch, place, unpaid_ref=event.bank_ref)


def returned(rows: RowSet, event: on.PayoutReturned) -> None:
    batch = rows.get(PayoutBatch, event.batch)
    bit = 1 << event.item
    was_paid = bool(batch["confirmed"] & bit)
    rows.change(PayoutItem, event.batch, event.item, status=ItemStatus.RETURNED, returned_ref=event.bank_ref)
    rows.change(
        PayoutBatch,
        event.batch,
        outstanding=Mask64(batch["outstanding"] & ~bit),
        confirmed=Mask64(batch["confirmed"] & ~bit),
        returned=Mask64(batch["returned"] | bit),
    )
    posting = Posting(
        rows, event, EntryKind.RETURN, batch=event.batch, item=event.item, bank_ref=event.bank_ref
    )
    posting.move(Bucket.CREDITED, event.party, event.amount)
    if not was_paid:
        posting.move(Bucket.OUTSTANDING, event.party, -event.amount)


def booker_set(rows: RowSet, event: on.BookerSet) -> None:
    rows.put(Booker, event.at.contract, event.booker, allowed=event.allowed)


def _items(rows: RowSet, batch: int, mask: int) -> Iterator[tuple[int, Row]]:
    place = 0
    while mask >> place:
        if mask >> place & 1:
            yield place, rows.get(PayoutItem, batch, place)
        place += 1


def _batch(
    event: on.PayoutApproved | on.PayoutConfirmed | on.PayoutLeftOutstanding | on.PayoutReturned,
) -> Wanted:
    """With every item that it names."""
    yield PayoutBatch, (event.batch,)
    if isinstance(event, on.PayoutReturned):
        yield PayoutItem, (event.batch, event.item)
        return
    mask = event.executed if isinstance(event, on.PayoutApproved) else event.items
    for place in range(mask.bit_length()):
        if mask >> place & 1:
            yield PayoutItem, (event.batch, place)


TOUCHES: Final[Touches] = {
    on.PayoutApproved: _batch,
    on.PayoutConfirmed: _batch,
    on.PayoutLeftOutstanding: _batch,
    on.PayoutReturned: _batch,
}


def projections(tax_authority: PartyId) -> Projections:
    """The tax authority is a constant of the deployed ledger: no event names it."""
    return {
        on.PayoutAccountSet: account_set,
        on.PayoutAccountCancelled: account_cancelled,
        on.PayoutPrepared: prepared,
        on.PayoutApproved: partial(approved, tax_authority),
        on.PayoutConfirmed: confirmed,
        on.PayoutLeftOutstanding: left_outstanding,
        on.PayoutReturned: returned,
        on.BookerSet: booker_set,
    }
