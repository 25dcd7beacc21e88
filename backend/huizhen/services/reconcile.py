"""Matching the ledger against the bank: runs, and what a person decides. Each decision says who, when and why."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from huizhen.db.office import bank
from huizhen.db.office import reconciliation as repository
from huizhen.db.office.reconciliation import (
    BankMatch,
    MatchingRun,
    MatchState,
    Side,
)
from huizhen.db.session import Session, Stores
from huizhen.domain.bank_items import Direction, ExceptionItem, Expected, Match, Observed, Rule
from huizhen.domain.bank_references import return_reference
from huizhen.domain.ids import PartyId
from huizhen.domain.money import Fen, format_yuan
from huizhen.domain.reconciliation import reconcile
from huizhen.domain.sentence import Sentence
from huizhen.errors import InvalidInput, NotFound
from huizhen.services.expected_items import LedgerItem, day_of, final_block, ledger_items
from huizhen.services.ports import Clock
from huizhen.services.profiles import Profiles

_ITEM = re.compile(r"HZ(\d{6,})-(\d{2})(?!\d)")
OVERTAKEN, BY_HAND, DISMISSED = "overtaken", "by hand", "dismissed"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one run found among the open items."""

    linked: int
    suggested: int
    left: int


@dataclass(frozen=True, slots=True)
class Reconciliation:
    stores: Stores
    profiles: Profiles
    clock: Clock

    def run(self, by: PartyId | None = None) -> Outcome:
        """Match all that stands in no link. Suggestions of earlier runs are weighed anew."""
        block = final_block(self.stores)
        items = ledger_items(self.stores, self.profiles, block)
        with self.stores.office.writing() as session:
            settled = repository.linked(session, Side.EXPECTED)
            dismissed = repository.dismissed_pairs(session)
            lines = _observed(session)
            waiting = [item for item in _expected(items, lines) if item.reference not in settled]
            returned = _returns(waiting, lines, dismissed)
            gone = {name for match in returned for name in (*match.expected, *match.observed)}
            found = reconcile(
                [item for item in waiting if item.reference not in gone],
                [line for line in lines if line.line not in gone],
                day_of(self.clock.now()),
                dismissed,
            )
            matches = (*returned, *found.matches)
            automatic = [match for match in matches if match.automatic]
            suggested = [match for match in matches if not match.automatic]
            self._suggest(session, suggested, automatic)
            repository.replace_exceptions(session, [_exception(item) for item in found.exceptions])
            outcome = Outcome(len(automatic), len(suggested), len(found.exceptions))
            session.add(
                MatchingRun(
                    at=_now(),
                    by=by,
                    as_of=block,
                    linked=outcome.linked,
                    suggested=outcome.suggested,
                    left=outcome.left,
                )
            )
        return outcome

    def accept(self, match: int, officer: PartyId) -> None:
        """A person agrees with a suggestion."""
        with self.stores.office.writing() as session:
            found = _standing(session, match, MatchState.SUGGESTED)
            found.state, found.linked_by, found.linked_at = MatchState.LINKED, officer, _now()

    def dismiss(self, match: int, officer: PartyId) -> None:
        """A person disagrees: these are never suggested to anybody again."""
        with self.stores.office.writing() as session:
            found = _standing(session, match, MatchState.SUGGESTED)
            repository.dismiss(session, found, officer, _now())
            repository.end(found, officer, _now(), DISMISSED)
        self.run(officer)

    def undo(self, match: int, officer: PartyId, why: str) -> None:
        """End a link that was wrong; it stays in the history, and the pair is not linked by a run again."""
        if not why.strip():
            raise InvalidInput("请写明撤销的原因。", "Write why the link is undone.")
        with self.stores.office.writing() as session:
            found = _standing(session, match, MatchState.LINKED)
            repository.dismiss(session, found, officer, _now())
            repository.end(found, officer, _now(), why.strip())
        self.run(officer)

    def link(self, expected: Sequence[str], observed: Sequence[str], officer: PartyId, why: str = "") -> None:
        """Link by hand what a person knows to belong together. The two sides must sum to the same amount."""
        if not expected or not observed:
            raise InvalidInput("请在两侧各至少勾选一项。", "Tick at least one item on each side.")
        items = ledger_items(self.stores, self.profiles, final_block(self.stores))
        with self.stores.office.writing() as session:
            settled = repository.linked(session, Side.EXPECTED)
            known = {each.item.reference: each.item for each in items if each.item.reference not in settled}
            lines = {line.line: line for line in _observed(session)}
            if not set(expected) <= known.keys() or not set(observed) <= lines.keys():
                raise InvalidInput(
                    "其中有已匹配的项目，请刷新页面后重选。",
                    "One of them is linked already. Reload the page and choose again.",
                )
            ours = sum(_signed(known[reference]) for reference in expected)
            banks = sum(_signed(lines[serial]) for serial in observed)
            if ours != banks:
                raise InvalidInput(
                    f"两侧合计不同：账面{format_yuan(Fen(ours))}，银行{format_yuan(Fen(banks))}。请增减勾选。",
                    f"The sides differ: {format_yuan(Fen(ours))} in the ledger, {format_yuan(Fen(banks))} at the bank. "
                    "Tick more or fewer.",
                )
            _overtake(session, set(expected), set(observed))
            session.flush()
            zh, en = (f"：{why.strip()}", f": {why.strip()}") if why.strip() else ("", "")
            values = _values(MatchState.LINKED, "", 100, Sentence(f"人工匹配{zh}", f"Linked by hand{en}"))
            repository.add_matches(session, [(values | {"linked_by": officer}, expected, observed)])
        self.run(officer)

    def _suggest(self, session: Session, suggested: Sequence[Match], automatic: Sequence[Match]) -> None:
        """Keep suggestions that were made before, end those that no longer stand, add the new ones."""
        fresh = {_pair(match.expected, match.observed): match for match in suggested}
        for old in repository.matches_in(session, MatchState.SUGGESTED):
            if fresh.pop(_pair(old.named(Side.EXPECTED), old.named(Side.OBSERVED)), None) is None:
                repository.end(old, None, _now(), OVERTAKEN)
        # Ended rows give their items free before new ones may take them.
        session.flush()
        rows = [_matched(match, MatchState.SUGGESTED) for match in fresh.values()]
        rows += [_matched(match, MatchState.LINKED) for match in automatic]
        repository.add_matches(session, rows)


def _observed(session: Session) -> list[Observed]:
    return [Observed(*row) for row in bank.open_lines(session)]


def _expected(items: Sequence[LedgerItem], lines: Sequence[Observed]) -> list[Expected]:
    """A payout that came back unpaid counts only where the bank shows it at all."""
    shown = {found[0] for line in lines for found in [_ITEM.search(line.memo.upper())] if found is not None}
    return [each.item for each in items if not each.void or each.item.reference.removesuffix("-R") in shown]


def _returns(
    expected: Sequence[Expected], lines: Sequence[Observed], dismissed: frozenset[tuple[str, str]]
) -> list[Match]:
    """Money that the bank sent back names the item that it was paid for."""
    waiting = {item.reference: item for item in expected}
    found = []
    for line in lines:
        named = _ITEM.search(line.memo.upper()) if line.direction is Direction.IN else None
        if named is None:
            continue
        reference = return_reference(int(named[1]), int(named[2]) - 1)
        item = waiting.get(reference)
        if item is not None and item.amount == line.amount and (reference, line.line) not in dismissed:
            del waiting[reference]
            apart = abs((item.day - line.day).days)
            found.append(Match((reference,), (line.line,), 99, Rule.REFERENCE, apart))
    return found


def _overtake(session: Session, expected: set[str], observed: set[str]) -> None:
    """A link by hand ends the suggestions that it contradicts."""
    for old in repository.matches_in(session, MatchState.SUGGESTED):
        if expected & set(old.named(Side.EXPECTED)) or observed & set(old.named(Side.OBSERVED)):
            repository.end(old, None, _now(), BY_HAND)


def _standing(session: Session, match: int, state: MatchState) -> BankMatch:
    found = repository.find_match(session, match)
    if found is None:
        raise NotFound("没有这条匹配。", "There is no such match.")
    if found.state is not state:
        raise InvalidInput(
            "这条匹配已被处理，请刷新页面。", "This match was dealt with already. Reload the page."
        )
    return found


def _matched(match: Match, state: MatchState) -> tuple[dict[str, Any], Sequence[str], Sequence[str]]:
    values = _values(state, match.rule.value, match.confidence, match.reason)
    return values, match.expected, match.observed


def _values(state: MatchState, rule: str, confidence: int, reason: Sentence) -> dict[str, Any]:
    now = _now()
    return {
        "state": state,
        "rule": rule,
        "confidence": confidence,
        "reason_zh": reason.zh,
        "reason_en": reason.en,
        "made_at": now,
        "linked_by": None,
        "linked_at": now if state is MatchState.LINKED else None,
    }


def _exception(item: ExceptionItem) -> dict[str, Any]:
    return {
        "kind": item.kind,
        "expected": list(item.expected),
        "observed": list(item.observed),
        "difference": item.difference,
        "age_days": item.age_days,
    }


def _pair(expected: Iterable[str], observed: Iterable[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    return tuple(sorted(expected)), tuple(sorted(observed))


def _signed(item: Expected | Observed) -> int:
    return item.amount if item.direction is Direction.IN else -item.amount


def _now() -> datetime:
    return datetime.now(UTC)
