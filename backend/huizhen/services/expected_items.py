"""What the ledger expects of the bank: deposits, payouts and payouts that came back, as of the final block."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime

from huizhen.db.index import ledger_queries, payout_queries
from huizhen.db.office import bank
from huizhen.db.office.payout_destinations import destinations
from huizhen.db.session import Stores
from huizhen.domain.bank_items import Direction, Expected
from huizhen.domain.bank_references import batch_reference, item_reference, return_reference
from huizhen.domain.ids import PartyId
from huizhen.domain.money import Fen
from huizhen.domain.sentence import Sentence
from huizhen.domain.slots import CHINA
from huizhen.services.profiles import Profiles


@dataclass(frozen=True, slots=True)
class LedgerItem:
    """An item that the bank must show. `effect` is what it did to custody in the ledger so far: a payout that the
    bank has not confirmed on chain is expected but has moved nothing yet. `void`: it came back before it was ever
    confirmed, so the bank may show it both ways or neither.
    """

    item: Expected
    name: Sentence
    party: PartyId
    batch: int | None
    effect: Fen
    void: bool = False


def final_block(stores: Stores) -> int:
    """Money is read at this block; 0 before anything is indexed."""
    with stores.index.reading() as session:
        cursor = ledger_queries.cursor(session)
        return 0 if cursor is None else cursor.final_number


def ledger_items(stores: Stores, profiles: Profiles, block: int) -> tuple[LedgerItem, ...]:
    return (*_deposits(stores, profiles, block), *_payouts(stores, profiles, block))


def _deposits(stores: Stores, profiles: Profiles, block: int) -> list[LedgerItem]:
    with stores.index.reading() as session:
        rows = ledger_queries.deposits(session, block)
    with stores.office.reading() as session:
        typed = bank.all_typed_references(session)
    names = profiles.names(row.hospital for row in rows)
    return [
        LedgerItem(
            Expected(
                typed.get(row.bank_ref, row.bank_ref),
                Direction.IN,
                "",
                names[row.hospital].zh,
                row.amount,
                day_of(row.at),
            ),
            names[row.hospital],
            row.hospital,
            None,
            row.amount,
        )
        for row in rows
    ]


def _payouts(stores: Stores, profiles: Profiles, block: int) -> list[LedgerItem]:
    with stores.index.reading() as session:
        moves = ledger_queries.payout_movements(session, block)
        rows = payout_queries.items_of_all(session)
    with stores.office.reading() as session:
        known = destinations(session, [row.account for row in rows.values()])
    names = profiles.names(row.party for row in rows.values())
    found = []
    for move in moves:
        row = rows[move.batch, move.item]
        destination = known.get(row.account)
        name = names[row.party]
        paid = Expected(
            item_reference(move.batch, move.item),
            Direction.OUT,
            destination.account if destination else "",
            destination.holder if destination else name.zh,
            move.amount,
            day_of(move.paid_at or move.approved_at),
            batch_reference(move.batch),
        )
        effect = Fen(-move.amount if move.paid_at is not None else 0)
        void = move.returned_at is not None and move.paid_at is None
        found.append(LedgerItem(paid, name, row.party, move.batch, effect, void))
        if move.returned_at is not None:
            back = replace(
                paid,
                reference=return_reference(move.batch, move.item),
                direction=Direction.IN,
                day=day_of(move.returned_at),
                batch="",
            )
            found.append(LedgerItem(back, name, row.party, move.batch, Fen(-effect), void))
    return found


def day_of(unix: int) -> date:
    return datetime.fromtimestamp(unix, CHINA).date()
