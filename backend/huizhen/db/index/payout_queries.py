"""Payout batches, their items and the accounts in force."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from huizhen.db.index.payouts import PayoutAccount, PayoutBatch, PayoutItem
from huizhen.domain.chain_ids import Hash32
from huizhen.domain.ids import PartyId
from huizhen.domain.money import Fen
from huizhen.domain.statuses import BatchStatus, ItemStatus


def batch_count(session: Session) -> int:
    return session.scalar(select(func.max(PayoutBatch.id))) or 0


def batch(session: Session, number: int) -> PayoutBatch | None:
    return session.get(PayoutBatch, number)


def batches(session: Session, page: int, per_page: int) -> Sequence[PayoutBatch]:
    """Newest first."""
    query = select(PayoutBatch).order_by(PayoutBatch.id.desc())
    return session.scalars(query.offset((page - 1) * per_page).limit(per_page)).all()


def batches_prepared(session: Session) -> Sequence[PayoutBatch]:
    """What waits for approval, oldest first."""
    query = select(PayoutBatch).where(PayoutBatch.status == BatchStatus.PREPARED).order_by(PayoutBatch.id)
    return session.scalars(query).all()


def batches_at_bank(session: Session) -> Sequence[PayoutBatch]:
    """Approved batches with an item that the bank has not paid yet, oldest first."""
    waiting = select(PayoutItem.batch).where(PayoutItem.status == ItemStatus.OUTSTANDING).distinct()
    return session.scalars(
        select(PayoutBatch).where(PayoutBatch.id.in_(waiting)).order_by(PayoutBatch.id)
    ).all()


def items_of(session: Session, number: int) -> Sequence[PayoutItem]:
    return session.scalars(
        select(PayoutItem).where(PayoutItem.batch == number).order_by(PayoutItem.item)
    ).all()


def nets_of(session: Session, numbers: Sequence[int]) -> Mapping[int, Mapping[ItemStatus, Fen]]:
    """Net sums of batches by the state of their items."""
    net = func.sum(PayoutItem.gross - PayoutItem.withheld)
    query = select(PayoutItem.batch, PayoutItem.status, net).where(PayoutItem.batch.in_(numbers))
    sums: dict[int, dict[ItemStatus, Fen]] = {}
    for number, status, total in session.execute(query.group_by(PayoutItem.batch, PayoutItem.status)):
        sums.setdefault(number, {})[status] = Fen(int(total))
    return sums


def items_of_all(session: Session) -> Mapping[tuple[int, int], PayoutItem]:
    return {(row.batch, row.item): row for row in session.scalars(select(PayoutItem))}


def executed_items(session: Session, party: PartyId) -> Sequence[tuple[PayoutItem, int]]:
    """(item, approved at) of what a party was paid, the returned ones included, oldest first."""
    query = (
        select(PayoutItem, PayoutBatch.approved_at)
        .join(PayoutBatch, PayoutBatch.id == PayoutItem.batch)
        .where(
            PayoutItem.party == party,
            PayoutItem.status.in_((ItemStatus.OUTSTANDING, ItemStatus.CONFIRMED, ItemStatus.RETURNED)),
        )
        .order_by(PayoutBatch.approved_at, PayoutItem.batch)
    )
    return [(item, approved_at or 0) for item, approved_at in session.execute(query)]


def accounts_in_force(session: Session, now: int) -> Mapping[PartyId, Hash32]:
    """As RevenueLedger.accountInForce answers at a second of chain time."""
    found: dict[PartyId, Hash32] = {}
    for row in session.scalars(select(PayoutAccount)):
        account = row.pending if row.pending is not None and now >= row.effective_at else row.current
        if account is not None:
            found[row.party] = account
    return found


def accounts_pending(session: Session, now: int) -> Mapping[PartyId, int]:
    """From when (unix) an account that is not in force yet will be."""
    query = select(PayoutAccount).where(PayoutAccount.pending.is_not(None), PayoutAccount.effective_at > now)
    return {row.party: row.effective_at for row in session.scalars(query)}
