"""Hours, consultations, disputes and money from their events: one method for each, named for it."""

# ruff: noqa: N802, N815

from __future__ import annotations

from typing import Any

from huizhen.domain.statuses import BatchStatus
from huizhen.domain.statuses import ConsultationStatus as Status
from tests.model.spec import booked_terms
from tests.model.spec.ledger import Item, items_hash
from tests.model.spec.registry import TAX_AUTHORITY
from tests.model.spec.split import unpacked
from tests.model.spec.state import NO_WORD, Batch, Consultation, Credit, Funds, PayoutAccount, State


class Work:
    """`keys` and `packed` are the terms in force for each consultation, `items` those of each batch."""

    s: State
    keys: dict[int, bytes]
    packed: dict[int, bytes]
    items: dict[int, list[Item]]

    # Hours

    def on_Reserved(self, start: int, slots: int, doctors: list[int], **_: Any) -> None:
        self.s.taken |= {(doctor, slot) for doctor in doctors for slot in range(start, start + slots)}

    def on_Released(self, start: int, slots: int, doctors: list[int], **_: Any) -> None:
        self.s.taken -= {(doctor, slot) for doctor in doctors for slot in range(start, start + slots)}

    def on_BookerSet(self, booker: str, allowed: bool, *, contract: str) -> None:
        bookers = self.s.slot_bookers if contract == "SlotBook" else self.s.ledger_bookers
        (bookers.add if allowed else bookers.discard)(booker)

    # Consultations

    def on_Booked(self, number: int, terms_hash: bytes, _: int, price: int, terms: bytes, **__: Any) -> None:
        self.keys[number], self.packed[number] = terms_hash, terms
        self.s.consultations[terms_hash] = Consultation(Status.BOOKED, number, self.s.now, 0, 0, 0, price)

    def on_Amended(self, number: int, replaced: bytes, terms_hash: bytes, terms: bytes, **_: Any) -> None:
        price = self.s.consultations[replaced].escrowed
        self._consultation(number, status=Status.CANCELLED, escrowed=0)
        self.on_Booked(number, terms_hash, 0, price, terms)

    def on_Delivered(self, number: int, _: bytes, seats: int, overtime: int, **__: Any) -> None:
        at = {"delivered_at": self.s.now, "seats": seats, "overtime": overtime}
        self._consultation(number, status=Status.DELIVERED, **at)

    def on_Settled(self, number: int, accepted: bool, **_: Any) -> None:
        if not accepted:
            self._drop_unwitnessed_overtime(number)
        self._consultation(number, status=Status.SETTLED)

    def on_Cancelled(self, number: int, *_: Any, **__: Any) -> None:
        self._consultation(number, status=Status.CANCELLED)

    def on_Expired(self, number: int, **_: Any) -> None:
        self._consultation(number, status=Status.EXPIRED)

    def on_AttendanceRecorded(self, number: int, seats: int, overtime: int, **_: Any) -> None:
        # Where a required seat was absent, it has been cancelled just now.
        if self._row(number).status == Status.BOOKED:
            self._consultation(number, attended=seats, overtime=overtime)

    def on_NoShowMarked(self, number: int, by: int, seats: int, _: bytes, **__: Any) -> None:
        terms = booked_terms.read(self.packed[number])
        if by == terms.hospital:
            self._consultation(number, attended=(1 << len(terms.seats)) - 1 & ~seats)

    def on_Disputed(self, number: int, _: int, seats: int, __: bytes, **___: Any) -> None:
        self._drop_unwitnessed_overtime(number)
        self._consultation(number, status=Status.DISPUTED)
        row = self.s.disputes[number]
        self.s.disputes[number] = row._replace(contested=row.contested | seats, opened_at=self.s.now)

    def on_UncontestedReleased(self, number: int, _: int, **__: Any) -> None:
        self.s.disputes[number] = self.s.disputes[number]._replace(rest_released=True)

    def on_DisputeResolved(self, number: int, seats: int, *_: Any, **__: Any) -> None:
        row = self.s.disputes[number]
        contested, resolved = row.contested & ~seats, row.resolved | seats
        self.s.disputes[number] = row._replace(contested=contested, resolved=resolved)

    def _row(self, number: int) -> Consultation:
        return self.s.consultations[self.keys[number]]

    def _drop_unwitnessed_overtime(self, number: int) -> None:
        if not self._row(number).attended:
            self._consultation(number, overtime=0)

    def _consultation(self, number: int, **changed: int) -> None:
        self.s.consultations[self.keys[number]] = self._row(number)._replace(**changed)

    # Money

    def on_Deposited(self, hospital: int, amount: int, *_: Any, **__: Any) -> None:
        self._funds(hospital, amount, 0)

    def on_Refunded(self, hospital: int, amount: int, sequence: int, **_: Any) -> None:
        self._funds(hospital, -amount, 0)
        self._credit(hospital, amount, 0)
        self.s.refunds[hospital] = sequence + 1

    def on_Escrowed(self, _: int, hospital: int, amount: int, **__: Any) -> None:
        self._funds(hospital, -amount, amount)

    def on_EscrowReleased(self, number: int, hospital: int, funded: int, legs: list[int], **_: Any) -> None:
        if number in self.keys:
            self._consultation(number, escrowed=self._row(number).escrowed - funded)
        rest = funded
        for _kind, party, amount in map(unpacked, legs):
            self._credit(party, amount, 0)
            rest -= amount
        self._funds(hospital, rest, -funded)

    def on_PayoutAccountSet(
        self, party: int, account: bytes, effective_at: int, version: int, **_: Any
    ) -> None:
        current = self.s.account_in_force(party)
        self.s.accounts[party] = PayoutAccount(current, account, effective_at, version)

    def on_PayoutAccountCancelled(self, party: int, version: int, **_: Any) -> None:
        self.s.accounts[party] = PayoutAccount(self.s.accounts[party].current, NO_WORD, 0, version)

    def on_PayoutPrepared(self, batch: int, preparer: int, items: list[Item], **_: Any) -> None:
        self.items[batch] = items
        of_items = items_hash(items)
        self.s.batches[batch] = Batch(
            BatchStatus.PREPARED, len(items), preparer, self.s.now, 0, 0, of_items, 0
        )

    def on_PayoutApproved(
        self, batch: int, _: int, executed: int, __: int, withheld: int, **___: Any
    ) -> None:
        for item in self._chosen(batch, executed):
            self._credit(item.party, -item.gross, item.net)
        self._credit(TAX_AUTHORITY, withheld, 0)
        self._batch(batch, status=BatchStatus.APPROVED, outstanding=executed)

    def on_PayoutConfirmed(self, batch: int, mask: int, *_: Any, **__: Any) -> None:
        for item in self._chosen(batch, mask):
            self._credit(item.party, 0, -item.net)
        row = self.s.batches[batch]
        self._batch(batch, outstanding=row.outstanding & ~mask, confirmed=row.confirmed | mask)

    def on_PayoutReturned(self, batch: int, place: int, party: int, net: int, *_: Any, **__: Any) -> None:
        row, bit = self.s.batches[batch], 1 << place
        self._credit(party, net, -net if row.outstanding & bit else 0)
        left = {"outstanding": row.outstanding & ~bit, "confirmed": row.confirmed & ~bit}
        self._batch(batch, **left, returned=row.returned | bit)

    def on_Collected(self, reference: bytes, _: int, custody: int, **__: Any) -> None:
        self.s.references.add(reference)
        self.s.custody = custody

    on_Paid = on_Reclaimed = on_Collected

    def _chosen(self, batch: int, mask: int) -> list[Item]:
        return [item for place, item in enumerate(self.items[batch]) if mask >> place & 1]

    def _batch(self, batch: int, **changed: Any) -> None:
        self.s.batches[batch] = self.s.batches[batch]._replace(**changed)

    def _funds(self, hospital: int, available: int, escrowed: int) -> None:
        row = self.s.funds[hospital]
        self.s.funds[hospital] = Funds(row.available + available, row.escrowed + escrowed)

    def _credit(self, party: int, credited: int, outstanding: int) -> None:
        row = self.s.credits[party]
        self.s.credits[party] = Credit(row.credited + credited, row.outstanding + outstanding)
