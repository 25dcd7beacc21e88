"""The settlement bank's desk: money that came in, batches to pay, payments that came back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from huizhen.db.index import ledger_queries, payout_queries
from huizhen.db.index.parties import Party
from huizhen.db.index.payouts import PayoutItem
from huizhen.db.office import bank
from huizhen.db.session import Session, Stores
from huizhen.domain import acts
from huizhen.domain.bank_references import reference_digest, tidy_reference
from huizhen.domain.chain_ids import hex32
from huizhen.domain.ids import PartyId
from huizhen.domain.money import Fen
from huizhen.domain.sentence import Sentence
from huizhen.domain.statement import Statement
from huizhen.domain.statuses import ItemStatus, PartyKind, Power
from huizhen.errors import BankReferenceUsed, InvalidInput, NotFound
from huizhen.services.payout_batches import lines_of
from huizhen.services.payouts import require_power
from huizhen.services.ports import Clock
from huizhen.services.profiles import Profiles
from huizhen.services.statements import StatementService, StatementView
from huizhen.services.trace import Trace, finality

VALID_SECONDS = 24 * 3600


@dataclass(frozen=True, slots=True)
class DepositRow:
    """`reference` is as the bank typed it here, else its digest."""

    hospital: PartyId
    name: Sentence
    amount: Fen
    reference: str
    at: int
    trace: Trace


@dataclass(frozen=True, slots=True)
class HospitalChoice:
    party: PartyId
    name: Sentence
    available: Fen
    escrowed: Fen


@dataclass(frozen=True, slots=True)
class BankDesk:
    """Every act is put before the bank's officer to sign, with the reference kept in words beside its digest."""

    stores: Stores
    statements: StatementService
    profiles: Profiles
    clock: Clock

    def hospitals(self) -> tuple[HospitalChoice, ...]:
        with self.stores.index.reading() as session:
            parties = ledger_queries.parties_of_kind(session, PartyKind.HOSPITAL)
            funds = ledger_queries.funds_of(session)
        names = self.profiles.names(parties)
        return tuple(
            HospitalChoice(
                party,
                names[party],
                funds[party].available if party in funds else Fen(0),
                funds[party].escrowed if party in funds else Fen(0),
            )
            for party in parties
        )

    def deposits(self, limit: int = 20) -> tuple[DepositRow, ...]:
        """Newest first."""
        with self.stores.index.reading() as session:
            rows = ledger_queries.recent_deposits(session, limit)
            final = finality(session)
        with self.stores.office.reading() as session:
            typed = bank.typed_references(session, [row.bank_ref for row in rows])
        names = self.profiles.names(row.hospital for row in rows)
        return tuple(
            DepositRow(
                row.hospital,
                names[row.hospital],
                row.amount,
                typed.get(row.bank_ref, row.bank_ref),
                row.at,
                final.of(row),
            )
            for row in rows
        )

    def under_way(self, officer: PartyId) -> tuple[StatementView, ...]:
        """What this officer proposed and has not come to its end."""
        return tuple(view for view in self.statements.of_proposer(officer) if view.open or view.pending)

    def deposit(self, officer: PartyId, hospital: PartyId, amount: Fen, reference: str) -> StatementView:
        """Raises BankReferenceUsed, or InvalidInput for what is no hospital or no amount."""
        if amount <= 0:
            raise InvalidInput("存入金额须大于0。", "The amount must be above 0.")
        with self.stores.index.reading() as session:
            require_power(session, officer, Power.SETTLEMENT_BANK)
            party = session.get(Party, hospital)
            if party is None or party.kind is not PartyKind.HOSPITAL:
                raise InvalidInput("请选择一家医疗机构。", "Choose a hospital.")
        digest = self._fresh(reference)
        statement = acts.deposit(hospital, amount, digest, officer, self.clock.now() + VALID_SECONDS)
        return self._propose(statement, officer, f"deposit:{hospital}", reference)

    def confirm(self, officer: PartyId, number: int, items: Sequence[int], reference: str) -> StatementView:
        """The bank paid these items together, under one reference."""
        with self.stores.index.reading() as session:
            rows = self._items(session, officer, number)
        waiting = {row.item for row in rows if row.status is ItemStatus.OUTSTANDING}
        if not items or not set(items) <= waiting:
            raise InvalidInput(
                "请勾选至少一笔仍在银行途中的款项；已支付或退回的不能再确认。",
                "Tick at least one item that is still at the bank; one that was paid or sent back cannot be again.",
            )
        mask = sum(1 << item for item in set(items))
        statement = acts.confirm_payout(
            number, lines_of(rows), mask, self._fresh(reference), officer, self.clock.now() + VALID_SECONDS
        )
        return self._propose(statement, officer, f"batch:{number}", reference)

    def send_back(self, officer: PartyId, number: int, item: int, reference: str) -> StatementView:
        """The bank could not pay an item, or the payee's bank returned it; the reference says why at the bank."""
        with self.stores.index.reading() as session:
            rows = self._items(session, officer, number)
        known = (ItemStatus.OUTSTANDING, ItemStatus.CONFIRMED)
        if not any(row.item == item and row.status in known for row in rows):
            raise InvalidInput(
                "这笔款项不在银行途中，也未支付，不能退回。",
                "This item is neither at the bank nor paid: it cannot come back.",
            )
        statement = acts.return_payout(
            number, lines_of(rows), item, self._fresh(reference), officer, self.clock.now() + VALID_SECONDS
        )
        return self._propose(statement, officer, f"batch:{number}", reference)

    def _items(self, session: Session, officer: PartyId, number: int) -> Sequence[PayoutItem]:
        require_power(session, officer, Power.SETTLEMENT_BANK)
        rows = payout_queries.items_of(session, number)
        if not rows:
            raise NotFound(f"没有第{number}批付款。", f"There is no payout batch {number}.")
        return rows

    def _fresh(self, reference: str) -> bytes:
        """The digest of a reference that the chain has not seen."""
        digest = reference_digest(reference)
        with self.stores.index.reading() as session:
            used = ledger_queries.reference_used(session, hex32(digest))
        if used is not None:
            raise BankReferenceUsed(
                f"银行流水号{tidy_reference(reference)}已登记过一次，请核对流水号。",
                f"The bank's reference {tidy_reference(reference)} was recorded before: check it.",
            )
        return digest

    def _propose(self, statement: Statement, officer: PartyId, subject: str, reference: str) -> StatementView:
        with self.stores.office.writing() as session:
            bank.remember_reference(session, hex32(reference_digest(reference)), tidy_reference(reference))
        return self.statements.propose(statement, proposer=officer, subject=subject)
