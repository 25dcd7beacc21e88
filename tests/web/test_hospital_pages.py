"""The booking hospital's pages: who may open them, and each change by owner, teammate, stranger, GET and repeat."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from huizhen.db.office import calendars
from huizhen.db.office.statements import StatementStatus
from huizhen.domain.accounts import Role
from huizhen.domain.case import CaseId, CaseState
from huizhen.services.cases import CHECKLIST
from huizhen.services.team_pages import TeamOffer
from tests.support.clinic import (
    ADDRESS,
    ALLROUNDER,
    HOSPITAL,
    RIVAL,
    SECOND_GROUP,
    SIGNATURE,
    SURGEON,
    WISH,
    Clinic,
)
from tests.support.web import client_of

CONTENTS = {"reason": "鞍区占位", "aim": "是否手术？", "summary": "女，54岁。", "urgency": "routine"}
ANY = {f"seats-{row}-{field}": "" for row in (0, 1) for field in ("title", "city", "not_city", "pinned")}
SEATS = ANY | {
    "seats-0-specialty": "04.03",
    "seats-0-required": "y",
    "seats-1-specialty": "32",
    "seats-1-title": "3",
    "first_day": WISH.first_day.isoformat(),
    "last_day": WISH.last_day.isoformat(),
    "slots": "4",
    "price_limit": "5,000",
}


@pytest.fixture
def clinic(tmp_path: Path, practice_site: Flask) -> Iterator[Clinic]:
    made = Clinic.open(tmp_path, practice_site)
    yield made
    made.close()


def get(clinic: Clinic, who: str | None, path: str, locale: str = "en") -> TestResponse:
    return client_of(clinic.app, clinic.person(who) if who else None, locale).get(path)


def post(clinic: Clinic, who: str | None, path: str, **data: object) -> TestResponse:
    return client_of(clinic.app, clinic.person(who) if who else None, "en").post(path, data=data)


def state(clinic: Clinic, case: CaseId) -> CaseState:
    return clinic.rooms.case_pages.page(case, HOSPITAL).state


def offer(clinic: Clinic, case: CaseId) -> TeamOffer:
    page = clinic.rooms.teams.page(case, HOSPITAL)
    team = clinic.rooms.teams.page(case, HOSPITAL, page.offers[0].start).team
    assert team is not None
    return team


def hold_form(team: TeamOffer) -> dict[str, object]:
    seats = {f"seat{n}": member.doctor for n, member in enumerate(team.members) if member}
    groups = {f"group{n}": member.group for n, member in enumerate(team.members) if member and member.group}
    return {"start": team.start, "price": team.price, "lead": team.lead, **seats, **groups}


PAGES = ["/hospital", "/hospital/balance", "/hospital/agreements", "/hospital/cases/new", "/hospital/apply"]


@pytest.mark.parametrize("locale", ["zh", "en"])
@pytest.mark.parametrize("path", PAGES)
def test_pages__of_a_hospital__open_when_empty(clinic: Clinic, path: str, locale: str) -> None:
    assert get(clinic, "rival", path, locale).status_code == 200


@pytest.mark.parametrize("path", PAGES)
def test_pages__to_strangers_and_other_roles__are_closed(clinic: Clinic, path: str) -> None:
    assert "/sign-in" in (get(clinic, None, path).location or "")
    assert get(clinic, "surgeon", path).status_code == 403


@pytest.mark.parametrize("path", PAGES[:4])
def test_pages__before_the_application__lead_to_it(clinic: Clinic, path: str) -> None:
    assert get(clinic, "newcomer", path).status_code == (404 if path.endswith("agreements") else 302)


@pytest.mark.parametrize("locale", ["zh", "en"])
@pytest.mark.parametrize("stage", ["draft", "consented", "approved", "triaged", "held", "booked"])
def test_case__in_every_state__has_a_page_and_a_place_on_the_board(
    clinic: Clinic, stage: str, locale: str
) -> None:
    match stage:
        case "draft":
            case = clinic.draft(None)
        case "consented" | "approved":
            case = clinic.consented()
            if stage == "approved":
                clinic.rooms.cases.approve(case, clinic.coordinator)
        case "triaged":
            case = clinic.triaged()
        case "held":
            case, _ = clinic.held()
        case _:
            case, _ = clinic.booked()
    assert state(clinic, case).value == stage
    assert get(clinic, "teammate", f"/hospital/cases/{case}", locale).status_code == 200
    assert get(clinic, "teammate", f"/hospital/cases/{case}/consent", locale).status_code == 200
    assert get(clinic, "teammate", f"/hospital/cases/{case}/status", locale).status_code == 200
    assert f"/hospital/cases/{case}" in get(clinic, "coordinator", f"/hospital?state={stage}", locale).text
    for path in ("", "/seats", "/contents", "/consent", "/status", "/team"):
        assert get(clinic, "rival", f"/hospital/cases/{case}{path}", locale).status_code == 404


def test_new_case__with_an_identifier__says_so_beside_the_field(clinic: Clinic) -> None:
    answer = post(clinic, "coordinator", "/hospital/cases/new", **(CONTENTS | {"summary": "电话13812345678"}))
    assert answer.status_code == 400
    assert "a mobile number" in answer.text
    assert clinic.rooms.case_pages.board(HOSPITAL) == ()


def test_new_case__complete__goes_on_to_the_seats(clinic: Clinic) -> None:
    answer = post(clinic, "coordinator", "/hospital/cases/new", **CONTENTS)
    assert answer.location == "/hospital/cases/1/seats"
    assert post(clinic, "coordinator", "/hospital/cases/new").status_code == 400
    assert "/sign-in" in (post(clinic, None, "/hospital/cases/new", **CONTENTS).location or "")


def test_contents__changed_by_a_teammate__not_by_a_stranger(clinic: Clinic) -> None:
    case = clinic.draft()
    path = f"/hospital/cases/{case}/contents"
    assert post(clinic, "rival", path, **CONTENTS).status_code == 404
    assert post(clinic, "teammate", path, **(CONTENTS | {"aim": "是否放疗？"})).status_code == 302
    assert clinic.rooms.case_pages.page(case, HOSPITAL).contents.aim == "是否放疗？"
    assert post(clinic, "teammate", path, **(CONTENTS | {"summary": "住院号0012345"})).status_code == 400


def test_seats__buttons_that_only_change_the_form__keep_nothing(clinic: Clinic) -> None:
    case = clinic.draft(None)
    path = f"/hospital/cases/{case}/seats"
    grown = post(clinic, "coordinator", path, add="1", **SEATS)
    assert (grown.status_code, "seats-3-specialty" in grown.text) == (200, True)
    priced = post(clinic, "coordinator", path, estimate="1", **(SEATS | {"price_limit": ""}))
    assert "from ¥1,800.00, usually about ¥3,000.00" in priced.text
    assert clinic.rooms.case_pages.page(case, HOSPITAL).wish is None


def test_seats__kept__by_owner_and_teammate_alone(clinic: Clinic) -> None:
    case = clinic.draft(None)
    path = f"/hospital/cases/{case}/seats"
    assert post(clinic, "rival", path, **SEATS).status_code == 404
    assert post(clinic, "teammate", path, **SEATS).location == f"/hospital/cases/{case}"
    wish = clinic.rooms.case_pages.page(case, HOSPITAL).wish
    assert wish is not None
    assert [seat.required for seat in wish.seats] == [True, False]
    assert post(clinic, "teammate", path, **SEATS).status_code == 302
    assert get(clinic, "teammate", path).status_code == 200


@pytest.mark.parametrize(
    "changed",
    [
        {"price_limit": "12.345"},
        {"seats-0-specialty": "", "seats-1-specialty": ""},
        {"last_day": "2026-01-01"},
        {"seats-0-specialty": "99.99"},
    ],
)
def test_seats__that_cannot_be_meant__come_back_with_a_sentence(
    clinic: Clinic, changed: dict[str, str]
) -> None:
    case = clinic.draft(None)
    assert (
        post(clinic, "coordinator", f"/hospital/cases/{case}/seats", **(SEATS | changed)).status_code == 400
    )
    assert clinic.rooms.case_pages.page(case, HOSPITAL).wish is None


def test_consent__link__by_owner_not_by_stranger__repeat_makes_a_new_one(clinic: Clinic) -> None:
    case = clinic.draft()
    path = f"/hospital/cases/{case}/consent"
    assert post(clinic, "rival", path, address=ADDRESS).status_code == 404
    post(clinic, "coordinator", path, address="")
    assert clinic.rooms.case_pages.page(case, HOSPITAL).consent_token is None
    post(clinic, "coordinator", path, address=ADDRESS)
    first = clinic.rooms.case_pages.page(case, HOSPITAL).consent_token
    post(clinic, "teammate", path, address="0x" + "cd" * 20)
    second = clinic.rooms.case_pages.page(case, HOSPITAL).consent_token
    assert first
    assert second != first
    assert second is not None
    assert second in get(clinic, "coordinator", path).text


def test_consent_on_paper__is_recorded_with_who_did_it(clinic: Clinic) -> None:
    case = clinic.draft()
    clinic.rooms.consents.ask(case, clinic.coordinator, ADDRESS)
    path = f"/hospital/cases/{case}/consent/paper"
    assert get(clinic, "coordinator", path).status_code == 405
    assert post(clinic, "rival", path, signature=SIGNATURE).status_code == 404
    assert post(clinic, "teammate", path, signature="").location == f"/hospital/cases/{case}/consent"
    assert post(clinic, "teammate", path, signature=SIGNATURE).location == f"/hospital/cases/{case}"
    trail = clinic.rooms.case_pages.page(case, HOSPITAL).trail
    assert (trail[-1].act.value, trail[-1].by.en) == ("consent_on_paper", "teammate")
    assert post(clinic, "teammate", path, signature=SIGNATURE).status_code == 400


@pytest.mark.parametrize("act", ["approve", "decline", "triage", "close", "outcome", "hold", "hold/withdraw"])
def test_changes__by_get_or_by_a_stranger__do_nothing(clinic: Clinic, act: str) -> None:
    case = clinic.consented()
    path = f"/hospital/cases/{case}/{act}"
    before = clinic.rooms.case_pages.page(case, HOSPITAL).trail
    assert get(clinic, "coordinator", path).status_code == 405
    data = {"reason": "无", "outcome": "好转", "missing": "无", "start": 1, "lead": 0, "price": 1}
    assert post(clinic, "rival", path, **data).status_code == 404
    assert post(clinic, "surgeon", path, **data).status_code == 403
    assert "/sign-in" in (post(clinic, None, path, **data).location or "")
    assert clinic.rooms.case_pages.page(case, HOSPITAL).trail == before


def test_approve_and_triage__by_owner_and_teammate__once(clinic: Clinic) -> None:
    case = clinic.consented()
    base = f"/hospital/cases/{case}"
    assert post(clinic, "coordinator", f"{base}/approve").location == base
    assert post(clinic, "coordinator", f"{base}/approve").status_code == 400
    unticked = post(clinic, "teammate", f"{base}/triage", checked=["aim"], missing="")
    assert (unticked.status_code, "Not all items are ticked" in unticked.text) == (400, True)
    assert post(clinic, "teammate", f"{base}/triage", checked=["aim"], missing="缺片子").location == base
    assert post(clinic, "teammate", f"{base}/triage", checked=list(CHECKLIST)).location == base
    assert state(clinic, case) is CaseState.TRIAGED
    assert post(clinic, "teammate", f"{base}/triage", checked=list(CHECKLIST)).status_code == 400


def test_decline_and_close__need_their_state(clinic: Clinic) -> None:
    case, other = clinic.consented(), clinic.draft()
    assert post(clinic, "coordinator", f"/hospital/cases/{case}/decline", reason="").status_code == 400
    assert post(clinic, "coordinator", f"/hospital/cases/{case}/decline", reason="无指征").status_code == 302
    assert post(clinic, "coordinator", f"/hospital/cases/{case}/decline", reason="无指征").status_code == 400
    assert post(clinic, "coordinator", f"/hospital/cases/{other}/close").location == "/hospital"
    assert post(clinic, "coordinator", f"/hospital/cases/{other}/close").status_code == 400
    assert [state(clinic, each) for each in (case, other)] == [CaseState.DECLINED, CaseState.CLOSED]


@pytest.mark.parametrize("locale", ["zh", "en"])
def test_finder__shows_hours_team_price_and_split(clinic: Clinic, locale: str) -> None:
    case = clinic.triaged()
    team = offer(clinic, case)
    page = get(clinic, "coordinator", f"/hospital/cases/{case}/team?start={team.start}", locale)
    assert page.status_code == 200
    assert "¥1,800.00" in page.text
    assert f'value="{team.start}"' in page.text
    for query in ("week=0", "step=quarter", "week=99", f"start={team.start}&seat0=12"):
        assert get(clinic, "coordinator", f"/hospital/cases/{case}/team?{query}", locale).status_code == 200


def test_finder__an_hour_that_is_gone__goes_back_with_a_sentence(clinic: Clinic) -> None:
    case = clinic.triaged()
    answer = get(clinic, "coordinator", f"/hospital/cases/{case}/team?start=5")
    assert answer.location == f"/hospital/cases/{case}/team"
    assert get(clinic, "coordinator", f"/hospital/cases/{clinic.draft()}/team").status_code == 400


def test_finder__empty__says_why_and_what_would_help(clinic: Clinic) -> None:
    case = clinic.triaged()
    with clinic.stores.office.writing() as session:
        for doctor in (SURGEON, ALLROUNDER):
            calendars.set_pattern(session, doctor, {})
    page = get(clinic, "coordinator", f"/hospital/cases/{case}/team").text
    assert "is free for long enough" in page
    change = post(clinic, "teammate", f"/hospital/cases/{case}/team/change", change="make_optional", seat="0")
    assert change.location == f"/hospital/cases/{case}/team"
    assert post(clinic, "rival", f"/hospital/cases/{case}/team/change", change="later").status_code == 404
    assert get(clinic, "coordinator", f"/hospital/cases/{case}/team/change").status_code == 405
    wish = clinic.rooms.case_pages.page(case, HOSPITAL).wish
    assert wish is not None
    assert [seat.required for seat in wish.seats] == [False, True]


def test_hold__leads_to_the_terms__repeat_finds_the_hours_gone(clinic: Clinic) -> None:
    case = clinic.triaged()
    form = hold_form(offer(clinic, case))
    answer = post(clinic, "teammate", f"/hospital/cases/{case}/hold", **form)
    assert answer.location == "/statements/1"
    assert state(clinic, case) is CaseState.HELD
    assert post(clinic, "teammate", f"/hospital/cases/{case}/hold", **form).status_code == 400
    assert post(clinic, "rival", f"/hospital/cases/{case}/hold/withdraw").status_code == 404
    assert post(clinic, "coordinator", f"/hospital/cases/{case}/hold/withdraw").status_code == 302
    assert post(clinic, "coordinator", f"/hospital/cases/{case}/hold/withdraw").status_code == 400
    assert state(clinic, case) is CaseState.TRIAGED


def test_team__doctor_in_two_groups__shows_both_with_their_terms(clinic: Clinic) -> None:
    clinic.found_second_group()
    case = clinic.triaged()
    start = offer(clinic, case).start
    plain = get(clinic, "coordinator", f"/hospital/cases/{case}/team?start={start}").text
    assert plain.count('<select name="group') == 1
    assert "institution 20%, group fund 10%" in plain
    assert "institution 30%, group fund 0%" in plain
    page = get(clinic, "coordinator", f"/hospital/cases/{case}/team?start={start}&group0={SECOND_GROUP}").text
    assert f'<input type="hidden" name="group0" value="{SECOND_GROUP}">' in page
    assert f'<option value="{SECOND_GROUP}" selected>' in page


def test_hold__incomplete_form__goes_back_to_the_finder(clinic: Clinic) -> None:
    case = clinic.triaged()
    answer = post(clinic, "coordinator", f"/hospital/cases/{case}/hold", start="soon")
    assert answer.location == f"/hospital/cases/{case}/team"


def test_hold__declined__page_offers_the_finder_again(clinic: Clinic) -> None:
    case, view = clinic.held()
    clinic.statements.decline(view.id, SURGEON, "当日手术")
    page = get(clinic, "coordinator", f"/hospital/cases/{case}").text
    assert "当日手术" in page
    assert "Find a team again" in page


def test_outcome__after_the_settlement_alone(clinic: Clinic) -> None:
    case, _ = clinic.booked()
    assert post(clinic, "coordinator", f"/hospital/cases/{case}/outcome", outcome="好转").status_code == 400
    assert post(clinic, "coordinator", f"/hospital/cases/{case}/outcome", outcome="").status_code == 400


def test_refund__by_owner__bad_amounts_and_repeat_are_refused(clinic: Clinic) -> None:
    path = "/hospital/balance"
    for wrong in ("", "1.234", "999,999,999", "0"):
        assert post(clinic, "coordinator", path, amount=wrong).status_code == 400
    assert post(clinic, "rival", path, amount="1").status_code == 400
    assert post(clinic, "surgeon", path, amount="1").status_code == 403
    assert post(clinic, "coordinator", path, amount="5").location == path
    assert post(clinic, "teammate", path, amount="5").status_code == 400
    assert get(clinic, "coordinator", "/hospital/balance/status").status_code == 200


def test_agreement__proposed__leads_to_reading_and_signing(clinic: Clinic) -> None:
    path = "/hospital/agreements"
    form = {"other": RIVAL, "title": "远程会诊协议", "until": "2027-03-01"}
    answer = post(clinic, "coordinator", path, **form)
    assert "/statements/" in (answer.location or "")
    for wrong in ({"other": 99}, {"title": ""}, {"until": "2020-01-01"}):
        assert post(clinic, "coordinator", path, **(form | wrong)).status_code == 400
    assert post(clinic, "surgeon", path, **form).status_code == 403
    (view,) = clinic.statements.of_subject("agreement:3:5")
    clinic.statements.sign(view.id, HOSPITAL)
    assert f"/statements/{view.id}" in get(clinic, "rival", path).text


def test_application__of_a_newcomer__is_filed_once(clinic: Clinic) -> None:
    form = {
        "name_zh": "大理州第二医院",
        "name_en": "Dali Second",
        "licence_number": "PDY10001",
        "city": "530100",
        "level": "二级甲等",
    }
    assert post(clinic, "newcomer", "/hospital/apply", **(form | {"city": ""})).status_code == 400
    assert post(clinic, "newcomer", "/hospital/apply", **form).location == "/hospital/apply"
    page = get(clinic, "newcomer", "/hospital/apply").text
    assert "on its way to the chain" in page
    assert "licence_number" not in page
    post(clinic, "newcomer", "/hospital/apply", **form)
    sent = clinic.statements.of_subject("application:1")
    assert [view.status for view in sent] == [StatementStatus.QUEUED]
    assert clinic.statements.of_subject("application:2") == ()


def test_role__of_the_institution__sees_agreements_and_nothing_else(clinic: Clinic) -> None:
    assert clinic.person("institution").role is Role.INSTITUTION
    assert get(clinic, "institution", "/hospital/agreements").status_code == 200
    assert get(clinic, "institution", "/hospital").status_code == 403


def test_terms__of_a_hold__lead_back_to_the_case(clinic: Clinic) -> None:
    case, view = clinic.held()
    assert f"/hospital/cases/{case}" in get(clinic, "coordinator", f"/statements/{view.id}").text
