"""The state of a case follows from its stage and from facts of the chain; steps are taken in order."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from huizhen.domain.case import Case, CaseStage, CaseState, WantedSeat, Wish, midnight
from huizhen.domain.identifiers import refuse_identifiers
from huizhen.domain.money import Fen
from huizhen.domain.statuses import ConsultationStatus
from huizhen.errors import IdentifierFound, InvalidInput, StepNotOpen

DRAFT = Case(CaseStage.DRAFT)
CONSENTED = replace(DRAFT, consented=True)
APPROVED = replace(CONSENTED, stage=CaseStage.APPROVED)
TRIAGED = replace(CONSENTED, stage=CaseStage.TRIAGED)
HELD = replace(TRIAGED, held=True)
DAY = date(2026, 3, 6)
WISH = Wish((WantedSeat("04.03"),), DAY, DAY, 4, Fen(100_000))


@pytest.mark.parametrize(
    ("case", "state"),
    [
        (DRAFT, CaseState.DRAFT),
        (CONSENTED, CaseState.CONSENTED),
        (APPROVED, CaseState.APPROVED),
        (TRIAGED, CaseState.TRIAGED),
        (HELD, CaseState.HELD),
        (replace(APPROVED, consented=False), CaseState.DRAFT),
        (replace(TRIAGED, consented=False), CaseState.DRAFT),
        (replace(TRIAGED, booking=ConsultationStatus.BOOKED), CaseState.BOOKED),
        (replace(TRIAGED, consented=False, booking=ConsultationStatus.SETTLED), CaseState.SETTLED),
        (replace(HELD, booking=ConsultationStatus.CANCELLED), CaseState.HELD),
        (replace(DRAFT, stage=CaseStage.DECLINED), CaseState.DECLINED),
        (replace(DRAFT, stage=CaseStage.CLOSED), CaseState.CLOSED),
    ],
)
def test_state__follows_from_the_facts(case: Case, state: CaseState) -> None:
    assert case.state is state


def test_steps__in_order__move_the_stage() -> None:
    assert CONSENTED.approve() is CaseStage.APPROVED
    assert APPROVED.triage(complete=True) is CaseStage.TRIAGED
    assert APPROVED.triage(complete=False) is CaseStage.APPROVED
    assert APPROVED.decline() is CaseStage.DECLINED
    assert TRIAGED.close() is CaseStage.CLOSED


@pytest.mark.parametrize("case", [DRAFT, APPROVED, TRIAGED, HELD])
def test_approve__out_of_order__is_refused(case: Case) -> None:
    with pytest.raises(StepNotOpen):
        case.approve()


@pytest.mark.parametrize("case", [DRAFT, CONSENTED, TRIAGED])
def test_triage__out_of_order__is_refused(case: Case) -> None:
    with pytest.raises(StepNotOpen):
        case.triage(complete=True)


@pytest.mark.parametrize("case", [CONSENTED, APPROVED, TRIAGED, HELD])
def test_edit__once_consented__is_refused(case: Case) -> None:
    with pytest.raises(StepNotOpen):
        case.edit()


@pytest.mark.parametrize("status", [ConsultationStatus.CANCELLED, ConsultationStatus.EXPIRED])
def test_search__after_a_booking_came_to_nothing__is_open_again(status: ConsultationStatus) -> None:
    replace(TRIAGED, booking=status).require_search()


@pytest.mark.parametrize(
    "case",
    [CONSENTED, HELD, replace(TRIAGED, consented=False), replace(TRIAGED, booking=ConsultationStatus.BOOKED)],
)
def test_search__otherwise__is_refused(case: Case) -> None:
    with pytest.raises(StepNotOpen):
        case.require_search()


@pytest.mark.parametrize(
    "changed",
    [
        {"seats": (WantedSeat("04.03", required=False),)},
        {"slots": 0},
        {"slots": 33},
        {"last_day": DAY - timedelta(days=1)},
        {"last_day": DAY + timedelta(days=61)},
    ],
)
def test_wish__that_cannot_be_meant__is_refused(changed: dict[str, object]) -> None:
    with pytest.raises(InvalidInput):
        replace(WISH, **changed)  # type: ignore[arg-type]


def test_wish__window__is_whole_days_after_a_second() -> None:
    assert WISH.window(0).length == 96
    assert WISH.window(midnight(DAY) + 12 * 3600).length == 48
    assert WISH.window(midnight(DAY) + 48 * 3600).length == 0


@pytest.mark.parametrize(
    "text",
    [
        "身份证110101199003078515",
        "110101 19900307 851X",
        "１１０１０１１９９００３０７８５１５",
        "电话13812345678",
        "138-1234-5678",
        "+86 138 1234 5678",
        "0871-65324888",
        "联系zhang@example.cn",
        "住院号：0012345",
        "患者姓名：张三",
        "Patient's name: Zhang San",
    ],
)
def test_identifiers__of_a_fixed_shape__are_refused(text: str) -> None:
    with pytest.raises(IdentifierFound):
        refuse_identifiers(f"女，54岁。{text}。")


@pytest.mark.parametrize(
    "text",
    [
        "女，54岁，MRI示鞍区占位2.1cm×1.8cm，催乳素23.5ng/ml。",
        "BP 140/90 mmHg, HR 76, WBC 12.3×10^9/L, 2026-02-11 CT.",
        "病理号留存本院；2025年12月31日行穿刺，Ki-67 30%。",
    ],
)
def test_identifiers__clinical_text__passes(text: str) -> None:
    refuse_identifiers(text)
