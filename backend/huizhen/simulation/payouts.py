"""Payouts of a simulated world: a batch every two weeks, approved by a second officer, paid; some come back."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field

from huizhen.domain import acts
from huizhen.domain.acts import PayoutLine
from huizhen.domain.bank_references import item_reference, reference_digest, return_reference
from huizhen.domain.money import Fen
from huizhen.domain.statuses import PartyKind
from huizhen.simulation.founding import Founding
from huizhen.simulation.people import Person
from huizhen.simulation.stage import DAY, HOUR

MAX_ITEMS = 64
LEAST = Fen(100_00)
# A round part for tax keeps the world legible; the product computes it from domain.withholding.
WITHHELD_BPS = 300


@dataclass(frozen=True, slots=True)
class Paid:
    """What the bank did for one item; `returned_at` is None where the money stayed."""

    batch: int
    item: int
    line: PayoutLine
    reference: str
    at: int
    returned_at: int | None = None


@dataclass(slots=True)
class Payouts:
    """`batches` are the items by number; `paid` is what a bank statement would list."""

    world: Founding
    dice: random.Random
    batches: dict[int, list[PayoutLine]] = field(default_factory=dict)
    paid: list[Paid] = field(default_factory=list)

    def settle(self, later: Callable[[int, Callable[[], None]], None]) -> None:
        """Prepare now; approval, payment and what comes back follow on the agenda (`later`: moment, act)."""
        batch = self.prepare()
        if batch is None:
            return
        now = self.world.stage.now
        later(now + 2 * HOUR, lambda: self.approve(batch))
        later(now + DAY, lambda: self.pay(batch))
        later(now + 2 * DAY, lambda: self.send_back(batch))

    def prepare(self) -> int | None:
        """None where nobody has earned enough."""
        stage, preparer = self.world.stage, self.world.people.officials["preparer"]
        items = self._items()
        if not items:
            return None
        batch = len(self.batches) + 1
        stage.perform(acts.prepare_payout(batch, items, preparer.id, stage.deadline))
        self.batches[batch] = items
        return batch

    def approve(self, batch: int) -> None:
        stage, approver = self.world.stage, self.world.people.officials["approver"]
        stage.perform(acts.approve_payout(batch, self.batches[batch], approver.id, stage.deadline))

    def pay(self, batch: int) -> None:
        """The bank confirms item by item."""
        stage, bank = self.world.stage, self.world.people.officials["bank"]
        items = self.batches[batch]
        for item, line in enumerate(items):
            reference = item_reference(batch, item)
            stage.perform(
                acts.confirm_payout(
                    batch, items, 1 << item, reference_digest(reference), bank.id, stage.deadline
                )
            )
            self.paid.append(Paid(batch, item, line, reference, stage.now))

    def send_back(self, batch: int) -> None:
        """About one payment in thirty comes back: the account was closed."""
        for number, paid in enumerate(self.paid):
            if paid.batch == batch and self.dice.random() < 1 / 30:
                self.paid[number] = self._send_back(paid)

    def _send_back(self, paid: Paid) -> Paid:
        stage, bank = self.world.stage, self.world.people.officials["bank"]
        reference = reference_digest(return_reference(paid.batch, paid.item))
        items = self.batches[paid.batch]
        stage.perform(acts.return_payout(paid.batch, items, paid.item, reference, bank.id, stage.deadline))
        return Paid(paid.batch, paid.item, paid.line, paid.reference, paid.at, stage.now)

    def _items(self) -> list[PayoutLine]:
        """Everybody whose credit is worth a transfer and whose account is in force, ascending by party."""
        stage = self.world.stage
        stage.wait_until(stage.now)
        people = sorted((p for p in self.world.people.everyone() if p.id), key=lambda p: p.id)
        calls = [(person.id,) for person in people]
        earned = stage.read_many("RevenueLedger", "creditOf(uint32)", calls, ("uint128", "uint128"))
        accounts = stage.read_many("RevenueLedger", "accountInForce(uint32)", calls, ("bytes32",))
        return [
            PayoutLine(person.id, Fen(credited), self._withheld(person, credited), account)
            for person, (credited, _), (account,) in zip(people, earned, accounts, strict=True)
            if credited >= LEAST and account != bytes(32)
        ][:MAX_ITEMS]

    def _withheld(self, person: Person, gross: int) -> Fen:
        return Fen(gross * WITHHELD_BPS // 10_000 if person.kind is PartyKind.DOCTOR else 0)
