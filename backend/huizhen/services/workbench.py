"""What the match workbench shows: both sides of every suggestion, of what is left over, and of recent links."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from huizhen.db.office import bank
from huizhen.db.office import reconciliation as repository
from huizhen.db.office.bank import BankLine
from huizhen.db.office.reconciliation import BankException, BankMatch, MatchingRun, MatchState, Side
from huizhen.db.session import Stores
from huizhen.domain.bank_items import EXCEPTION_NAMES, Direction, ExceptionKind
from huizhen.domain.ids import PartyId
from huizhen.domain.money import Fen
from huizhen.domain.sentence import Sentence
from huizhen.services.expected_items import LedgerItem, final_block, ledger_items
from huizhen.services.profiles import Profiles

SHOWN = 100


@dataclass(frozen=True, slots=True)
class Item:
    """One side's item. `amount` is signed: money into custody is positive. `batch` leads to a payout batch."""

    reference: str
    name: Sentence
    amount: Fen
    day: date | None
    memo: str
    batch: int | None


@dataclass(frozen=True, slots=True)
class MatchView:
    """`by` is None for what a run linked; `ended_why` is set in the history alone."""

    id: int
    confidence: int
    reason: Sentence
    expected: tuple[Item, ...]
    observed: tuple[Item, ...]
    made_at: datetime
    by: Sentence | None
    linked_at: datetime | None
    ended_at: datetime | None
    ended_by: Sentence | None
    ended_why: str | None


@dataclass(frozen=True, slots=True)
class Leftover:
    kind: ExceptionKind
    reason: Sentence
    difference: Fen
    age_days: int
    expected: tuple[Item, ...]
    observed: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Bench:
    """At most SHOWN of each; the counts are of all."""

    suggested: tuple[MatchView, ...]
    leftover: tuple[Leftover, ...]
    linked: tuple[MatchView, ...]
    suggested_count: int
    leftover_count: int
    linked_count: int
    last_run: MatchingRun | None
    bank_lines: int


@dataclass(frozen=True, slots=True)
class Workbench:
    stores: Stores
    profiles: Profiles

    def bench(self) -> Bench:
        with self.stores.office.reading() as session:
            suggested = repository.matches_in(session, MatchState.SUGGESTED, SHOWN)
            linked = repository.matches_in(session, MatchState.LINKED, SHOWN)
            exceptions = repository.exceptions(session, SHOWN)
            leftover, _ = repository.exceptions_open(session)
            counts = {state: repository.count_in(session, state) for state in MatchState}
            run, total = repository.last_run(session), bank.line_count(session)
        views = self._views([*suggested, *linked])
        return Bench(
            views[: len(suggested)],
            self._leftovers(exceptions),
            views[len(suggested) :],
            counts[MatchState.SUGGESTED],
            leftover,
            counts[MatchState.LINKED],
            run,
            total,
        )

    def history(self) -> tuple[MatchView, ...]:
        """Links and suggestions that ended, newest first: who, when and why."""
        with self.stores.office.reading() as session:
            ended = repository.matches_in(session, MatchState.ENDED, SHOWN)
        return self._views(ended)

    def _views(self, rows: Sequence[BankMatch]) -> tuple[MatchView, ...]:
        ours, theirs = self._items(
            [ref for row in rows for ref in row.named(Side.EXPECTED)],
            [ref for row in rows for ref in row.named(Side.OBSERVED)],
        )
        people = {party for row in rows for party in (row.linked_by, row.ended_by) if party is not None}
        names = self.profiles.names(people)
        return tuple(_view(row, ours, theirs, names) for row in rows)

    def _leftovers(self, rows: Sequence[BankException]) -> tuple[Leftover, ...]:
        ours, theirs = self._items(
            [ref for row in rows for ref in row.expected], [ref for row in rows for ref in row.observed]
        )
        return tuple(
            Leftover(
                row.kind,
                EXCEPTION_NAMES[row.kind],
                row.difference,
                max(0, row.age_days),
                tuple(ours[reference] for reference in row.expected),
                tuple(theirs[serial] for serial in row.observed),
            )
            for row in rows
        )

    def _items(
        self, expected: Iterable[str], observed: Iterable[str]
    ) -> tuple[Mapping[str, Item], Mapping[str, Item]]:
        wanted = set(expected)
        items = ledger_items(self.stores, self.profiles, final_block(self.stores))
        ours = {each.item.reference: _ours(each) for each in items if each.item.reference in wanted}
        with self.stores.office.reading() as session:
            lines = bank.lines_by_serial(session, observed)
        # A reorganisation or a rebuild may have taken an item back; its link still has a name to show.
        missing = {reference: _gone(reference) for reference in wanted - ours.keys()}
        return {**ours, **missing}, {serial: _theirs(line) for serial, line in lines.items()}


def _view(
    row: BankMatch, ours: Mapping[str, Item], theirs: Mapping[str, Item], names: Mapping[PartyId, Sentence]
) -> MatchView:
    return MatchView(
        row.id,
        row.confidence,
        Sentence(row.reason_zh, row.reason_en),
        tuple(ours[reference] for reference in sorted(row.named(Side.EXPECTED))),
        tuple(theirs[serial] for serial in sorted(row.named(Side.OBSERVED))),
        row.made_at,
        names[row.linked_by] if row.linked_by is not None else None,
        row.linked_at,
        row.ended_at,
        names[row.ended_by] if row.ended_by is not None else None,
        row.ended_why,
    )


def _ours(each: LedgerItem) -> Item:
    item = each.item
    amount = item.amount if item.direction is Direction.IN else -item.amount
    return Item(item.reference, each.name, Fen(amount), item.day, item.account[-4:], each.batch)


def _theirs(line: BankLine) -> Item:
    amount = line.amount if line.direction is Direction.IN else -line.amount
    return Item(line.serial, Sentence(line.name, line.name), Fen(amount), line.day, line.memo, None)


def _gone(reference: str) -> Item:
    name = Sentence("账面已无此项", "No longer in the ledger")
    return Item(reference, name, Fen(0), None, "", None)
