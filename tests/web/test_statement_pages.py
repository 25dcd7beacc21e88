"""What awaits a signature, and who may see, sign, decline or withdraw it."""

from __future__ import annotations

import pytest

from huizhen.db.office.statements import StatementStatus
from huizhen.domain import acts
from huizhen.domain.ids import PartyId
from tests.support.practice import (
    DAY,
    GROUP,
    HOSPITAL,
    INSTITUTION,
    LEAD,
    MEMBER,
    OUTSIDER,
    Rooms,
    ask_team,
)
from tests.support.web import NOW, client_of


@pytest.fixture
def asked(rooms: Rooms) -> int:
    """OUTSIDER's application to GROUP, signed by OUTSIDER."""
    view = rooms.practice.groups.propose_join(GROUP, OUTSIDER)
    return rooms.statements.sign(view.id, OUTSIDER).id


def status(rooms: Rooms, statement: int) -> StatementStatus:
    return rooms.statements.view(statement, OUTSIDER).status


def digest(rooms: Rooms, statement: int) -> str:
    return rooms.statements.view(statement, OUTSIDER).digest


def test_inbox__of_the_lead__shows_the_application(rooms: Rooms, asked: int) -> None:
    page = client_of(rooms.app, rooms.person(LEAD)).get("/statements")
    assert "加入集团" in page.text
    assert f"/statements/{asked}" in page.text


def test_inbox__before_its_proposer_signed__does_not_show_it(rooms: Rooms) -> None:
    rooms.practice.groups.propose_join(GROUP, OUTSIDER)
    assert "没有待签署的声明" in client_of(rooms.app, rooms.person(LEAD)).get("/statements").text


def test_inbox__of_an_account_without_a_party__is_empty(rooms: Rooms) -> None:
    assert "没有待签署的声明" in client_of(rooms.app, rooms.person(None)).get("/statements").text


@pytest.mark.parametrize("person", [OUTSIDER, LEAD])
def test_show__to_proposer_and_signer__says_what_is_signed(rooms: Rooms, asked: int, person: PartyId) -> None:
    page = client_of(rooms.app, rooms.person(person), "en").get(f"/statements/{asked}")
    assert "Zhou Jingxing joins Yunling Neuro Group under version 1" in page.text
    assert digest(rooms, asked) in page.text


def test_document__to_proposer_and_signer__holds_what_is_signed(rooms: Rooms, asked: int) -> None:
    for person in (OUTSIDER, LEAD):
        file = client_of(rooms.app, rooms.person(person)).get(f"/statements/{asked}.json").get_json()
        assert file["digest"] == digest(rooms, asked)
        assert file["typed_data"]["message"]["doctor"] == OUTSIDER


@pytest.mark.parametrize("path", ["", "/status", ".json"])
@pytest.mark.parametrize("person", [MEMBER, HOSPITAL])
def test_show__to_a_stranger__does_not_exist(rooms: Rooms, asked: int, person: PartyId, path: str) -> None:
    assert client_of(rooms.app, rooms.person(person)).get(f"/statements/{asked}{path}").status_code == 404


def test_sign__by_the_lead__queues_it(rooms: Rooms, asked: int) -> None:
    browser = client_of(rooms.app, rooms.person(LEAD))
    answer = browser.post(f"/statements/{asked}/sign", data={"digest": digest(rooms, asked)})
    assert answer.location == f"/statements/{asked}"
    assert status(rooms, asked) is StatementStatus.QUEUED
    assert "hx-get" in browser.get(f"/statements/{asked}").text


def test_sign__twice__changes_nothing(rooms: Rooms, asked: int) -> None:
    browser = client_of(rooms.app, rooms.person(LEAD))
    for _ in range(2):
        answer = browser.post(f"/statements/{asked}/sign", data={"digest": digest(rooms, asked)})
        assert answer.status_code == 302
    assert status(rooms, asked) is StatementStatus.QUEUED


def test_sign__another_digest_than_shown__is_refused(rooms: Rooms, asked: int) -> None:
    browser = client_of(rooms.app, rooms.person(LEAD))
    answer = browser.post(
        f"/statements/{asked}/sign", data={"digest": "0x" + "00" * 32}, follow_redirects=True
    )
    assert "不符" in answer.text
    assert status(rooms, asked) is StatementStatus.GATHERING


@pytest.mark.parametrize("act", ["sign", "decline", "withdraw"])
def test_acts__of_a_stranger__find_nothing(rooms: Rooms, asked: int, act: str) -> None:
    browser = client_of(rooms.app, rooms.person(MEMBER))
    answer = browser.post(f"/statements/{asked}/{act}", data={"digest": "0x", "reason": "no"})
    assert answer.status_code == 404
    assert status(rooms, asked) is StatementStatus.GATHERING


@pytest.mark.parametrize("act", ["sign", "decline", "withdraw"])
def test_acts__by_get__are_not_done(rooms: Rooms, asked: int, act: str) -> None:
    assert client_of(rooms.app, rooms.person(LEAD)).get(f"/statements/{asked}/{act}").status_code == 405
    assert status(rooms, asked) is StatementStatus.GATHERING


def test_decline__with_a_reason__ends_it_and_tells_the_proposer(rooms: Rooms, asked: int) -> None:
    client_of(rooms.app, rooms.person(LEAD)).post(f"/statements/{asked}/decline", data={"reason": "名额已满"})
    assert status(rooms, asked) is StatementStatus.DECLINED
    assert "名额已满" in client_of(rooms.app, rooms.person(OUTSIDER)).get(f"/statements/{asked}").text


def test_decline__without_a_reason__asks_for_one(rooms: Rooms, asked: int) -> None:
    answer = client_of(rooms.app, rooms.person(LEAD)).post(
        f"/statements/{asked}/decline", data={"reason": " "}
    )
    assert answer.status_code == 400
    assert status(rooms, asked) is StatementStatus.GATHERING


def test_withdraw__by_the_proposer__ends_it(rooms: Rooms, asked: int) -> None:
    client_of(rooms.app, rooms.person(OUTSIDER)).post(f"/statements/{asked}/withdraw")
    assert status(rooms, asked) is StatementStatus.WITHDRAWN


def test_withdraw__by_a_signer__finds_nothing(rooms: Rooms, asked: int) -> None:
    assert client_of(rooms.app, rooms.person(LEAD)).post(f"/statements/{asked}/withdraw").status_code == 404
    assert status(rooms, asked) is StatementStatus.GATHERING


def test_withdraw__after_all_signed__is_too_late(rooms: Rooms, asked: int) -> None:
    rooms.statements.sign(asked, LEAD)
    assert (
        client_of(rooms.app, rooms.person(OUTSIDER)).post(f"/statements/{asked}/withdraw").status_code == 403
    )


def test_sign__a_booking__counts_for_the_seat_and_the_led_group(rooms: Rooms) -> None:
    view = ask_team(rooms)
    browser = client_of(rooms.app, rooms.person(LEAD))
    browser.post(f"/statements/{view.id}/sign", data={"digest": view.digest})
    unsigned = [each.party for each in rooms.statements.view(view.id, LEAD).signers if not each.signed_at]
    assert unsigned == [MEMBER, INSTITUTION]


def test_quorum__two_of_three_members__complete_it(rooms: Rooms) -> None:
    members = (LEAD, MEMBER, OUTSIDER)
    statement = acts.set_share_rule(GROUP, 2, 1000, 1000, NOW + DAY, members)
    view = rooms.statements.propose(statement, proposer=LEAD, subject="group:20", needed=2)
    assert rooms.statements.sign(view.id, OUTSIDER).status is StatementStatus.GATHERING
    done = rooms.statements.sign(view.id, LEAD)
    assert done.status is StatementStatus.QUEUED
    assert done.values["consenters"] == [LEAD, OUTSIDER]


def test_quorum__too_many_say_no__ends_it(rooms: Rooms) -> None:
    statement = acts.set_share_rule(GROUP, 2, 1000, 1000, NOW + DAY, (LEAD, MEMBER, OUTSIDER))
    view = rooms.statements.propose(statement, proposer=LEAD, subject="group:20", needed=2)
    assert rooms.statements.decline(view.id, MEMBER, "不同意").status is StatementStatus.GATHERING
    assert rooms.statements.decline(view.id, OUTSIDER, "不同意").status is StatementStatus.DECLINED
