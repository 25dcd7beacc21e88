"""The page of a consultation: readers, and each change by owner, teammate, stranger, GET and repeat."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from huizhen.db.index.consultations import Consultation
from huizhen.db.office.statements import StatementRow, StatementStatus
from huizhen.domain.chain_ids import ConsultationId
from huizhen.domain.statuses import ConsultationStatus
from huizhen.domain.terms import Terms
from tests.support.clinic import PATHOLOGIST, SURGEON, Clinic
from tests.support.web import client_of

NUMBER = ConsultationId(7)
PAGE = "/consultations/7"


@pytest.fixture
def clinic(tmp_path: Path, practice_site: Flask) -> Iterator[Clinic]:
    made = Clinic.open(tmp_path, practice_site)
    yield made
    made.close()


@pytest.fixture
def terms(clinic: Clinic) -> Terms:
    return clinic.booked()[1]


def get(clinic: Clinic, who: str | None, path: str = PAGE, locale: str = "en") -> TestResponse:
    return client_of(clinic.app, clinic.person(who) if who else None, locale).get(path)


def post(clinic: Clinic, who: str | None, act: str, **data: object) -> TestResponse:
    return client_of(clinic.app, clinic.person(who) if who else None, "en").post(f"{PAGE}/{act}", data=data)


def sent(clinic: Clinic, function: str) -> int:
    return sum(view.function == function for view in clinic.statements.of_subject("consultation:7"))


def deliver(clinic: Clinic) -> None:
    with clinic.stores.index.writing() as session:
        row = session.get_one(Consultation, NUMBER)
        row.status, row.delivered_at, row.seats = ConsultationStatus.DELIVERED, clinic.clock.at, 3


@pytest.mark.parametrize("locale", ["zh", "en"])
@pytest.mark.parametrize("who", ["coordinator", "teammate", "surgeon", "institution", "finance", "auditor"])
@pytest.mark.usefixtures("terms")
def test_page__for_all_whom_it_concerns__opens(clinic: Clinic, who: str, locale: str) -> None:
    assert get(clinic, who, PAGE, locale).status_code == 200
    assert get(clinic, who, f"{PAGE}/status", locale).status_code == 200
    assert PAGE in get(clinic, who, "/consultations", locale).text


@pytest.mark.usefixtures("terms")
def test_page__for_strangers__does_not_exist(clinic: Clinic) -> None:
    for who in ("rival", "allrounder", "newcomer"):
        assert get(clinic, who).status_code == 404
        assert get(clinic, who, f"{PAGE}/status").status_code == 404
        assert PAGE not in get(clinic, who, "/consultations").text
    assert "/sign-in" in (get(clinic, None).location or "")


@pytest.mark.parametrize("status", list(ConsultationStatus))
@pytest.mark.usefixtures("terms")
def test_page__in_every_state__opens(clinic: Clinic, status: ConsultationStatus) -> None:
    with clinic.stores.index.writing() as session:
        row = session.get_one(Consultation, NUMBER)
        row.status, row.seats, row.cancel_fee_bps = status, 1, 3000
        row.delivered_at = clinic.clock.at if status >= ConsultationStatus.DELIVERED else None
    for who in ("coordinator", "surgeon", "auditor"):
        assert get(clinic, who).status_code == 200


@pytest.mark.parametrize("act", ["open", "cancel", "accept", "opinion", "opinion/sign", "deliver"])
@pytest.mark.usefixtures("terms")
def test_changes__by_get_stranger_or_other_role__do_nothing(clinic: Clinic, act: str) -> None:
    data = {"bps": 0, "text": "建议手术。", "written_at": 1, "overtime": 0}
    assert get(clinic, "coordinator", f"{PAGE}/{act}").status_code == 405
    assert "/sign-in" in (post(clinic, None, act, **data).location or "")
    assert post(clinic, "auditor", act, **data).status_code == 403
    stranger = "rival" if act in ("cancel", "accept") else "allrounder"
    assert post(clinic, stranger, act, **data).status_code == 404
    assert clinic.statements.of_subject("consultation:7") == ()


@pytest.mark.usefixtures("terms")
def test_open__by_a_seated_doctor__shows_the_file_and_tells_the_patient(clinic: Clinic) -> None:
    assert "女，54岁" not in get(clinic, "surgeon").text
    assert post(clinic, "surgeon", "open").location == PAGE
    assert "女，54岁" in get(clinic, "surgeon").text
    assert "女，54岁" not in get(clinic, "pathologist").text
    post(clinic, "surgeon", "open")
    with clinic.stores.index.reading() as session:
        case_file = session.get_one(Consultation, NUMBER).case_file
    assert clinic.rooms.consents.contents_of(case_file, SURGEON) is not None


def test_cancel__with_the_fee_that_was_shown__once(clinic: Clinic, terms: Terms) -> None:
    clinic.clock.at = terms.starts_at - 3600
    assert "100% of the price is due" in get(clinic, "coordinator").text
    assert post(clinic, "coordinator", "cancel").status_code == 400
    post(clinic, "coordinator", "cancel", bps=0)
    assert sent(clinic, "cancel") == 0
    assert post(clinic, "teammate", "cancel", bps=10_000).location == PAGE
    post(clinic, "coordinator", "cancel", bps=10_000)
    assert sent(clinic, "cancel") == 1


@pytest.mark.usefixtures("terms")
def test_accept__only_once_delivered__and_once(clinic: Clinic) -> None:
    post(clinic, "coordinator", "accept")
    assert sent(clinic, "accept") == 0
    deliver(clinic)
    assert "Accept the opinion" in get(clinic, "teammate").text
    assert post(clinic, "teammate", "accept").location == PAGE
    post(clinic, "coordinator", "accept")
    assert sent(clinic, "accept") == 1


def test_opinion__from_the_draft_to_the_delivery(clinic: Clinic, terms: Terms) -> None:
    clinic.clock.at = terms.starts_at
    assert post(clinic, "surgeon", "opinion", text="").status_code == 400
    named = post(clinic, "surgeon", "opinion", text="请致电13812345678")
    assert (named.status_code, "a mobile number" in named.text) == (400, True)
    assert post(clinic, "pathologist", "opinion", text="建议手术。").status_code == 404
    assert post(clinic, "surgeon", "opinion", text="建议手术。").location == PAGE
    assert "建议手术。" in get(clinic, "coordinator").text
    for outsider in ("institution", "auditor", "finance"):
        assert "建议手术。" not in get(clinic, outsider).text
    post(clinic, "surgeon", "deliver", overtime=0)
    assert sent(clinic, "deliver") == 0
    assert post(clinic, "pathologist", "opinion/sign", written_at="x").status_code == 400
    assert (
        post(
            clinic, "pathologist", "opinion/sign", written_at=clinic.clock.at, dissent="姓名：张三"
        ).status_code
        == 400
    )
    assert post(clinic, "pathologist", "opinion/sign", written_at=clinic.clock.at).location == PAGE
    assert post(clinic, "pathologist", "opinion/sign", written_at=clinic.clock.at).location == PAGE
    assert post(clinic, "surgeon", "deliver", overtime=9).status_code == 400
    assert post(clinic, "surgeon", "deliver", overtime=1).location == PAGE
    post(clinic, "surgeon", "deliver", overtime=1)
    assert sent(clinic, "deliver") == 1


@pytest.mark.usefixtures("terms")
def test_refused__act__is_shown_with_names(clinic: Clinic) -> None:
    view = clinic.rooms.bookings.cancel(NUMBER, SURGEON, 0)
    with clinic.stores.office.writing() as session:
        row = session.get_one(StatementRow, view.id)
        row.status, row.refusal_name = StatementStatus.REFUSED, "MayNotCancel"
        row.refusal = {"zh": "#11", "en": "#11", "arguments": {"party": PATHOLOGIST}}
    assert "Chen Xiangwan may not cancel" in get(clinic, "coordinator").text
