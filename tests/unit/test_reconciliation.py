from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, timedelta
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from huizhen.domain.bank_items import (
    EXCEPTION_NAMES,
    Direction,
    ExceptionItem,
    ExceptionKind,
    Expected,
    Match,
    Observed,
    Rule,
    Run,
)
from huizhen.domain.money import Fen
from huizhen.domain.reconciliation import reconcile
from huizhen.domain.subsets import subset_with_sum

DAY = date(2026, 11, 20)
TODAY = date(2026, 11, 30)
PAYEE = "成都云岭医院"


def payout(
    reference: str, amount: int, account: str = "6222000111", batch: str = "", day: int = 0
) -> Expected:
    return Expected(reference, Direction.OUT, account, PAYEE, Fen(amount), DAY + timedelta(days=day), batch)


def line(serial: str, amount: int, account: str = "6222000111", memo: str = "", day: int = 0) -> Observed:
    return Observed(serial, Direction.OUT, account, PAYEE, Fen(amount), DAY + timedelta(days=day), memo)


def run(expected: list[Expected], observed: list[Observed], *dismissed: tuple[str, str]) -> Run:
    return reconcile(expected, observed, TODAY, frozenset(dismissed))


def pairs(matches: tuple[Match, ...]) -> list[tuple[str, str, int, Rule]]:
    return [("+".join(m.expected), "+".join(m.observed), m.confidence, m.rule) for m in matches]


def kinds(made: Run) -> list[tuple[ExceptionKind, str, str]]:
    return [(e.kind, "+".join(e.expected), "+".join(e.observed)) for e in made.exceptions]


def test_reference_in_memo__is_certain_whatever_the_day() -> None:
    made = run([payout("PO-0001", 500)], [line("S1", 500, account="", memo="付po-0001会诊费", day=30)])
    assert pairs(made.automatic) == [("PO-0001", "S1", 99, Rule.REFERENCE)]
    assert "30天" in made.matches[0].reason.zh


def test_serial_of_the_bank__is_a_reference_too() -> None:
    assert pairs(run([payout("S1", 500)], [line("S1", 500, account="")]).automatic) == [
        ("S1", "S1", 99, Rule.REFERENCE)
    ]


def test_reference_in_part_of_a_longer_code__is_no_reference() -> None:
    made = run([payout("PO-0001", 500)], [line("S1", 700, account="1", memo="PO-00012")])
    assert made.matches == ()


@pytest.mark.parametrize(("paid", "kind"), [(501, ExceptionKind.OVER), (499, ExceptionKind.UNDER)])
def test_reference_with_another_amount__is_an_exception(paid: int, kind: ExceptionKind) -> None:
    made = run([payout("PO-0001", 500)], [line("S1", paid, memo="PO-0001")])
    assert made.exceptions == (ExceptionItem(kind, ("PO-0001",), ("S1",), Fen(paid - 500), 10),)


def test_reference_on_several_lines__adds_up() -> None:
    made = run(
        [payout("PO-0001", 500)], [line("S1", 200, memo="PO-0001"), line("S2", 300, memo="PO-0001 2/2")]
    )
    assert pairs(made.automatic) == [("PO-0001", "S1+S2", 97, Rule.REFERENCE)]


def test_reference_paid_twice__is_a_duplicate() -> None:
    made = run([payout("PO-0001", 500)], [line("S1", 500, memo="PO-0001"), line("S2", 500, memo="PO-0001")])
    assert pairs(made.automatic) == [("PO-0001", "S1", 99, Rule.REFERENCE)]
    assert kinds(made) == [(ExceptionKind.DUPLICATE, "PO-0001", "S2")]


def test_reference_to_another_account__is_a_wrong_payee_unless_masked() -> None:
    wrong = line("S1", 500, account="6222000999", memo="PO-0001")
    assert kinds(run([payout("PO-0001", 500)], [wrong])) == [(ExceptionKind.WRONG_PAYEE, "PO-0001", "S1")]
    masked = replace(wrong, account="6222****0111")
    assert pairs(run([payout("PO-0001", 500)], [masked]).automatic) == [("PO-0001", "S1", 99, Rule.REFERENCE)]


def test_returned_by_the_bank__leaves_the_payout_matched() -> None:
    back = replace(line("S2", 500, memo="退票 PO-0001"), direction=Direction.IN)
    made = run([payout("PO-0001", 500)], [line("S1", 500, memo="PO-0001"), back])
    assert pairs(made.automatic) == [("PO-0001", "S1", 99, Rule.REFERENCE)]
    assert kinds(made) == [(ExceptionKind.RETURNED, "PO-0001", "S2")]


def test_batch_reference__covers_what_is_open_of_the_batch() -> None:
    batch = [payout(f"PO-000{n}", 100 * n, account=str(n), batch="PB-0007") for n in (1, 2, 3)]
    lines = [
        line("S1", 100, account="1", memo="PO-0001"),
        line("S2", 500, account="", memo="批次PB-0007余款"),
    ]
    assert pairs(run(batch[1:], lines[1:]).automatic) == [("PO-0002+PO-0003", "S2", 98, Rule.BATCH_REFERENCE)]
    assert kinds(run(batch[:2], lines[1:])) != []


def test_several_references_in_one_memo__add_up() -> None:
    made = run([payout("PO-0001", 200), payout("PO-0002", 300)], [line("S1", 500, memo="PO-0001,PO-0002")])
    assert pairs(made.automatic) == [("PO-0001+PO-0002", "S1", 98, Rule.REFERENCE)]


def test_amount_and_account__alone_in_the_window__is_automatic() -> None:
    expected = [payout("PO-0001", 500), payout("PO-0002", 500, day=20)]
    made = run(expected, [line("S1", 500, day=3), line("S2", 500, day=19)])
    assert pairs(made.automatic) == [("PO-0001", "S1", 96, Rule.ACCOUNT), ("PO-0002", "S2", 96, Rule.ACCOUNT)]


def test_amount_and_account__four_days_apart__stay_in_transit() -> None:
    made = run([payout("PO-0001", 500)], [replace(line("S1", 500, day=4), name="")])
    assert kinds(made) == [
        (ExceptionKind.PAID_NOT_BY_BANK, "PO-0001", ""),
        (ExceptionKind.BANK_PAID_NOT_BY_US, "", "S1"),
    ]


def test_amount_and_account__with_a_rival__is_only_suggested() -> None:
    made = run([payout("PO-0001", 500), payout("PO-0002", 500)], [line("S1", 500), line("S2", 500, day=1)])
    assert pairs(made.suggested) == [("PO-0001", "S1", 85, Rule.ACCOUNT), ("PO-0002", "S2", 85, Rule.ACCOUNT)]


def test_batch_sum__without_any_reference() -> None:
    batch = [payout(f"PO-000{n}", 100 * n, account=str(n), batch="PB-0007") for n in (1, 2, 3)]
    assert pairs(run(batch, [line("S1", 600, account="")]).automatic) == [
        ("PO-0001+PO-0002+PO-0003", "S1", 95, Rule.BATCH_SUM)
    ]
    two = run(batch, [line("S1", 600, account=""), line("S2", 600, account="")])
    assert pairs(two.suggested) == [("PO-0001+PO-0002+PO-0003", "S1", 80, Rule.BATCH_SUM)]


def test_account_sums__n_to_1_and_1_to_n_and_n_to_m() -> None:
    many = run([payout("A-01", 200), payout("A-02", 300), payout("A-03", 700)], [line("S1", 500)])
    assert pairs(many.suggested) == [("A-01+A-02", "S1", 85, Rule.SUM)]
    parts = run([payout("A-01", 900)], [line("S1", 200), line("S2", 700), line("S3", 50)])
    assert pairs(parts.suggested) == [("A-01", "S1+S2", 85, Rule.SUM)]
    all_of_it = run([payout("A-01", 400), payout("A-02", 500)], [line("S1", 200), line("S2", 700)])
    assert pairs(all_of_it.suggested) == [("A-01+A-02", "S1+S2", 90, Rule.SUM)]


def test_name__is_never_more_than_a_suggestion() -> None:
    other_account = replace(line("S1", 500, account="9", day=5), name="云岭医院")
    made = run([payout("PO-0001", 500)], [other_account])
    assert [(m.rule, 70 <= m.confidence <= 90) for m in made.suggested] == [(Rule.NAME, True)]
    assert run([payout("PO-0001", 500)], [replace(other_account, name="哈尔滨儿童福利院")]).matches == ()


@pytest.mark.parametrize(
    "observed",
    [
        line("S1", 500, memo="PO-0001"),
        line("S1", 500),
        line("S1", 500, account="9", day=5),
    ],
)
def test_dismissed_pair__is_never_suggested_again(observed: Observed) -> None:
    assert len(run([payout("PO-0001", 500)], [observed]).matches) == 1
    assert run([payout("PO-0001", 500)], [observed], ("PO-0001", "S1")).matches == ()


def test_dismissed_pair__frees_the_line_for_the_next() -> None:
    expected = [payout("PO-0001", 500), payout("PO-0002", 500)]
    made = run(expected, [line("S1", 500), line("S2", 500)], ("PO-0001", "S1"))
    assert {(m.expected, m.observed) for m in made.matches} == {
        (("PO-0001",), ("S2",)),
        (("PO-0002",), ("S1",)),
    }


def test_the_rest__is_typed_as_the_four_items_in_transit_with_their_age() -> None:
    deposit = replace(payout("D-0001", 800, day=2), direction=Direction.IN)
    inflow = replace(line("S1", 70, account="8", day=9), direction=Direction.IN)
    made = run([payout("PO-0001", 500), deposit], [line("S2", 60, account="7"), inflow])
    assert [(e.kind, e.difference, e.age_days) for e in made.exceptions] == [
        (ExceptionKind.PAID_NOT_BY_BANK, -500, 10),
        (ExceptionKind.RECEIVED_NOT_BY_BANK, -800, 8),
        (ExceptionKind.BANK_PAID_NOT_BY_US, 60, 10),
        (ExceptionKind.BANK_RECEIVED_NOT_BY_US, 70, 1),
    ]
    assert set(EXCEPTION_NAMES) == set(ExceptionKind)


def test_direction__money_in_never_settles_money_out() -> None:
    made = run([payout("PO-0001", 500)], [replace(line("S1", 500, memo="PO-0001"), direction=Direction.IN)])
    assert made.matches == ()


@settings(max_examples=60)
@given(st.integers(0, 2**32))
def test_reconcile__every_item_ends_exactly_once(seed: int) -> None:
    dice = random.Random(seed)
    expected = [
        payout(
            f"PO-{n:04}", dice.randint(1, 6) * 100, dice.choice("123"), dice.choice(("", "PB-01", "PB-02")),
            dice.randint(0, 6),
        )
        for n in range(dice.randint(0, 12))
    ]  # fmt: skip
    observed = [
        line(
            f"S-{n:04}", dice.randint(1, 9) * 100, dice.choice(("", "1", "2", "3")),
            dice.choice(("", "PB-01", f"PO-{dice.randint(0, 12):04}")), dice.randint(0, 6),
        )
        for n in range(dice.randint(0, 12))
    ]  # fmt: skip
    made = run(expected, observed)
    ends: list[Match | ExceptionItem] = [*made.matches, *made.exceptions]
    assert sorted(s for end in ends for s in end.observed) == [o.line for o in observed]
    once = [e for e in ends if not (isinstance(e, ExceptionItem) and e.kind is ExceptionKind.DUPLICATE)]
    assert sorted(r for end in once for r in end.expected) == [e.reference for e in expected]
    amounts = {e.reference: e.amount for e in expected} | {o.line: o.amount for o in observed}
    for match in made.matches:
        assert sum(amounts[r] for r in match.expected) == sum(amounts[s] for s in match.observed)


@given(st.lists(st.integers(1, 30), min_size=2, max_size=8), st.integers(2, 60))
def test_subset_with_sum__agrees_with_all_subsets(amounts: list[int], target: int) -> None:
    fitting = [
        chosen
        for size in range(2, len(amounts) + 1)
        for chosen in combinations(range(len(amounts)), size)
        if sum(amounts[index] for index in chosen) == target
    ]
    found = subset_with_sum(amounts, target)
    if found is None:
        assert fitting == []
    else:
        assert found[0] in fitting
        assert found[1] == (len(fitting) == 1)


def test_subset_with_sum__too_many__leaves_it_to_a_person() -> None:
    assert subset_with_sum([1] * 13, 2) is None
