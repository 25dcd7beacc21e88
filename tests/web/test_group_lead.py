"""What the lead does; for anybody else these pages do not exist."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from huizhen.db.index.groups import DoctorGroup, Membership
from huizhen.db.index.parties import Party
from huizhen.db.office.applications import Application
from huizhen.db.office.sealed_texts import SealedText, seal, texts
from huizhen.db.office.statements import StatementStatus
from huizhen.domain.chain_ids import hex32
from huizhen.domain.ids import PartyId
from huizhen.domain.statuses import PartyKind, PartyStatus
from huizhen.services.statements import StatementView
from tests.support.practice import GROUP, HOSPITAL, LEAD, MEMBER, OUTSIDER, Rooms, ask_team, party_row
from tests.support.web import NOW, client_of

LED = f"/groups/{GROUP}/lead"
PAGES = [LED, f"{LED}/rule", f"{LED}/income", f"{LED}/payout-account"]
ACTS = [
    f"{LED}/rule",
    f"{LED}/standing",
    f"{LED}/standing/end",
    f"{LED}/members/{MEMBER}/expel",
    f"{LED}/payout-account",
    f"{LED}/payout-account/cancel",
]
APPLICATION = {
    "name_zh": "苍洱肿瘤医生集团",
    "name_en": "Cang'er Oncology Group",
    "licence_number": "91530100MA6K000000",
    "city": "530100",
}


def last(rooms: Rooms, party: PartyId = LEAD) -> StatementView:
    return rooms.statements.of_proposer(party)[0]


@pytest.mark.parametrize("path", PAGES)
def test_pages__of_the_lead__open(rooms: Rooms, path: str) -> None:
    assert client_of(rooms.app, rooms.person(LEAD), "en").get(path).status_code == 200


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize(("person", "code"), [(MEMBER, 404), (OUTSIDER, 404), (HOSPITAL, 403)])
def test_pages__of_others__do_not_exist(rooms: Rooms, path: str, person: PartyId, code: int) -> None:
    assert client_of(rooms.app, rooms.person(person)).get(path).status_code == code


@pytest.mark.parametrize("path", ACTS)
@pytest.mark.parametrize(("person", "code"), [(MEMBER, 404), (OUTSIDER, 404), (HOSPITAL, 403)])
def test_acts__of_others__find_nothing(rooms: Rooms, path: str, person: PartyId, code: int) -> None:
    form = {"institution": "10", "fund": "10", "until": "2026-06-01", "reason": "x"}
    assert client_of(rooms.app, rooms.person(person)).post(path, data=form).status_code == code
    assert not rooms.statements.of_proposer(person)


def test_applicant__signed__is_shown_with_licence_and_progress(rooms: Rooms) -> None:
    view = rooms.practice.groups.propose_join(GROUP, OUTSIDER)
    browser = client_of(rooms.app, rooms.person(LEAD))
    assert "周景行" not in browser.get(LED).text
    rooms.statements.sign(view.id, OUTSIDER)
    page = browser.get(LED).text
    assert "周景行" in page
    assert "心血管内科专业" in page
    assert "0/1" in page


def test_applicant__whose_licence_ended__is_marked(rooms: Rooms) -> None:
    view = rooms.practice.groups.propose_join(GROUP, OUTSIDER)
    rooms.statements.sign(view.id, OUTSIDER)
    with rooms.stores.index.writing() as session:
        session.get_one(Party, OUTSIDER).valid_until = NOW - 1
    assert "无效" in client_of(rooms.app, rooms.person(LEAD)).get(LED).text


def test_rule__tried__shows_the_difference_and_puts_nothing_forward(rooms: Rooms) -> None:
    page = client_of(rooms.app, rooms.person(LEAD)).get(f"{LED}/rule?institution=25&fund=15").text
    assert "-¥95.00" in page
    assert "+¥47.50" in page
    assert not rooms.statements.of_proposer(LEAD)


@pytest.mark.parametrize(
    ("institution", "fund", "sentence"),
    [
        ("70", "40", "之和超过"),
        ("x", "10", "0到100"),
        ("12.345", "10", "最多两位小数"),
        ("", "10", "请填写此项"),
    ],
)
@pytest.mark.parametrize("method", ["get", "post"])
def test_rule__impossible__says_why(
    rooms: Rooms, institution: str, fund: str, sentence: str, method: str
) -> None:
    browser, shares = client_of(rooms.app, rooms.person(LEAD)), {"institution": institution, "fund": fund}
    if method == "get":
        answer = browser.get(f"{LED}/rule", query_string=shares)
    else:
        answer = browser.post(f"{LED}/rule", data=shares)
    assert sentence in answer.text
    assert not rooms.statements.of_proposer(LEAD)


def test_rule__new__is_the_next_version_once(rooms: Rooms) -> None:
    browser = client_of(rooms.app, rooms.person(LEAD))
    assert browser.post(f"{LED}/rule", data={"institution": "12.5", "fund": "15%"}).status_code == 302
    view = last(rooms)
    assert view.values["version"] == 2
    assert (view.values["institutionBps"], view.values["fundBps"]) == (1250, 1500)
    assert browser.post(f"{LED}/rule", data={"institution": "12", "fund": "15"}).status_code == 400


@pytest.mark.parametrize(("institution", "fund"), [("20.01", "10"), ("20", "10.01"), ("0", "30.01")])
def test_rule__by_which_doctors_get_less__asks_each_member(rooms: Rooms, institution: str, fund: str) -> None:
    browser = client_of(rooms.app, rooms.person(LEAD))
    browser.post(f"{LED}/rule", data={"institution": institution, "fund": fund})
    view = last(rooms)
    assert view.values["consenters"] == [LEAD, MEMBER]
    rooms.statements.sign(view.id, LEAD)
    assert last(rooms).status is StatementStatus.GATHERING
    assert rooms.statements.sign(view.id, MEMBER).status is StatementStatus.QUEUED


@pytest.mark.parametrize(("institution", "fund"), [("10", "20"), ("30", "0"), ("20", "9.99")])
def test_rule__by_which_doctors_get_no_less__asks_whom_the_policy_says(
    rooms: Rooms, institution: str, fund: str
) -> None:
    browser = client_of(rooms.app, rooms.person(LEAD))
    browser.post(f"{LED}/rule", data={"institution": institution, "fund": fund})
    assert last(rooms).values["consenters"] == [LEAD]


def test_rule__the_same_as_now__is_refused(rooms: Rooms) -> None:
    answer = client_of(rooms.app, rooms.person(LEAD)).post(
        f"{LED}/rule", data={"institution": "20", "fund": "10"}
    )
    assert answer.status_code == 400
    assert "现行规则" in answer.text


def test_standing__until_a_day__and_ended(rooms: Rooms) -> None:
    browser = client_of(rooms.app, rooms.person(LEAD))
    browser.post(f"{LED}/standing", data={"until": "2026-06-01"})
    assert last(rooms).values["standingUntil"] == 1_780_329_599
    rooms.statements.withdraw(last(rooms).id, LEAD)
    browser.post(f"{LED}/standing/end")
    assert last(rooms).values["standingUntil"] == 0


@pytest.mark.parametrize("until", ["2026-03-04", "", "later"])
def test_standing__no_day_ahead__stays_in_the_form(rooms: Rooms, until: str) -> None:
    answer = client_of(rooms.app, rooms.person(LEAD)).post(f"{LED}/standing", data={"until": until})
    assert answer.status_code == 400
    assert not rooms.statements.of_proposer(LEAD)


def test_expel__with_a_reason__seals_it(rooms: Rooms) -> None:
    browser = client_of(rooms.app, rooms.person(LEAD))
    browser.post(f"{LED}/members/{MEMBER}/expel", data={"reason": "多次缺席会诊"})
    view = last(rooms)
    assert (view.function, view.values["doctor"], view.values["spell"]) == ("expel", MEMBER, 1)
    with rooms.stores.office.reading() as session:
        assert texts(session, [hex32(view.values["reason"])]) == {
            hex32(view.values["reason"]): "多次缺席会诊"
        }
    assert browser.post(f"{LED}/members/{MEMBER}/expel", data={"reason": "again"}).status_code == 400
    assert "多次缺席会诊" in browser.get(f"/statements/{view.id}").text


def test_expel__done__tells_the_doctor_why_and_nobody_else(rooms: Rooms) -> None:
    with rooms.stores.office.writing() as session:
        reason = hex32(seal(session, "多次缺席会诊", NOW))
    with rooms.stores.index.writing() as session:
        spell = session.get_one(Membership, (GROUP, MEMBER, 1))
        spell.left_at, spell.reason = NOW, reason
    assert "多次缺席会诊" in client_of(rooms.app, rooms.person(MEMBER)).get(f"/groups/{GROUP}").text
    assert "多次缺席会诊" not in client_of(rooms.app, rooms.person(OUTSIDER)).get(f"/groups/{GROUP}").text
    assert "多次缺席会诊" in client_of(rooms.app, rooms.person(LEAD)).get(LED).text


def test_expel__quorum_of_all__asks_the_one_who_is_to_go_too(rooms: Rooms) -> None:
    with rooms.stores.index.writing() as session:
        session.get_one(DoctorGroup, GROUP).quorum = 2
    client_of(rooms.app, rooms.person(LEAD)).post(f"{LED}/members/{MEMBER}/expel", data={"reason": "x"})
    assert [signer.party for signer in last(rooms).signers] == [LEAD, MEMBER]


def test_expel__who_is_to_go__does_not_sign(rooms: Rooms) -> None:
    with rooms.stores.index.writing() as session:
        session.get_one(DoctorGroup, GROUP).quorum = 1
    client_of(rooms.app, rooms.person(LEAD)).post(f"{LED}/members/{MEMBER}/expel", data={"reason": "x"})
    assert [signer.party for signer in last(rooms).signers] == [LEAD]


@pytest.mark.parametrize(("doctor", "code"), [(LEAD, 400), (OUTSIDER, 404)])
def test_expel__the_lead_or_no_member__is_refused(rooms: Rooms, doctor: PartyId, code: int) -> None:
    answer = client_of(rooms.app, rooms.person(LEAD)).post(
        f"{LED}/members/{doctor}/expel", data={"reason": "x"}
    )
    assert answer.status_code == code


def test_expel__without_a_reason__sends_nothing(rooms: Rooms) -> None:
    answer = client_of(rooms.app, rooms.person(LEAD)).post(
        f"{LED}/members/{MEMBER}/expel", data={"reason": ""}
    )
    assert answer.status_code == 400
    with rooms.stores.office.reading() as session:
        assert session.scalar(select(SealedText)) is None


def test_account__of_the_group__is_signed_with_its_own_key(rooms: Rooms) -> None:
    browser = client_of(rooms.app, rooms.person(LEAD))
    browser.post(
        f"{LED}/payout-account", data={"bank": "中国银行", "account": "6217000011112222", "holder": "云岭"}
    )
    view = last(rooms)
    assert [signer.party for signer in view.signers] == [GROUP]
    browser.post(f"/statements/{view.id}/sign", data={"digest": view.digest})
    assert rooms.statements.view(view.id, GROUP).status.value == "queued"


def test_bookings__of_a_member__wait_for_the_lead(rooms: Rooms) -> None:
    ask_team(rooms)
    assert client_of(rooms.app, rooms.person(LEAD)).get(LED).status_code == 200


def application(rooms: Rooms) -> Application:
    with rooms.stores.office.reading() as session:
        return session.scalars(select(Application)).one()


def test_found__application_then_accreditation_then_terms(rooms: Rooms) -> None:
    browser, group = client_of(rooms.app, rooms.person(OUTSIDER)), PartyId(21)
    assert browser.post("/groups/found", data=APPLICATION).location == "/groups/found"
    row = application(rooms)
    path, terms = f"/groups/found/{row.id}", {"institution": "20", "fund": "10", "quorum": "0"}
    assert browser.post(path, data=terms).status_code == 400
    with rooms.stores.index.writing() as session:
        session.add(party_row(group, PartyKind.GROUP, licence=row.licence, status=PartyStatus.APPLIED))
    rooms.practice.applications.adopt()
    assert rooms.app.extensions["huizhen"].accounts.find(rooms.person(OUTSIDER).id).party == OUTSIDER
    assert browser.post(path, data=terms).status_code == 400
    with rooms.stores.index.writing() as session:
        session.get_one(Party, group).status = PartyStatus.ACCREDITED
    assert "确定规则并成立" in browser.get("/groups/found").text
    assert browser.post(path, data=terms).status_code == 302
    view = last(rooms, OUTSIDER)
    assert [signer.party for signer in view.signers] == [group, OUTSIDER]
    browser.post(f"/statements/{view.id}/sign", data={"digest": view.digest})
    assert rooms.statements.view(view.id, OUTSIDER).status.value == "queued"
    assert browser.post(path, data=terms).status_code == 400


def test_found__application_of_somebody_else__does_not_exist(rooms: Rooms) -> None:
    client_of(rooms.app, rooms.person(OUTSIDER)).post("/groups/found", data=APPLICATION)
    path = f"/groups/found/{application(rooms).id}"
    browser = client_of(rooms.app, rooms.person(MEMBER))
    assert browser.get(path).status_code == 404
    assert browser.post(path, data={"institution": "20", "fund": "10", "quorum": "0"}).status_code == 404


@pytest.mark.parametrize("field", ["name_zh", "name_en", "licence_number", "city"])
def test_found__incomplete__stays_in_the_form(rooms: Rooms, field: str) -> None:
    answer = client_of(rooms.app, rooms.person(OUTSIDER)).post(
        "/groups/found", data=APPLICATION | {field: ""}
    )
    assert answer.status_code == 400
