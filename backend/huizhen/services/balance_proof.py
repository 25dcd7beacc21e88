"""Proof that ledger, chain and bank hold the same money: custody = bank ± items in transit, at the final block."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from huizhen.db.index import ledger_queries
from huizhen.db.office import bank
from huizhen.db.office import reconciliation as repository
from huizhen.db.session import Stores
from huizhen.domain.bank_items import Direction, ExceptionKind
from huizhen.domain.money import Fen
from huizhen.domain.statuses import Bucket
from huizhen.errors import NodeError
from huizhen.services.expected_items import final_block, ledger_items
from huizhen.services.profiles import Profiles

TRANSIT = (
    ExceptionKind.RECEIVED_NOT_BY_BANK,
    ExceptionKind.PAID_NOT_BY_BANK,
    ExceptionKind.BANK_RECEIVED_NOT_BY_US,
    ExceptionKind.BANK_PAID_NOT_BY_US,
)


class CustodyReader(Protocol):
    """Asks the rail contract itself."""

    def custody_at(self, block: int) -> Fen:
        """Raises NodeError while the node is down."""


@dataclass(frozen=True, slots=True)
class BankBalance:
    """The newest balance that an imported statement shows."""

    amount: Fen
    day: date
    serial: str


@dataclass(frozen=True, slots=True)
class BalanceProof:
    """`chain` is None while the node does not answer, `bank` before the first statement file.

    `transit` holds for each of the four kinds (count, sum); the sums are signed as they go onto the bank's balance.
    """

    block: int
    buckets: Mapping[Bucket, Fen]
    chain: Fen | None
    bank: BankBalance | None
    transit: Mapping[ExceptionKind, tuple[int, Fen]]

    @property
    def ledger(self) -> Fen:
        return self.buckets[Bucket.CUSTODY]

    @property
    def owed(self) -> Fen:
        """Whose the custody is: available, escrowed, credited and outstanding together."""
        return Fen(sum(amount for bucket, amount in self.buckets.items() if bucket is not Bucket.CUSTODY))

    @property
    def bank_adjusted(self) -> Fen | None:
        if self.bank is None:
            return None
        return Fen(self.bank.amount + sum(amount for _, amount in self.transit.values()))

    @property
    def difference(self) -> Fen | None:
        """Ledger minus adjusted bank: anything but 0 means that lines of the bank are missing here."""
        adjusted = self.bank_adjusted
        return None if adjusted is None else Fen(self.ledger - adjusted)

    @property
    def holds(self) -> bool:
        """Whether every figure that is known agrees."""
        return self.owed == self.ledger and self.chain in (None, self.ledger) and not self.difference


@dataclass(frozen=True, slots=True)
class BalanceProver:
    stores: Stores
    profiles: Profiles
    custody: CustodyReader

    def prove(self) -> BalanceProof:
        block = final_block(self.stores)
        with self.stores.index.reading() as session:
            buckets = ledger_queries.balances(session, block)
        with self.stores.office.reading() as session:
            closing = bank.closing_line(session)
        return BalanceProof(
            block,
            buckets,
            self._on_chain(block),
            None if closing is None else BankBalance(closing.balance, closing.day, closing.serial),
            self._in_transit(block),
        )

    def _on_chain(self, block: int) -> Fen | None:
        try:
            return self.custody.custody_at(block)
        except NodeError:
            return None

    def _in_transit(self, block: int) -> Mapping[ExceptionKind, tuple[int, Fen]]:
        """What moved on one side only. Within a link that stands, the part that the other side has not seen."""
        effects = {
            each.item.reference: each.effect for each in ledger_items(self.stores, self.profiles, block)
        }
        with self.stores.office.reading() as session:
            lines = {
                row.serial: Fen(row.amount if row.direction is Direction.IN else -row.amount)
                for row in bank.line_amounts(session)
            }
            links = repository.links(session).values()
        sums: dict[ExceptionKind, tuple[int, Fen]] = {kind: (0, Fen(0)) for kind in TRANSIT}
        for expected, observed in links:
            ours = sum(effects.pop(reference, 0) for reference in expected)
            theirs = sum(lines.pop(serial, 0) for serial in observed)
            if not ours:
                _add(sums, _theirs(theirs), -theirs)
            elif ours != theirs:
                _add(sums, _ours(ours), ours - theirs)
        for effect in effects.values():
            _add(sums, _ours(effect), effect)
        for amount in lines.values():
            _add(sums, _theirs(amount), -amount)
        return sums


def _ours(effect: int) -> ExceptionKind:
    return ExceptionKind.RECEIVED_NOT_BY_BANK if effect > 0 else ExceptionKind.PAID_NOT_BY_BANK


def _theirs(amount: int) -> ExceptionKind:
    return ExceptionKind.BANK_RECEIVED_NOT_BY_US if amount > 0 else ExceptionKind.BANK_PAID_NOT_BY_US


def _add(sums: dict[ExceptionKind, tuple[int, Fen]], kind: ExceptionKind, amount: int) -> None:
    if amount:
        count, total = sums[kind]
        sums[kind] = count + 1, Fen(total + amount)
