"""Files that go to the bank, and in the demo the one that comes back from it."""

from __future__ import annotations

from dataclasses import dataclass

from huizhen.db.index import payout_queries
from huizhen.db.office import bank
from huizhen.db.office import reconciliation as matching
from huizhen.db.office.payout_destinations import destinations
from huizhen.db.office.reconciliation import Side
from huizhen.db.session import Stores
from huizhen.domain.bank_references import batch_reference, item_reference
from huizhen.domain.ids import PartyId
from huizhen.domain.money import Fen
from huizhen.domain.payment import PaymentLine
from huizhen.domain.statuses import ItemStatus
from huizhen.errors import InvalidInput, NotFound
from huizhen.services.bank_ports import InstructionWriter, SimulatedBank
from huizhen.services.deposits import BankDesk
from huizhen.services.expected_items import day_of, ledger_items
from huizhen.services.ports import Clock
from huizhen.services.profiles import Profiles
from huizhen.services.statements import StatementView

# Larger than any block: the simulated bank knows of a payment before the chain is final.
_NEWEST = 2**53


@dataclass(frozen=True, slots=True)
class BankPapers:
    stores: Stores
    writer: InstructionWriter

    def instruction(self, number: int, kind: str) -> tuple[str, bytes]:
        """(file name, content) of what the bank is to pay now; `kind` is csv or xlsx.

        Raises NotFound, or InvalidInput where nothing is left to pay.
        """
        with self.stores.index.reading() as session:
            rows = payout_queries.items_of(session, number)
        if not rows or kind not in ("csv", "xlsx"):
            raise NotFound(f"没有第{number}批付款。", f"There is no payout batch {number}.")
        waiting = [row for row in rows if row.status is ItemStatus.OUTSTANDING]
        if not waiting:
            raise InvalidInput(
                "本批没有待付的款项：复核之后、银行付款之前才有付款指令。",
                "Nothing of this batch waits for the bank: an instruction exists between approval and payment.",
            )
        with self.stores.office.reading() as session:
            known = destinations(session, [row.account for row in waiting])
        unknown = [item_reference(number, row.item) for row in waiting if row.account not in known]
        if unknown:
            # Without its line the sum would be short, and the payee unpaid without a word.
            raise InvalidInput(
                f"收款账户的明文不在本平台：{'、'.join(unknown)}。请由收款方登记账户的平台出具付款指令。",
                f"The accounts of {', '.join(unknown)} are not known here: ask the operator where the payees named "
                "them for the instruction.",
            )
        lines = [
            PaymentLine(
                item_reference(number, row.item),
                known[row.account].account,
                known[row.account].holder,
                known[row.account].bank,
                Fen(row.gross - row.withheld),
            )
            for row in waiting
        ]
        reference = batch_reference(number)
        write = self.writer.csv if kind == "csv" else self.writer.xlsx
        return f"{reference}.{kind}", write(f"批量付款指令 {reference}", lines)


@dataclass(frozen=True, slots=True)
class DemoBank:
    """Stands in for the settlement bank in the demo: pays what it is asked to, and prints its statement."""

    stores: Stores
    profiles: Profiles
    desk: BankDesk
    clock: Clock
    bank: SimulatedBank

    def execute(self, officer: PartyId, number: int) -> StatementView:
        """Pay all that is outstanding under one reference, and sign for it. Raises what confirming raises."""
        with self.stores.index.reading() as session:
            rows = payout_queries.items_of(session, number)
        waiting = [row.item for row in rows if row.status is ItemStatus.OUTSTANDING]
        reference = f"SIM{number:06d}{self.clock.now()}"
        proposed = self.desk.confirm(officer, number, waiting, reference)
        return self.desk.statements.sign(proposed.id, officer)

    def statement(self, number: int | None = None) -> tuple[str, bytes]:
        """(file name, content): every movement that no imported line shows yet, the batch's items included."""
        items = ledger_items(self.stores, self.profiles, _NEWEST)
        with self.stores.office.reading() as session:
            seen = matching.linked(session, Side.EXPECTED)
            closing = bank.closing_line(session)
        opening = closing.balance if closing is not None else Fen(0)
        moves = [
            each.item
            for each in items
            if each.item.reference not in seen and not each.void and (each.effect or each.batch == number)
        ]
        days = [move.day for move in moves] or [day_of(self.clock.now())]
        name = f"bank-statement-{max(days):%Y%m%d}.csv"
        return name, self.bank.csv(moves, opening, min(days), max(days))
