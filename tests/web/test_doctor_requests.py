from __future__ import annotations

import pytest

from huizhen.db.office.drafts import Draft
from huizhen.domain.case import CaseStage, Urgency
from huizhen.domain.chain_ids import hex32
from huizhen.domain.ids import PartyId
from tests.support.practice import HOSPITAL, LEAD, MEMBER, OUTSIDER, Rooms, ask_team
from tests.support.web import NOW, client_of


def test_requests__of_a_member__say_what_the_seat_receives(rooms: Rooms) -> None:
    view = ask_team(rooms)
    page = client_of(rooms.app, rooms.person(MEMBER)).get("/doctor/requests").text
    assert "大理州人民医院" in page
    assert "¥532.00" in page
    assert f"/doctor/requests/{view.id}" in page


def test_request__of_a_lead__keeps_seat_and_fund_apart(rooms: Rooms) -> None:
    view = ask_team(rooms)
    page = client_of(rooms.app, rooms.person(LEAD)).get(f"/doctor/requests/{view.id}").text
    assert '<p class="receive"><data class="amount" value="66500">' in page
    assert "¥171.00" in page
    assert view.digest in page


def test_request__whose_case_is_kept_here__shows_its_contents(rooms: Rooms) -> None:
    with rooms.stores.office.writing() as session:
        session.add(
            Draft(
                hospital=HOSPITAL,
                stage=CaseStage.TRIAGED,
                created_at=NOW,
                stage_at=NOW,
                reason="反复晕厥",
                aim="是否需要起搏器",
                summary="<b>男</b>，六十余岁",
                urgency=Urgency.URGENT,
                case_file=hex32(bytes(32)),
            )
        )
    view = ask_team(rooms)
    page = client_of(rooms.app, rooms.person(MEMBER)).get(f"/doctor/requests/{view.id}").text
    for text in ("反复晕厥", "是否需要起搏器", "&lt;b&gt;男", "加急"):
        assert text in page


@pytest.mark.parametrize("person", [OUTSIDER])
def test_request__of_a_stranger__does_not_exist(rooms: Rooms, person: PartyId) -> None:
    view = ask_team(rooms)
    browser = client_of(rooms.app, rooms.person(person))
    assert browser.get(f"/doctor/requests/{view.id}").status_code == 404
    assert "没有请求" in browser.get("/doctor/requests").text


def test_request__that_is_no_booking__does_not_exist(rooms: Rooms) -> None:
    view = rooms.practice.groups.propose_leave(PartyId(20), MEMBER)
    assert client_of(rooms.app, rooms.person(MEMBER)).get(f"/doctor/requests/{view.id}").status_code == 404


def test_request__of_another_role__is_forbidden(rooms: Rooms) -> None:
    view = ask_team(rooms)
    assert client_of(rooms.app, rooms.person(HOSPITAL)).get(f"/doctor/requests/{view.id}").status_code == 403


def test_accepted__waits_for_the_others(rooms: Rooms) -> None:
    view = ask_team(rooms)
    browser = client_of(rooms.app, rooms.person(MEMBER))
    browser.post(f"/statements/{view.id}/sign", data={"digest": view.digest})
    page = browser.get("/doctor/requests").text
    assert "等待其他人" in page
    assert "接受并签署" not in browser.get(f"/doctor/requests/{view.id}").text


def test_declined__is_gone_for_everybody(rooms: Rooms) -> None:
    view = ask_team(rooms)
    client_of(rooms.app, rooms.person(MEMBER)).post(f"/statements/{view.id}/decline", data={"reason": "出差"})
    assert "没有请求" in client_of(rooms.app, rooms.person(LEAD)).get("/doctor/requests").text
    assert "出差" in client_of(rooms.app, rooms.person(HOSPITAL)).get(f"/statements/{view.id}").text
