"""Money as pages read it. `block` limits a figure to what stood at that block: pass the final one for money."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from huizhen.db.index.chain import Block, Cursor
from huizhen.db.index.ledger import BankReference, Credit, Deposit, Funds, LedgerEntry
from huizhen.db.index.parties import Party
from huizhen.domain.chain_ids import Hash32
from huizhen.domain.ids import PartyId
from huizhen.domain.money import Fen
from huizhen.domain.statuses import Bucket, EntryKind, PartyKind


@dataclass(frozen=True, slots=True)
class Movement:
    """Money of the ledger that the bank must show too: a deposit, a payout line, or one on its way back.

    `paid_at` and `returned_at` are unix seconds, None while it has not come to that (at the block asked for).
    """

    batch: int
    item: int
    amount: Fen
    approved_at: int
    paid_at: int | None
    returned_at: int | None
    returned_ref: Hash32 | None


def cursor(session: Session) -> Cursor | None:
    """None while nothing is indexed."""
    return session.get(Cursor, 1)


def balances(session: Session, block: int) -> Mapping[Bucket, Fen]:
    """What stands in each bucket; all five are there, 0 where nothing moved yet."""
    query = select(LedgerEntry.bucket, func.sum(LedgerEntry.amount))
    query = query.where(LedgerEntry.block_number <= block).group_by(LedgerEntry.bucket)
    found = {bucket: Fen(int(total)) for bucket, total in session.execute(query)}
    return {bucket: found.get(bucket, Fen(0)) for bucket in Bucket}


def credits_waiting(session: Session) -> Sequence[Credit]:
    """Parties with credit that is in no payout, ascending: the order that a batch needs."""
    return session.scalars(select(Credit).where(Credit.credited > 0).order_by(Credit.party)).all()


def credit_of(session: Session, party: PartyId) -> Fen:
    row = session.get(Credit, party)
    return Fen(0) if row is None else row.credited


def kinds_of(session: Session, parties: Iterable[PartyId]) -> Mapping[PartyId, PartyKind]:
    rows = session.execute(select(Party.id, Party.kind).where(Party.id.in_(sorted(set(parties)))))
    return dict(rows.all())


def parties_of_kind(session: Session, kind: PartyKind) -> Sequence[PartyId]:
    return session.scalars(select(Party.id).where(Party.kind == kind).order_by(Party.id)).all()


def credit_entries(session: Session, party: PartyId) -> Sequence[LedgerEntry]:
    """Every move of a party's credit, oldest first."""
    query = select(LedgerEntry).where(LedgerEntry.party == party, LedgerEntry.bucket == Bucket.CREDITED)
    return session.scalars(query.order_by(LedgerEntry.block_number, LedgerEntry.log_index)).all()


def oldest_credit(session: Session) -> Mapping[PartyId, int]:
    """Since when (unix) each party has had credit: the first leg after its last payout, near enough for ageing."""
    last_payout = (
        select(LedgerEntry.party, func.max(LedgerEntry.block_number).label("block"))
        .where(LedgerEntry.bucket == Bucket.CREDITED, LedgerEntry.kind == EntryKind.PAYOUT)
        .group_by(LedgerEntry.party)
        .subquery()
    )
    query = (
        select(LedgerEntry.party, func.min(Block.time))
        .join(Block, Block.number == LedgerEntry.block_number)
        .outerjoin(last_payout, last_payout.c.party == LedgerEntry.party)
        .where(
            LedgerEntry.bucket == Bucket.CREDITED,
            LedgerEntry.amount > 0,
            LedgerEntry.block_number > func.coalesce(last_payout.c.block, -1),
        )
        .group_by(LedgerEntry.party)
    )
    return {party: int(since) for party, since in session.execute(query)}


def deposits(session: Session, block: int) -> Sequence[Deposit]:
    """Oldest first."""
    return session.scalars(select(Deposit).where(Deposit.block_number <= block).order_by(Deposit.at)).all()


def recent_deposits(session: Session, limit: int) -> Sequence[Deposit]:
    return session.scalars(select(Deposit).order_by(Deposit.at.desc()).limit(limit)).all()


def reference_used(session: Session, bank_ref: Hash32) -> BankReference | None:
    query = select(BankReference).where(BankReference.bank_ref == bank_ref)
    return session.scalars(query.limit(1)).first()


def funds_of(session: Session) -> Mapping[PartyId, Funds]:
    return {row.hospital: row for row in session.scalars(select(Funds))}


def payout_movements(session: Session, block: int) -> Sequence[Movement]:
    """Every payout line that was released to the bank, with what became of it, as of a block."""
    query = (
        select(LedgerEntry, Block.time)
        .join(Block, Block.number == LedgerEntry.block_number)
        .where(
            LedgerEntry.item.is_not(None),
            LedgerEntry.bucket.in_((Bucket.OUTSTANDING, Bucket.CREDITED)),
            LedgerEntry.block_number <= block,
        )
        .order_by(LedgerEntry.block_number, LedgerEntry.log_index, LedgerEntry.line)
    )
    found: dict[tuple[int, int], Movement] = {}
    for entry, time in session.execute(query):
        key = (entry.batch or 0, entry.item or 0)
        if entry.bucket is Bucket.OUTSTANDING and entry.kind is EntryKind.PAYOUT:
            found[key] = Movement(*key, entry.amount, time, None, None, None)
        elif entry.bucket is Bucket.OUTSTANDING and entry.kind is EntryKind.CONFIRMED:
            before = found[key]
            found[key] = Movement(*key, before.amount, before.approved_at, time, None, None)
        elif entry.bucket is Bucket.CREDITED and entry.kind is EntryKind.RETURN:
            before = found[key]
            found[key] = Movement(
                *key, before.amount, before.approved_at, before.paid_at, time, entry.bank_ref
            )
    return list(found.values())


def entries_between(session: Session, since: int, until: int, block: int) -> Iterator[Row[LedgerEntry, int]]:
    """(entry, unix time) of since <= time < until, oldest first, streamed."""
    query = (
        select(LedgerEntry, Block.time)
        .join(Block, Block.number == LedgerEntry.block_number)
        .where(Block.time >= since, Block.time < until, LedgerEntry.block_number <= block)
        .order_by(LedgerEntry.block_number, LedgerEntry.log_index, LedgerEntry.line)
        .execution_options(yield_per=1000)
    )
    yield from session.execute(query)
