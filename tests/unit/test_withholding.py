from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huizhen.domain.money import Fen
from huizhen.domain.withholding import PayerKind, YearToDate, policy_in_force, read_policies, withhold
from huizhen.errors import WithholdingPolicyMissing
from huizhen.reference import document

POLICIES = read_policies(document("withholding"))
PLATFORM = policy_in_force(POLICIES, PayerKind.PLATFORM, date(2026, 11, 1))
OTHER = policy_in_force(POLICIES, PayerKind.OTHER, date(2026, 11, 1))


@pytest.mark.parametrize(
    ("gross_yuan", "withheld_yuan"),
    [
        (0, 0),
        (800, 0),
        (801, "0.20"),
        (4_000, 640),
        (10_000, 1_600),
        (25_000, 4_000),
        (30_000, 5_200),
        (62_500, 13_000),
        (100_000, 25_000),
    ],
)
def test_withhold__per_payment__follows_the_rates(gross_yuan: int, withheld_yuan: int | str) -> None:
    expected = 20 if withheld_yuan == "0.20" else int(withheld_yuan) * 100
    assert withhold(OTHER, Fen(gross_yuan * 100)).withheld == expected


def test_withhold__per_payment__rounds_half_up_to_the_fen() -> None:
    # (1,000.03 - 800) * 20 % = 40.006
    made = withhold(OTHER, Fen(100_003))
    assert (made.taxable, made.withheld, made.net) == (20_003, 4_001, 96_002)


def test_withhold__cumulative__small_income_owes_nothing_yet() -> None:
    assert withhold(PLATFORM, Fen(625_000)).withheld == 0
    assert withhold(PLATFORM, Fen(625_100)).withheld == 2


def test_withhold__cumulative__later_months_pay_the_difference() -> None:
    first = withhold(PLATFORM, Fen(2_000_000))
    assert (first.taxable, first.withheld) == (1_100_000, 33_000)
    second = withhold(PLATFORM, Fen(8_000_000), YearToDate(Fen(2_000_000), first.withheld, 2))
    # (100,000 - 20,000 - 10,000) * 10 % - 2,520 = 4,480
    assert second.withheld == 448_000 - 33_000
    assert second.explanation.zh == (
        "累计2个月：(¥100,000.00 − ¥20,000.00 − ¥10,000.00) × 10% − ¥2,520.00 = ¥4,480.00；"
        "已预扣¥330.00，本次¥4,150.00"
    )


def test_withhold__cumulative__a_month_without_income__is_not_refunded() -> None:
    made = withhold(PLATFORM, Fen(0), YearToDate(Fen(2_000_000), Fen(33_000), 3))
    assert (made.withheld, made.net) == (0, 0)


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=12))
def test_withhold__cumulative__year_ends_at_the_tax_of_the_year(months: list[int]) -> None:
    """When nothing was withheld too early, what was withheld over the year is what one sum would owe."""
    year = YearToDate(months=12)
    for gross in months:
        made = withhold(PLATFORM, Fen(gross), year)
        assert 0 <= made.withheld <= gross
        year = YearToDate(Fen(year.gross + gross), Fen(year.withheld + made.withheld), 12)
    assert year.withheld == withhold(PLATFORM, Fen(sum(months)), YearToDate(months=12)).withheld


def test_policy_in_force__changes_on_its_day() -> None:
    before = policy_in_force(POLICIES, PayerKind.PLATFORM, date(2025, 9, 30))
    after = policy_in_force(POLICIES, PayerKind.PLATFORM, date(2025, 10, 1))
    assert (before.version, after.version) == ("2019-01-platform", "2025-10-platform")


def test_policy_in_force__unknown_day__is_refused() -> None:
    with pytest.raises(WithholdingPolicyMissing, match="2018-12-31"):
        policy_in_force(POLICIES, PayerKind.OTHER, date(2018, 12, 31))


def test_policies__brackets_meet_without_a_jump() -> None:
    for policy in POLICIES:
        for lower, upper in zip(policy.brackets, policy.brackets[1:], strict=False):
            assert lower.up_to is not None
            tax_below = lower.up_to * lower.rate_bps // 10_000 - lower.quick
            assert tax_below == lower.up_to * upper.rate_bps // 10_000 - upper.quick
