from __future__ import annotations

import pytest

from huizhen.db.index.parties import Affiliation
from huizhen.domain.ids import PartyId
from tests.support.practice import DAY, HOSPITAL, INSTITUTION, LEAD, MEMBER, OUTSIDER, Rooms, ask_team
from tests.support.web import NOW, client_of

PAGES = [
    "/institution/doctors",
    "/institution/bookings",
    "/institution/cases",
    "/institution/income",
    "/institution/payout-account",
]


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("person", [INSTITUTION, HOSPITAL])
@pytest.mark.parametrize("locale", ["zh", "en"])
def test_pages__of_an_institution__open(rooms: Rooms, path: str, person: PartyId, locale: str) -> None:
    ask_team(rooms)
    assert client_of(rooms.app, rooms.person(person), locale).get(path).status_code == 200


@pytest.mark.parametrize("path", PAGES)
def test_pages__of_others__are_closed(rooms: Rooms, path: str) -> None:
    assert client_of(rooms.app, rooms.person(LEAD)).get(path).status_code == 403
    assert "/sign-in" in (client_of(rooms.app).get(path).location or "")


def test_doctors__show_registrations_and_who_asks(rooms: Rooms) -> None:
    until = NOW + 300 * DAY
    view = rooms.practice.affiliations.propose(OUTSIDER, INSTITUTION, until, until)
    rooms.statements.sign(view.id, OUTSIDER)
    page = client_of(rooms.app, rooms.person(INSTITUTION)).get("/institution/doctors").text
    for name in ("李文静", "陈向晚", "周景行"):
        assert name in page
    assert f"/statements/{view.id}" in page


def test_registration__signed_by_the_institution__is_queued(rooms: Rooms) -> None:
    view = rooms.practice.affiliations.propose(OUTSIDER, INSTITUTION, NOW + 300 * DAY, 0)
    rooms.statements.sign(view.id, OUTSIDER)
    client_of(rooms.app, rooms.person(INSTITUTION)).post(
        f"/statements/{view.id}/sign", data={"digest": view.digest}
    )
    assert rooms.statements.view(view.id, OUTSIDER).status.value == "queued"


def test_end__of_its_own_doctor__is_one_statement(rooms: Rooms) -> None:
    browser = client_of(rooms.app, rooms.person(INSTITUTION))
    first, second = (browser.post(f"/institution/doctors/{MEMBER}/end").location for _ in range(2))
    assert first == second
    (view,) = rooms.statements.of_proposer(INSTITUTION)
    assert (view.values["doctor"], view.values["by"]) == (MEMBER, INSTITUTION)


def test_end__of_a_doctor_of_another__says_there_is_none(rooms: Rooms) -> None:
    assert (
        client_of(rooms.app, rooms.person(HOSPITAL)).post(f"/institution/doctors/{MEMBER}/end").status_code
        == 400
    )
    assert not rooms.statements.of_proposer(HOSPITAL)


def test_end__by_get_or_another_role__is_not_done(rooms: Rooms) -> None:
    path = f"/institution/doctors/{MEMBER}/end"
    assert client_of(rooms.app, rooms.person(INSTITUTION)).get(path).status_code == 405
    assert client_of(rooms.app, rooms.person(LEAD)).post(path).status_code == 403


def test_registration__ended__is_shown_as_such(rooms: Rooms) -> None:
    with rooms.stores.index.writing() as session:
        session.get_one(Affiliation, (MEMBER, INSTITUTION)).ended_by = MEMBER
    assert "已结束" in client_of(rooms.app, rooms.person(INSTITUTION)).get("/institution/doctors").text


def test_booking__of_the_institution__says_what_it_receives(rooms: Rooms) -> None:
    view = ask_team(rooms)
    browser = client_of(rooms.app, rooms.person(INSTITUTION))
    assert "李文静、陈向晚" in browser.get("/institution/bookings").text
    page = browser.get(f"/institution/bookings/{view.id}").text
    assert '<p class="receive"><data class="amount" value="34200">' in page
    assert view.digest in page


def test_booking__of_the_booking_hospital_itself__stands_elsewhere(rooms: Rooms) -> None:
    view = ask_team(rooms)
    browser = client_of(rooms.app, rooms.person(HOSPITAL))
    assert browser.get(f"/institution/bookings/{view.id}").status_code == 404
    assert "没有待接受的预约" in browser.get("/institution/bookings").text


def test_cases__name_doctor_and_hospital(rooms: Rooms) -> None:
    page = client_of(rooms.app, rooms.person(INSTITUTION)).get("/institution/cases").text
    assert "/consultations/7" in page
    assert "大理州人民医院" in page


def test_account__of_the_institution__is_its_own(rooms: Rooms) -> None:
    form = {"bank": "中国银行", "account": "6217000011112222", "holder": "昆明第一医院"}
    browser = client_of(rooms.app, rooms.person(INSTITUTION))
    assert browser.post("/institution/payout-account", data=form).status_code == 302
    assert browser.post("/institution/payout-account", data=form).status_code == 400
    assert browser.post("/institution/payout-account/cancel").status_code == 400
    (view,) = rooms.statements.of_proposer(INSTITUTION)
    assert view.values["party"] == INSTITUTION
    assert (
        client_of(rooms.app, rooms.person(LEAD)).post("/institution/payout-account", data=form).status_code
        == 403
    )
