"""Payout batches after they were prepared: their items, what became of each, and the second person's approval."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from huizhen.db.index import audit_queries, payout_queries
from huizhen.db.index.payouts import PayoutBatch, PayoutItem
from huizhen.db.office import bank, payout_drafts
from huizhen.db.office.payout_destinations import PayoutDestination, destinations
from huizhen.db.office.payout_drafts import PayoutDraft, PayoutDraftItem
from huizhen.db.session import Stores
from huizhen.domain import acts
from huizhen.domain.bank_references import batch_reference, item_reference
from huizhen.domain.chain_ids import Hash32
from huizhen.domain.ids import PartyId
from huizhen.domain.money import Fen
from huizhen.domain.sentence import Sentence
from huizhen.domain.statuses import BatchStatus, ItemStatus, Power
from huizhen.errors import Forbidden, InvalidInput, NotFound
from huizhen.services.chain_story import Entry, tell
from huizhen.services.fact_words import Names
from huizhen.services.payout_fit import unfit_items
from huizhen.services.payouts import VALID_SECONDS, require_power
from huizhen.services.ports import Clock
from huizhen.services.profiles import Profiles
from huizhen.services.statements import StatementService, StatementView
from huizhen.services.trace import Trace, finality

APPROVAL_SECONDS = 7 * 24 * 3600


@dataclass(frozen=True, slots=True)
class ItemView:
    """`reference` is what the bank is asked to write in the memo; account and bank are of the commitment's account.

    `warning` says why an item that waits for approval would be left out if it were approved now.
    """

    item: int
    reference: str
    party: PartyId
    name: Sentence
    gross: Fen
    withheld: Fen
    status: ItemStatus
    bank: str
    account: str
    paid_ref: str
    returned_ref: str
    computed: Fen | None
    explanation: Sentence | None
    reason: str
    warning: Sentence | None

    @property
    def net(self) -> Fen:
        return Fen(self.gross - self.withheld)

    @property
    def state(self) -> str:
        """As pages name it."""
        return self.status.name.lower()

    @property
    def changed(self) -> bool:
        """Whether a person withheld something other than the rule."""
        return self.computed is not None and self.computed != self.withheld


@dataclass(frozen=True, slots=True)
class BatchRow:
    """`state` is one word for the whole; amounts are of the executed items, before approval of all."""

    id: int
    reference: str
    state: str
    count: int
    preparer: Sentence
    preparer_id: PartyId
    prepared_at: int
    approve_by: int
    approver: Sentence | None
    approved_at: int | None
    net: Fen
    at_bank: Fen
    paid: Fen
    returned: Fen
    trace: Trace


@dataclass(frozen=True, slots=True)
class BatchPage:
    row: BatchRow
    items: tuple[ItemView, ...]
    left_out: tuple[ItemView, ...]
    gross: Fen
    withheld: Fen
    history: tuple[Entry, ...]
    statements: tuple[StatementView, ...]

    @property
    def moving(self) -> bool:
        """Whether something is on its way, so that the page should look again."""
        return any(each.pending for each in self.statements) or self.row.trace.state != "final"

    @property
    def outstanding(self) -> tuple[ItemView, ...]:
        return tuple(item for item in self.items if item.status is ItemStatus.OUTSTANDING)

    @property
    def returnable(self) -> tuple[ItemView, ...]:
        known = (ItemStatus.OUTSTANDING, ItemStatus.CONFIRMED)
        return tuple(item for item in self.items if item.status in known)


@dataclass(frozen=True, slots=True)
class PayoutBatches:
    stores: Stores
    statements: StatementService
    profiles: Profiles
    clock: Clock

    def list(self, page: int, per_page: int = 20) -> tuple[tuple[BatchRow, ...], int]:
        """(batches, pages), newest first."""
        with self.stores.index.reading() as session:
            total = payout_queries.batch_count(session)
            found = payout_queries.batches(session, page, per_page)
        return self.rows(found), max(1, -(-total // per_page))

    def to_approve(self) -> tuple[BatchRow, ...]:
        with self.stores.index.reading() as session:
            found = payout_queries.batches_prepared(session)
        return tuple(row for row in self.rows(found) if row.state == "prepared")

    def at_bank(self) -> tuple[BatchRow, ...]:
        with self.stores.index.reading() as session:
            found = payout_queries.batches_at_bank(session)
        return self.rows(found)

    def rows(self, found: Sequence[PayoutBatch]) -> tuple[BatchRow, ...]:
        now = self.clock.now()
        with self.stores.index.reading() as session:
            nets = payout_queries.nets_of(session, [row.id for row in found])
            final = finality(session)
        people = [row.preparer for row in found] + [row.approver for row in found if row.approver is not None]
        names = self.profiles.names(people)
        return tuple(_row(row, nets.get(row.id, {}), names, final.of(row), now) for row in found)

    def page(self, number: int) -> BatchPage:
        """Raises NotFound."""
        with self.stores.index.reading() as session:
            found = payout_queries.batch(session, number)
            if found is None:
                raise NotFound(f"没有第{number}批付款。", f"There is no payout batch {number}.")
            rows = payout_queries.items_of(session, number)
            told = audit_queries.events_of_batch(session, number)
            final = finality(session)
            unfit = unfit_items(session, found, rows, self.clock.now())
        items = self._items(number, rows, unfit)
        kept = tuple(item for item in items if item.status is not ItemStatus.LEFT_OUT)
        return BatchPage(
            self.rows([found])[0],
            items,
            tuple(item for item in items if item.status is ItemStatus.LEFT_OUT),
            Fen(sum(item.gross for item in kept)),
            Fen(sum(item.withheld for item in kept)),
            tell(told, self.profiles, final),
            self.statements.of_subject(f"batch:{number}"),
        )

    def approve(self, number: int, officer: PartyId) -> StatementView:
        """Put the approval before a second officer to sign. Raises Forbidden for whoever prepared it."""
        with self.stores.index.reading() as session:
            found = payout_queries.batch(session, number)
            if found is None:
                raise NotFound(f"没有第{number}批付款。", f"There is no payout batch {number}.")
            require_power(session, officer, Power.PAYOUT_APPROVER)
            rows = payout_queries.items_of(session, number)
            unfit = unfit_items(session, found, rows, self.clock.now())
        if officer == found.preparer:
            raise Forbidden(
                "编制与复核必须是两个人：请由另一位财务人员复核。",
                "The one who prepared a batch cannot approve it: ask another finance officer.",
            )
        now = self.clock.now()
        if found.status is not BatchStatus.PREPARED or now > found.prepared_at + APPROVAL_SECONDS:
            raise InvalidInput(
                "本批已复核或已过7天复核期限，请刷新页面查看。",
                "This batch was approved already, or its 7 days have passed. Reload the page to see.",
            )
        if len(unfit) == len(rows):
            raise InvalidInput(
                "本批没有一笔现在能付：收款方的余额或账户已变化。请重新编制。",
                "No item of this batch can be paid now: the payees' credit or accounts have changed. "
                "Draw up a new batch.",
            )
        statement = acts.approve_payout(number, lines_of(rows), officer, now + VALID_SECONDS)
        return self.statements.propose(statement, proposer=officer, subject=f"batch:{number}")

    def _items(
        self, number: int, rows: Sequence[PayoutItem], unfit: Mapping[int, Sentence]
    ) -> tuple[ItemView, ...]:
        digests = {ref for row in rows for ref in (row.paid_ref, row.returned_ref) if ref is not None}
        with self.stores.office.reading() as session:
            known = destinations(session, [row.account for row in rows])
            typed = bank.typed_references(session, digests)
            draft = payout_drafts.of_batch(session, number)
        noted = _notes(draft, rows)
        names = self.profiles.names(row.party for row in rows)
        return tuple(
            _item(row, names, known, typed, noted.get(row.item), unfit.get(row.item)) for row in rows
        )


def lines_of(rows: Sequence[PayoutItem]) -> list[acts.PayoutLine]:
    """The items exactly as they were prepared: the contract compares their hash."""
    return [
        acts.PayoutLine(row.party, row.gross, row.withheld, bytes.fromhex(row.account[2:])) for row in rows
    ]


def _notes(draft: PayoutDraft | None, rows: Sequence[PayoutItem]) -> Mapping[int, PayoutDraftItem]:
    """Only of the draft that became this batch: another operator may have prepared the number instead."""
    if draft is None or [(row.party, row.gross) for row in rows] != [(i.party, i.gross) for i in draft.items]:
        return {}
    return {item.item: item for item in draft.items}


def _item(
    row: PayoutItem,
    names: Names,
    known: Mapping[Hash32, PayoutDestination],
    typed: Mapping[Hash32, str],
    note: PayoutDraftItem | None,
    warning: Sentence | None,
) -> ItemView:
    destination = known.get(row.account)
    return ItemView(
        row.item,
        item_reference(row.batch, row.item),
        row.party,
        names[row.party],
        row.gross,
        row.withheld,
        row.status,
        destination.bank if destination else "",
        destination.masked if destination else "",
        _typed(row.paid_ref, typed),
        _typed(row.returned_ref, typed),
        note.computed if note else None,
        Sentence(note.explanation_zh, note.explanation_en) if note else None,
        note.reason if note else "",
        warning,
    )


def _typed(digest: Hash32 | None, typed: Mapping[Hash32, str]) -> str:
    """The reference as the bank typed it here, else its digest."""
    return "" if digest is None else typed.get(digest, digest)


def _row(row: PayoutBatch, nets: Mapping[ItemStatus, Fen], names: Names, trace: Trace, now: int) -> BatchRow:
    executed = sum(net for status, net in nets.items() if status is not ItemStatus.LEFT_OUT)
    return BatchRow(
        row.id,
        batch_reference(row.id),
        _state(row, nets, now),
        row.count,
        names[row.preparer],
        row.preparer,
        row.prepared_at,
        row.prepared_at + APPROVAL_SECONDS,
        names[row.approver] if row.approver is not None else None,
        row.approved_at,
        Fen(executed),
        nets.get(ItemStatus.OUTSTANDING, Fen(0)),
        nets.get(ItemStatus.CONFIRMED, Fen(0)),
        nets.get(ItemStatus.RETURNED, Fen(0)),
        trace,
    )


def _state(row: PayoutBatch, nets: Mapping[ItemStatus, Fen], now: int) -> str:
    if row.status is BatchStatus.PREPARED:
        return "prepared" if now <= row.prepared_at + APPROVAL_SECONDS else "expired"
    for status in (ItemStatus.OUTSTANDING, ItemStatus.RETURNED, ItemStatus.CONFIRMED):
        if status in nets:
            return status.name.lower()
    return "left_out"
