"""The doctor's pages: who may open them, the application, what is still missing."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from huizhen.db.index.parties import Party
from huizhen.db.office.accounts import AccountRow
from huizhen.db.office.applications import Application
from huizhen.db.office.profiles import DoctorProfile
from huizhen.domain.chain_ids import Hash32
from huizhen.domain.commitments import commit, document_digest
from huizhen.domain.ids import PartyId
from huizhen.domain.statuses import PartyKind, PartyStatus
from tests.support.practice import HOSPITAL, LEAD, OUTSIDER, Rooms, ask_team, party_row
from tests.support.web import NOW, client_of

PAGES = [
    "/doctor",
    "/doctor/application",
    "/doctor/calendar",
    "/doctor/requests",
    "/doctor/consultations",
    "/doctor/income",
    "/doctor/payout-account",
    "/doctor/institutions",
    "/doctor/keys",
]
LICENCE = "110320100012345"
FORM = {
    "name_zh": "沈远志",
    "name_en": "Shen Yuanzhi",
    "licence_number": LICENCE,
    "title": "4",
    "city": "530100",
    "specialties": ["03.03", "32.01"],
    "fee": "1,200",
    "bio": "脑血管病。",
}


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("locale", ["zh", "en"])
def test_pages__of_a_doctor__open(rooms: Rooms, path: str, locale: str) -> None:
    ask_team(rooms)
    assert client_of(rooms.app, rooms.person(LEAD), locale).get(path).status_code == 200


@pytest.mark.parametrize("path", PAGES)
def test_pages__to_a_stranger__ask_to_sign_in(rooms: Rooms, path: str) -> None:
    assert "/sign-in" in (client_of(rooms.app).get(path).location or "")


@pytest.mark.parametrize("path", PAGES)
def test_pages__to_another_role__are_forbidden(rooms: Rooms, path: str) -> None:
    assert client_of(rooms.app, rooms.person(HOSPITAL)).get(path).status_code == 403


@pytest.mark.parametrize("path", PAGES[2:])
def test_pages__before_the_application__lead_to_it(rooms: Rooms, path: str) -> None:
    answer = client_of(rooms.app, rooms.person(None)).get(path)
    assert answer.location == "/doctor/application"


@pytest.mark.parametrize("path", PAGES)
def test_pages__of_a_newcomer__say_what_to_do_when_empty(rooms: Rooms, path: str) -> None:
    assert client_of(rooms.app, rooms.person(OUTSIDER)).get(path).status_code == 200


def filed(rooms: Rooms) -> list[Application]:
    with rooms.stores.office.reading() as session:
        return list(session.scalars(select(Application)))


def test_apply__complete__keeps_the_licence_here_and_commits_to_it(rooms: Rooms) -> None:
    answer = client_of(rooms.app, rooms.person(None)).post("/doctor/application", data=FORM)
    assert answer.location == "/doctor/application"
    (row,) = filed(rooms)
    sent = rooms.statements.of_subject(f"application:{row.id}")[0]
    assert sent.values["licence"] == commit(bytes.fromhex(row.licence_key), LICENCE)
    assert "0x" + sent.values["profile"].hex() == document_digest(row.document)
    assert LICENCE not in row.document
    assert sent.status.value == "queued"


def test_apply__again__keeps_the_first(rooms: Rooms) -> None:
    browser = client_of(rooms.app, rooms.person(None))
    for _ in range(2):
        answer = browser.post("/doctor/application", data=FORM, follow_redirects=True)
    assert "您已提交申请" in answer.text
    assert len(filed(rooms)) == 1


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("specialties", [], "请至少选择一项"),
        ("specialties", ["99.99"], "请从列表中选择"),
        ("city", "", "请填写此项"),
        ("city", "999999", "请从列表中选择"),
        ("fee", "twelve", "不是金额"),
        ("fee", "0", "费用须大于"),
        ("licence_number", "  ", "请填写此项"),
    ],
)
def test_apply__incomplete__says_what_is_missing(
    rooms: Rooms, field: str, value: object, sentence: str
) -> None:
    answer = client_of(rooms.app, rooms.person(None)).post("/doctor/application", data=FORM | {field: value})
    assert answer.status_code == 400
    assert sentence in answer.text
    assert not filed(rooms)


def test_adopt__once_the_chain_has_it__gives_account_key_and_profile(rooms: Rooms) -> None:
    client_of(rooms.app, rooms.person(None)).post("/doctor/application", data=FORM)
    (row,) = filed(rooms)
    assert rooms.practice.applications.adopt() == 0
    party = PartyId(77)
    with rooms.stores.index.writing() as session:
        applied = party_row(party, PartyKind.DOCTOR, status=PartyStatus.APPLIED, licence=row.licence)
        session.add(applied)
    assert rooms.practice.applications.adopt() == 1
    assert rooms.keys.assigned == [(bytes.fromhex(row.signer), party, 0)]
    with rooms.stores.office.reading() as session:
        assert session.get_one(AccountRow, row.account).party == party
        assert session.get_one(DoctorProfile, party).fee == 120_000
    assert rooms.practice.applications.adopt() == 0
    page = client_of(rooms.app, rooms.person(None)).get("/doctor")
    assert "认证机构尚未核准" in page.text


def set_party(rooms: Rooms, party: PartyId, **changes: object) -> None:
    with rooms.stores.index.writing() as session:
        row = session.get_one(Party, party)
        for name, value in changes.items():
            setattr(row, name, value)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"valid_until": NOW - 1}, "已于2026-03-05到期"),
        ({"status": PartyStatus.SUSPENDED}, "资格已被暂停"),
        ({"status": PartyStatus.APPLIED}, "尚未核准"),
    ],
)
def test_home__without_a_valid_licence__says_what_is_missing(
    rooms: Rooms, changes: dict[str, object], sentence: str
) -> None:
    set_party(rooms, LEAD, **changes)
    assert sentence in client_of(rooms.app, rooms.person(LEAD)).get("/doctor").text


def test_set_fee__of_the_owner__is_what_hospitals_see(rooms: Rooms) -> None:
    client_of(rooms.app, rooms.person(LEAD)).post("/doctor/fee", data={"fee": "888.80", "bio": "新简介"})
    with rooms.stores.office.reading() as session:
        row = session.get_one(DoctorProfile, LEAD)
        assert (row.fee, row.bio) == (88_880, "新简介")
        assert session.get_one(DoctorProfile, OUTSIDER).fee == 100_000


def test_set_fee__unreadable__changes_nothing(rooms: Rooms) -> None:
    client_of(rooms.app, rooms.person(LEAD)).post("/doctor/fee", data={"fee": "free"})
    with rooms.stores.office.reading() as session:
        assert session.get_one(DoctorProfile, LEAD).fee == 100_000


@pytest.mark.parametrize("path", ["/doctor/fee", "/doctor/payout-account/cancel", "/doctor/keys/keep"])
def test_acts__by_get__are_not_done(rooms: Rooms, path: str) -> None:
    assert client_of(rooms.app, rooms.person(LEAD)).get(path).status_code == 405


def test_income__shows_legs_with_their_transaction(rooms: Rooms) -> None:
    page = client_of(rooms.app, rooms.person(LEAD)).get("/doctor/income").text
    assert "¥665.00" in page
    assert Hash32("0x" + "ab" * 32) in page
    assert "大理州人民医院" in page


def test_consultations__name_what_is_due(rooms: Rooms) -> None:
    page = client_of(rooms.app, rooms.person(LEAD), "en").get("/doctor/consultations").text
    assert "/consultations/7" in page
    assert "Settled" in page
