"""Groups as doctors see them: terms, joining, leaving."""

from __future__ import annotations

import pytest

from huizhen.db.index.groups import DoctorGroup
from huizhen.db.index.parties import Party
from huizhen.domain.ids import PartyId
from huizhen.services.statements import StatementView
from tests.support.practice import GROUP, HOSPITAL, LEAD, MEMBER, OUTSIDER, Rooms
from tests.support.web import NOW, client_of


def last(rooms: Rooms, party: PartyId) -> StatementView:
    return rooms.statements.of_proposer(party)[0]


def quorum(rooms: Rooms, members: int) -> None:
    with rooms.stores.index.writing() as session:
        session.get_one(DoctorGroup, GROUP).quorum = members


@pytest.mark.parametrize("locale", ["zh", "en"])
def test_directory__says_the_terms_in_plain_numbers(rooms: Rooms, locale: str) -> None:
    page = client_of(rooms.app, rooms.person(OUTSIDER), locale).get("/groups").text
    for amount in ("¥1,000.00", "¥665.00", "¥190.00", "¥95.00", "¥50.00"):
        assert amount in page


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("specialty=03.03", True),
        ("specialty=32.01&city=310100", True),
        ("specialty=07", False),
        ("city=440100", False),
        ("specialty=nonsense&city=x", True),
    ],
)
def test_directory__filtered__shows_what_fits(rooms: Rooms, query: str, shown: bool) -> None:
    page = client_of(rooms.app, rooms.person(OUTSIDER)).get(f"/groups?{query}").text
    assert ("云岭神经医生集团" in page) is shown


def test_directory__to_a_stranger__asks_to_sign_in(rooms: Rooms) -> None:
    assert "/sign-in" in (client_of(rooms.app).get("/groups").location or "")


@pytest.mark.parametrize(("person", "button"), [(OUTSIDER, ">加入<"), (MEMBER, "退出…"), (LEAD, "管理集团")])
def test_page__offers_what_fits_the_reader(rooms: Rooms, person: PartyId, button: str) -> None:
    assert button in client_of(rooms.app, rooms.person(person)).get(f"/groups/{GROUP}").text


def test_page__to_a_hospital__has_no_way_in(rooms: Rooms) -> None:
    page = client_of(rooms.app, rooms.person(HOSPITAL)).get(f"/groups/{GROUP}")
    assert page.status_code == 200
    assert f"/groups/{GROUP}/join" not in page.text


def test_page__unknown__is_not_found(rooms: Rooms) -> None:
    browser = client_of(rooms.app, rooms.person(OUTSIDER))
    assert browser.get("/groups/99").status_code == 404
    assert browser.post("/groups/99/join").status_code == 404


def test_join__names_spell_and_rule__for_the_lead_to_sign(rooms: Rooms) -> None:
    answer = client_of(rooms.app, rooms.person(OUTSIDER)).post(f"/groups/{GROUP}/join")
    view = last(rooms, OUTSIDER)
    assert answer.location == f"/statements/{view.id}"
    assert [signer.party for signer in view.signers] == [OUTSIDER, LEAD]
    assert (view.values["spell"], view.values["ruleVersion"]) == (1, 1)


def test_join__again__leads_to_the_same_statement(rooms: Rooms) -> None:
    browser = client_of(rooms.app, rooms.person(OUTSIDER))
    first, second = (browser.post(f"/groups/{GROUP}/join").location for _ in range(2))
    assert first == second


def test_join__with_a_quorum__asks_all_members_for_so_many(rooms: Rooms) -> None:
    quorum(rooms, 2)
    client_of(rooms.app, rooms.person(OUTSIDER)).post(f"/groups/{GROUP}/join")
    view = last(rooms, OUTSIDER)
    assert view.needed == 2
    rooms.statements.sign(view.id, OUTSIDER)
    for member in (LEAD, MEMBER):
        page = client_of(rooms.app, rooms.person(member)).get(f"/statements/{view.id}")
        assert "有2人签署即可" in page.text
        rooms.statements.sign(view.id, member)
    assert rooms.statements.view(view.id, OUTSIDER).values["consenters"] == [LEAD, MEMBER]


def test_join__without_a_valid_licence__says_what_is_missing(rooms: Rooms) -> None:
    with rooms.stores.index.writing() as session:
        session.get_one(Party, OUTSIDER).valid_until = NOW - 1
    browser = client_of(rooms.app, rooms.person(OUTSIDER))
    page = browser.get(f"/groups/{GROUP}").text
    assert "请向认证机构办理续期" in page
    assert f"/groups/{GROUP}/join" not in page
    answer = browser.post(f"/groups/{GROUP}/join")
    assert answer.status_code == 400
    assert "请向认证机构办理续期" in answer.text
    assert not rooms.statements.of_proposer(OUTSIDER)


def test_page__of_a_newcomer__says_to_apply_first(rooms: Rooms) -> None:
    assert "请先提交申请" in client_of(rooms.app, rooms.person(None)).get(f"/groups/{GROUP}").text


def test_join__as_a_member__is_refused(rooms: Rooms) -> None:
    assert client_of(rooms.app, rooms.person(MEMBER)).post(f"/groups/{GROUP}/join").status_code == 400


def test_leave__of_a_member__needs_nobody_else(rooms: Rooms) -> None:
    browser = client_of(rooms.app, rooms.person(MEMBER))
    first, second = (browser.post(f"/groups/{GROUP}/leave").location for _ in range(2))
    assert first == second
    assert [signer.party for signer in last(rooms, MEMBER).signers] == [MEMBER]


@pytest.mark.parametrize("person", [LEAD, OUTSIDER])
def test_leave__of_the_lead_or_a_stranger__is_refused(rooms: Rooms, person: PartyId) -> None:
    assert client_of(rooms.app, rooms.person(person)).post(f"/groups/{GROUP}/leave").status_code == 400
    assert not rooms.statements.of_proposer(person)


@pytest.mark.parametrize("act", ["join", "leave"])
def test_acts__of_another_role_or_by_get__are_not_done(rooms: Rooms, act: str) -> None:
    assert client_of(rooms.app, rooms.person(HOSPITAL)).post(f"/groups/{GROUP}/{act}").status_code == 403
    assert client_of(rooms.app, rooms.person(OUTSIDER)).get(f"/groups/{GROUP}/{act}").status_code == 405
