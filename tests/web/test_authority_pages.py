from __future__ import annotations

from pathlib import Path

import pytest

from huizhen.db.office.applications import Application
from huizhen.domain.statuses import Power
from huizhen.reference import specialty_by_code
from tests.support.ledger_events import APPLICANT, AUTHORITY, BANK, DOCTOR
from tests.support.money_site import MoneySite

GRANT: dict[str, str | list[str]] = {
    "city": "530100",
    "valid_until": "2027-12-31",
    "specialties": [str(specialty_by_code()["04"].bit)],
}


@pytest.fixture
def money(tmp_path: Path) -> MoneySite:
    return MoneySite.on(tmp_path)


def post(money: MoneySite, address: str, **data: str | list[str]) -> str:
    answer = money.browser("authority").post(f"/authority/parties/{address}", data=data)
    assert answer.status_code == 302, answer.text
    return answer.location


def test_desk__lists_applications_and_what_ends_soon(money: MoneySite) -> None:
    page = money.browser("authority").get("/authority").text
    to_decide, _, ending = page.partition("Ending soon")
    assert "Sun Xiaoyun" in to_decide
    assert "Zhao Haifeng" in ending


def test_application__facts_are_checked_against_the_chain(money: MoneySite) -> None:
    page = money.browser("authority").get(f"/authority/parties/{APPLICANT}").text
    assert page.count("Agrees with the chain") == 3
    assert "110530000001234" in page


def test_application__altered_document__is_not_to_be_accredited(money: MoneySite) -> None:
    with money.world.stores.office.writing() as session:
        session.get_one(Application, 1).document = "{}"
    page = money.browser("authority").get(f"/authority/parties/{APPLICANT}").text
    assert "Differs from the chain: do not accredit" in page


def test_party__that_applied_elsewhere__cannot_be_checked_here(money: MoneySite) -> None:
    page = money.browser("authority", "zh").get(f"/authority/parties/{DOCTOR}").text
    assert "原件不在本平台" in page


def test_accredit__an_applicant__until_the_end_of_the_day(money: MoneySite) -> None:
    money.signed(post(money, f"{APPLICANT}/accredit", **GRANT), "authority")
    row = money.world.offices.accreditation.page(APPLICANT).row
    assert row.state == "accredited"
    assert row.valid_until == 1_830_268_799  # 2027-12-31 23:59:59 in China


@pytest.mark.parametrize(
    ("number", "changed", "sentence"),
    [
        (APPLICANT, {"specialties": []}, "at least one specialty"),
        (APPLICANT, {"valid_until": "2020-01-01"}, "must end after today"),
        (APPLICANT, {"valid_until": ""}, "Please choose a day"),
        (APPLICANT, {"city": "1"}, "Please choose one."),
    ],
)
def test_accredit__what_cannot_stand__says_what_to_mend(
    money: MoneySite, number: int, changed: dict[str, str], sentence: str
) -> None:
    answer = money.browser("authority").post(f"/authority/parties/{number}/accredit", data=GRANT | changed)
    assert answer.status_code == 400
    assert sentence in answer.text


def test_accredit__an_official__gives_powers(money: MoneySite) -> None:
    powers = [str(Power.SETTLEMENT_BANK.value), str(Power.ARBITER.value)]
    data: dict[str, str | list[str]] = {"city": "530100", "valid_until": "2027-12-31", "powers": powers}
    money.signed(post(money, f"{BANK}/accredit", **data), "authority")
    assert money.world.offices.accreditation.page(BANK).powers == Power.SETTLEMENT_BANK | Power.ARBITER


def test_suspend__keeps_the_reason_here_and_reinstate_ends_it(money: MoneySite) -> None:
    money.signed(post(money, f"{DOCTOR}/suspend", reason="licence withdrawn by the city"), "authority")
    page = money.browser("authority").get(f"/authority/parties/{DOCTOR}").text
    assert "licence withdrawn by the city" in page
    assert "Reinstate" in page
    assert "licence withdrawn" not in money.browser().get(f"/parties/{DOCTOR}").text
    money.signed(post(money, f"{DOCTOR}/reinstate"), "authority")
    assert money.world.offices.accreditation.page(DOCTOR).row.state == "accredited"


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        (f"{DOCTOR}/suspend", "Write why it is suspended."),
        (f"{AUTHORITY}/suspend", "another than yourself"),
        (f"{APPLICANT}/suspend", "Only a party that is accredited"),
        (f"{DOCTOR}/reinstate", "This party is not suspended."),
    ],
)
def test_suspend_or_reinstate__what_cannot_be__says_why(
    money: MoneySite, address: str, sentence: str
) -> None:
    assert sentence in refused(money, address, reason="" if address == f"{DOCTOR}/suspend" else "x")


def refused(money: MoneySite, address: str, **data: str) -> str:
    """The page that comes back with the sentence; nothing was put forward."""
    browser = money.browser("authority")
    return browser.post(f"/authority/parties/{address}", data=data, follow_redirects=True).text


def test_suspend__twice__is_refused(money: MoneySite) -> None:
    money.signed(post(money, f"{DOCTOR}/suspend", reason="x"), "authority")
    assert "Only a party that is accredited" in refused(money, f"{DOCTOR}/suspend", reason="again")


def test_parties__filters__narrow_the_list(money: MoneySite) -> None:
    browser = money.browser("authority")
    page = browser.get("/authority/parties?status=applied&kind=doctor").text
    assert "Sun Xiaoyun" in page
    assert "Li Wenjing" not in page
    assert "No party fits" in browser.get("/authority/parties?status=suspended").text
    assert "Li Wenjing" in browser.get("/authority/parties?status=nonsense").text
