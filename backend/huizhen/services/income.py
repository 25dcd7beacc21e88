"""What consultations brought to a party, and where its money is: earned, in a payout, paid."""

from __future__ import annotations

from dataclasses import dataclass

from huizhen.db.index import doctor_queries as queries
from huizhen.db.index.consultations import Consultation
from huizhen.db.session import Stores
from huizhen.domain.bank_references import item_reference
from huizhen.domain.chain_ids import Hash32
from huizhen.domain.ids import PartyId
from huizhen.domain.money import Fen
from huizhen.domain.sentence import Sentence
from huizhen.domain.slots import Slot
from huizhen.domain.split import LegKind
from huizhen.domain.statuses import ItemStatus
from huizhen.services.profiles import Profiles
from huizhen.services.trace import Trace, finality


@dataclass(frozen=True, slots=True)
class LegLine:
    consultation: int
    hospital: Sentence
    start: Slot
    slots: int
    leg: LegKind
    amount: Fen
    trace: Trace


@dataclass(frozen=True, slots=True)
class PaidLine:
    """One item of a payout batch; net is gross - withheld. `reference` names it to the bank and to
    `huizhen verify --proof`.
    """

    batch: int
    reference: str
    prepared_at: int
    gross: Fen
    withheld: Fen
    status: ItemStatus
    paid_ref: Hash32 | None
    trace: Trace

    @property
    def net(self) -> Fen:
        return Fen(self.gross - self.withheld)


@dataclass(frozen=True, slots=True)
class IncomePage:
    """`credited` may go into the next payout, `outstanding` is at the bank, `paid` was confirmed by it."""

    earned: Fen
    credited: Fen
    outstanding: Fen
    paid: Fen
    withheld: Fen
    legs: tuple[LegLine, ...]
    payouts: tuple[PaidLine, ...]


@dataclass(frozen=True, slots=True)
class Income:
    stores: Stores
    profiles: Profiles

    def page(self, party: PartyId) -> IncomePage:
        with self.stores.index.reading() as session:
            final = finality(session)
            credit = queries.credit_of(session, party)
            legs = queries.legs_of(session, party)
            cases = queries.consultations(
                session, (row.consultation for row in legs if row.consultation is not None)
            )
            payouts = tuple(
                PaidLine(
                    item.batch,
                    item_reference(item.batch, item.item),
                    batch.prepared_at,
                    item.gross,
                    item.withheld,
                    item.status,
                    item.paid_ref,
                    final.of(item),
                )
                for item, batch in queries.payout_items_of(session, party)
            )
        names = self.profiles.names(case.hospital for case in cases.values())
        lines = []
        for row in legs:
            case: Consultation | None = cases.get(row.consultation or 0)
            if case is None or row.leg is None:
                continue
            lines.append(
                LegLine(
                    case.id, names[case.hospital], case.start, case.slots, row.leg, row.amount, final.of(row)
                )
            )
        sent = (ItemStatus.OUTSTANDING, ItemStatus.CONFIRMED, ItemStatus.RETURNED)
        return IncomePage(
            Fen(sum(line.amount for line in lines)),
            credit.credited if credit else Fen(0),
            credit.outstanding if credit else Fen(0),
            Fen(sum(line.net for line in payouts if line.status is ItemStatus.CONFIRMED)),
            Fen(sum(line.withheld for line in payouts if line.status in sent)),
            tuple(lines),
            payouts,
        )
