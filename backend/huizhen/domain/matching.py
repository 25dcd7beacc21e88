"""The rules that pair expected items with bank lines, each linear in what the rule before left over."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from typing import TypeVar

from rapidfuzz import fuzz

from huizhen.domain.bank_items import Direction, ExceptionKind, Expected, Observed, Rule
from huizhen.domain.money import Fen
from huizhen.domain.open_items import OpenItems, days_apart
from huizhen.domain.subsets import MAX_ITEMS, subset_with_sum

WINDOW_DAYS = 3
NAME_WINDOW_DAYS = 10
_MAX_NAMES = 50
_LEAST_ALIKE = 80
_TOKEN = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{2,}[A-Za-z0-9]")
_RETURN_WORDS = ("退票", "退汇", "退回")

Item = TypeVar("Item", Expected, Observed)


def match_references(items: OpenItems) -> None:
    """Rule 1: the memo, or the bank's own serial number, names what we expect or its batch."""
    by_reference = {e.reference.upper(): e for e in items.expected}
    by_batch = _grouped(items.expected, lambda e: e.batch.upper() or None)
    lines_of: dict[str, list[Observed]] = defaultdict(list)
    for line in items.observed:
        tokens = {token.upper() for token in _TOKEN.findall(line.memo)} | {line.line.upper()}
        named = [by_reference[token] for token in sorted(tokens & by_reference.keys())]
        if line.direction is Direction.IN and any(word in line.memo for word in _RETURN_WORDS):
            items.report(ExceptionKind.RETURNED, [e for e in named if e.direction is Direction.OUT], [line])
            continue
        named = [e for e in named if e.direction is line.direction]
        if len(named) == 1:
            lines_of[named[0].reference].append(line)
        elif named:
            _match_sum(items, named, line, Rule.REFERENCE)
        else:
            for token in sorted(tokens & by_batch.keys()):
                _match_sum(items, [e for e in by_batch[token] if e.direction is line.direction], line)
    for expected in items.expected:
        if expected.reference in lines_of and expected.reference not in items.settled_references:
            _match_named(items, expected, lines_of[expected.reference])


def _match_sum(
    items: OpenItems, group: Sequence[Expected], line: Observed, rule: Rule = Rule.BATCH_REFERENCE
) -> None:
    still_open = [e for e in group if e.reference not in items.settled_references]
    if (
        still_open
        and line.line not in items.settled_lines
        and sum(e.amount for e in still_open) == line.amount
        and items.may_pair(still_open, [line])
    ):
        items.match(still_open, [line], 98, rule)


def _match_named(items: OpenItems, expected: Expected, lines: Sequence[Observed]) -> None:
    """Lines that name one expected item: the one of its amount, else all of them if they add up."""
    lines = [line for line in lines if items.may_pair([expected], [line])]
    exact = [line for line in lines if line.amount == expected.amount]
    if exact:
        if not _same_account(expected.account, exact[0].account):
            items.report(ExceptionKind.WRONG_PAYEE, [expected], exact[:1])
        else:
            items.match([expected], exact[:1], 99, Rule.REFERENCE)
        for again in exact[1:]:
            items.report(ExceptionKind.DUPLICATE, [expected], [again])
    elif lines:
        total = sum(line.amount for line in lines)
        if total == expected.amount:
            items.match([expected], lines, 97, Rule.REFERENCE)
        else:
            kind = ExceptionKind.OVER if total > expected.amount else ExceptionKind.UNDER
            items.report(kind, [expected], lines)


def match_accounts(items: OpenItems) -> None:
    """Rule 2: same amount and account within three days; certain only where nothing else would fit."""
    lines_by_key = _grouped(items.observed, _account_key)
    for key, expected in _grouped(items.expected, _account_key).items():
        lines = sorted(lines_by_key.get(key, ()), key=lambda o: (o.day, o.line))
        expected.sort(key=lambda e: (e.day, e.reference))
        line_days, expected_days = [o.day.toordinal() for o in lines], [e.day.toordinal() for e in expected]
        used = [False] * len(lines)
        start = 0
        for one in expected:
            day = one.day.toordinal()
            while start < len(lines) and (used[start] or line_days[start] < day - WINDOW_DAYS):
                start += 1
            for place in range(start, len(lines)):
                if line_days[place] > day + WINDOW_DAYS:
                    break
                if not used[place] and items.may_pair([one], [lines[place]]):
                    used[place] = True
                    rivals = _near(line_days, day) + _near(expected_days, line_days[place])
                    items.match([one], [lines[place]], 96 if rivals == 2 else 85, Rule.ACCOUNT)
                    break


def match_batch_sums(items: OpenItems) -> None:
    """Rule 3, n:1: one line for a whole batch, whose memo names nothing."""
    lines_by_amount = _grouped(items.observed, lambda o: (o.direction, o.amount))
    for batch in _grouped(items.expected, lambda e: (e.batch, e.direction) if e.batch else None).values():
        if len(batch) < 2:
            continue
        fitting = [
            line
            for line in lines_by_amount.get((batch[0].direction, Fen(sum(e.amount for e in batch))), ())
            if line.line not in items.settled_lines
            and all(days_apart(e, line) <= WINDOW_DAYS for e in batch)
            and items.may_pair(batch, [line])
        ]
        if fitting:
            items.match(batch, fitting[:1], 95 if len(fitting) == 1 else 80, Rule.BATCH_SUM)


def match_account_sums(items: OpenItems) -> None:
    """Rule 3, n:m of one account: all that is near in time adds up, else a subset does, n:1 or 1:n."""
    lines_by_account = _grouped(items.observed, lambda o: (o.direction, o.account) if o.account else None)
    by_account = _grouped(items.expected, lambda e: (e.direction, e.account) if e.account else None)
    for key, expected in by_account.items():
        lines = lines_by_account.get(key, [])
        if not lines or max(len(expected), len(lines)) > MAX_ITEMS or len(expected) + len(lines) < 3:
            continue
        together = all(days_apart(e, o) <= WINDOW_DAYS for e in expected for o in lines)
        balanced = sum(e.amount for e in expected) == sum(o.amount for o in lines)
        if together and balanced and items.may_pair(expected, lines):
            items.match(expected, lines, 90, Rule.SUM)
            continue
        for line in lines:
            near = [e for e in _open(expected, items) if days_apart(e, line) <= WINDOW_DAYS]
            for chosen, confidence in _adding_up(near, line.amount):
                if items.may_pair(chosen, [line]):
                    items.match(chosen, [line], confidence, Rule.SUM)
        for one in _open(expected, items):
            parts = [
                o for o in lines if o.line not in items.settled_lines and days_apart(one, o) <= WINDOW_DAYS
            ]
            for chosen_lines, confidence in _adding_up(parts, one.amount):
                if items.may_pair([one], chosen_lines):
                    items.match([one], chosen_lines, confidence, Rule.SUM)


def suggest_names(items: OpenItems) -> None:
    """Rule 4: same amount within ten days and a name that is alike; never more than a suggestion."""
    by_amount = _grouped(items.expected, lambda e: (e.direction, e.amount))
    for line in items.observed:
        best: tuple[int, int, Expected] | None = None
        for one in by_amount.get((line.direction, line.amount), ())[:_MAX_NAMES]:
            apart = days_apart(one, line)
            if apart > NAME_WINDOW_DAYS or one.reference in items.settled_references:
                continue
            alike = int(fuzz.WRatio(one.name, line.name))
            closer = best is None or (alike, -apart) > best[:2]
            if alike >= _LEAST_ALIKE and closer and items.may_pair([one], [line]):
                best = alike, -apart, one
        if best is not None:
            items.match([best[2]], [line], 70 + best[0] - _LEAST_ALIKE, Rule.NAME)


def report_the_rest(items: OpenItems) -> None:
    for one in items.expected:
        kind = ExceptionKind.RECEIVED_NOT_BY_BANK
        if one.direction is Direction.OUT:
            kind = ExceptionKind.PAID_NOT_BY_BANK
        items.report(kind, [one], [])
    for line in items.observed:
        kind = ExceptionKind.BANK_RECEIVED_NOT_BY_US
        if line.direction is Direction.OUT:
            kind = ExceptionKind.BANK_PAID_NOT_BY_US
        items.report(kind, [], [line])


def _grouped(items: Iterable[Item], key_of: Callable[[Item], Hashable]) -> dict[Hashable, list[Item]]:
    """Items by key, in their order; those whose key is None are left out."""
    groups: dict[Hashable, list[Item]] = {}
    for item in items:
        key = key_of(item)
        if key is not None:
            groups.setdefault(key, []).append(item)
    return groups


def _account_key(item: Expected | Observed) -> Hashable:
    return (item.direction, item.amount, item.account) if item.account else None


def _same_account(one: str, other: str) -> bool:
    """Banks leave the account out, or mask its middle with asterisks."""
    if not one or not other or "*" not in one + other:
        return one == other or not one or not other
    masked, plain = (one, other) if "*" in one else (other, one)
    return plain.startswith(masked.split("*")[0]) and plain.endswith(masked.split("*")[-1])


def _near(days: Sequence[int], day: int) -> int:
    return bisect_right(days, day + WINDOW_DAYS) - bisect_left(days, day - WINDOW_DAYS)


def _open(expected: Iterable[Expected], items: OpenItems) -> list[Expected]:
    return [e for e in expected if e.reference not in items.settled_references]


def _adding_up(candidates: Sequence[Item], amount: Fen) -> Iterator[tuple[list[Item], int]]:
    """At most one subset, with the confidence that it is the only one."""
    found = subset_with_sum([candidate.amount for candidate in candidates], amount)
    if found is not None:
        indices, only_one = found
        yield [candidates[index] for index in indices], 85 if only_one else 70
