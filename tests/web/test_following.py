"""Boards, inboxes, overviews: lists that follow the chain, each taken out of its own page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.support.clinic import GROUP as CLINIC_GROUP
from tests.support.clinic import HOSPITAL, INSTITUTION, PATHOLOGIST, SURGEON, Clinic
from tests.support.ledger_events import BANK, DOCTOR, PREPARER
from tests.support.ledger_events import HOSPITAL as MONEY_HOSPITAL
from tests.support.money_site import MoneySite
from tests.support.web import client_of, site
from tests.web.test_live import Stream
from tests.web.test_payout_pages import approved, prepared

# htmx asks for a part of the page that is open.
PART = {"HX-Request": "true"}
REGISTRY, LEDGER = "contract:CredentialRegistry", "contract:RevenueLedger"
OF_DOCTOR = (f"party:{SURGEON}", f"inbox:{SURGEON}", f"inbox:{CLINIC_GROUP}")
OF_HOSPITAL = (f"party:{HOSPITAL}", f"inbox:{HOSPITAL}")
OF_INSTITUTION = (f"party:{INSTITUTION}", f"inbox:{INSTITUTION}")
OF_GROUP = (f"party:{CLINIC_GROUP}", f"group:{CLINIC_GROUP}")

# (person, address, part, topics that it listens to)
OF_THE_CLINIC = [
    ("coordinator", "/hospital", "board", (*OF_HOSPITAL, f"cases:{HOSPITAL}")),
    ("coordinator", "/hospital?state=settled&page=2", "board", OF_HOSPITAL),
    ("coordinator", "/hospital/balance", "funds", OF_HOSPITAL),
    ("coordinator", "/hospital/balance", "moves", OF_HOSPITAL),
    ("coordinator", "/hospital/agreements", "agreements", OF_HOSPITAL),
    ("coordinator", "/statements", "inbox", OF_HOSPITAL),
    ("coordinator", "/consultations", "consultations", OF_HOSPITAL),
    ("auditor", "/consultations", "consultations", ("contract:Consultations", "contract:Disputes")),
    ("institution", "/institution/doctors", "doctors", OF_INSTITUTION),
    ("institution", "/institution/bookings", "requests", OF_INSTITUTION),
    ("institution", "/institution/cases", "cases", OF_INSTITUTION),
    ("institution", "/institution/income", "income", OF_INSTITUTION),
    ("institution", "/institution/payout-account", "named-account", OF_INSTITUTION),
    ("surgeon", "/doctor", "overview", OF_DOCTOR),
    ("surgeon", "/doctor/requests", "requests", OF_DOCTOR),
    ("surgeon", "/doctor/consultations", "consultations", OF_DOCTOR),
    ("surgeon", "/doctor/income", "income", OF_DOCTOR),
    ("surgeon", "/doctor/payout-account", "named-account", OF_DOCTOR),
    ("surgeon", "/doctor/institutions", "affiliations", OF_DOCTOR),
    ("surgeon", "/groups/found", "groups-to-be", OF_DOCTOR),
    ("surgeon", "/doctor/keys", "keys", OF_DOCTOR),
    ("surgeon", "/doctor/calendar", "week", OF_DOCTOR),
    ("surgeon", "/statements", "inbox", OF_DOCTOR),
    ("surgeon", "/groups", "groups", ("contract:DoctorGroups",)),
    ("surgeon", f"/groups/{CLINIC_GROUP}", "group", OF_GROUP),
    ("surgeon", f"/groups/{CLINIC_GROUP}/lead", "lead", (*OF_GROUP, *OF_DOCTOR)),
    ("surgeon", f"/groups/{CLINIC_GROUP}/lead", "acts", OF_GROUP),
    ("surgeon", f"/groups/{CLINIC_GROUP}/lead/income", "income", OF_GROUP[:1]),
    ("surgeon", f"/groups/{CLINIC_GROUP}/lead/payout-account", "named-account", OF_GROUP[:1]),
]
OF_MONEY = [
    ("preparer", "/finance", "today", (LEDGER, "files", "matching")),
    ("preparer", "/finance/payouts", "batches", (LEDGER,)),
    ("preparer", "/finance/bank-files", "files", ("files", "matching")),
    ("preparer", "/finance/matching", "bench", (LEDGER, "matching")),
    ("preparer", "/finance/matching/history", "matches", ("matching",)),
    ("preparer", "/finance/payouts/new", "builder", (LEDGER, f"inbox:{PREPARER}")),
    ("bank", "/bank", "desk", (LEDGER, f"inbox:{BANK}")),
    ("bank", "/bank/batches/1", "history", ("batch:1",)),
    ("authority", "/authority", "applications", (REGISTRY,)),
    ("authority", "/authority/parties?kind=doctor", "parties", (REGISTRY,)),
    ("authority", f"/authority/parties/{DOCTOR}", "history", (f"party:{DOCTOR}",)),
    ("auditor", "/audit/statements", "statements", ("statements",)),
    (None, "/chain/blocks", "events", ("head",)),
    (None, f"/parties/{MONEY_HOSPITAL}", "party", (f"party:{MONEY_HOSPITAL}",)),
    (None, "/chain/consultations/1", "story", ("consultation:1",)),
    (None, "/chain/batches/1", "story", ("batch:1",)),
    (None, "/", "chain-now", ("head",)),
]


@pytest.fixture
def clinic(tmp_path: Path, practice_site: Flask) -> Iterator[Clinic]:
    opened = Clinic.open(tmp_path, practice_site)
    yield opened
    opened.close()


@pytest.fixture
def money(tmp_path: Path) -> MoneySite:
    made = MoneySite.on(tmp_path)
    prepared(made)
    return made


def part_of(page: str, part: str) -> dict[str, str]:
    """The attributes of a part."""
    found = re.search(rf'<div[^>]* id="{part}"[^>]*>', page)
    assert found, f"no part {part} on this page"
    return dict(re.findall(r'([\w-]+)="([^"]*)"', found[0]))


def holds(browser: FlaskClient, address: str, part: str, topics: tuple[str, ...]) -> None:
    """The page has the part; asked for by htmx it is the same; a stream finds nothing stale in it."""
    shown = part_of(browser.get(address).text, part)
    assert set(topics) <= set(shown["data-live"].split())
    asked = shown["hx-get"].replace("&amp;", "&")
    answer = browser.get(asked, headers=PART)
    assert answer.status_code == 200
    assert "<html" not in answer.text
    assert part_of(answer.text, part) == shown
    assert answer.text.count(f' id="{part}"') == 1, "a field has the same id"
    stream = Stream(browser, f"{asked}={shown['data-digest']}")
    assert part not in stream.message()[1]
    stream.close()


@pytest.mark.parametrize(("person", "address", "part", "topics"), OF_THE_CLINIC)
def test_list__follows_what_it_shows(
    clinic: Clinic, person: str, address: str, part: str, topics: tuple[str, ...]
) -> None:
    clinic.held()
    holds(client_of(clinic.app, clinic.person(person), "en"), address, part, topics)


@pytest.mark.parametrize(("person", "address", "part", "topics"), OF_MONEY)
def test_list_of_money__follows_what_it_shows(
    money: MoneySite, person: str | None, address: str, part: str, topics: tuple[str, ...]
) -> None:
    holds(money.browser(person), address, part, topics)


def test_case__follows_its_steps_and_says_when_its_forms_are_outdated(clinic: Clinic) -> None:
    case = clinic.consented()
    browser = client_of(clinic.app, clinic.person("coordinator"), "en")
    for part in ("case-state", "case"):
        holds(browser, f"/hospital/cases/{case}", part, (f"draft:{case}",))
    page = browser.get(f"/hospital/cases/{case}").text
    assert 'data-outdated="consented" hidden' in page
    clinic.rooms.cases.approve(case, clinic.coordinator)
    assert 'data-state="approved"' in browser.get(f"/hospital/cases/{case}", headers=PART).text


def test_request__follows_the_answers_of_the_team(clinic: Clinic) -> None:
    _, view = clinic.held()
    browser = client_of(clinic.app, clinic.person("surgeon"), "en")
    holds(browser, f"/doctor/requests/{view.id}", "team", (f"statement:{view.id}",))
    assert 'data-outdated="gathering" hidden' in browser.get(f"/doctor/requests/{view.id}").text
    clinic.statements.decline(view.id, PATHOLOGIST, "无空")
    assert 'data-state="declined"' in browser.get(f"/statements/{view.id}/status", headers=PART).text


def test_patient__sees_at_once_who_opened_the_file(clinic: Clinic) -> None:
    request = clinic.request_of(clinic.consented())
    for person, address in (
        ("coordinator", f"/hospital/cases/{request.draft}/consent"),
        (None, f"/consent/{request.token}"),
    ):
        known = clinic.person(person) if person else None
        browser = client_of(clinic.app, known, "en")
        for part in ("openings", "consent-status"):
            holds(browser, address, part, (f"draft:{request.draft}",))


# What is heard


def test_stream__deposit__names_the_bank_s_desk_and_no_list_of_parties(money: MoneySite) -> None:
    bank = money.browser("bank")
    desk = part_of(bank.get("/bank").text, "desk")["data-digest"]
    stream = Stream(bank, f"/bank={desk}", f"/parties/{DOCTOR}=x")
    assert stream.message()[1] == ["party"]
    money.world.deposit(MONEY_HOSPITAL, 100, "T-LIVE")
    assert stream.message()[1] == ["desk"]
    stream.close()


def test_stream__payout__names_the_list_of_batches(tmp_path: Path) -> None:
    money = MoneySite.on(tmp_path)
    reader = money.browser("preparer")
    stream = Stream(
        reader, f"/finance/payouts={part_of(reader.get('/finance/payouts').text, 'batches')['data-digest']}"
    )
    assert stream.message()[1] == []
    approved(money)
    assert stream.message()[1] == ["batches"]
    stream.close()


# Who may hear


@pytest.mark.parametrize("address", [address for person, address, *_ in OF_THE_CLINIC])
def test_part__of_a_stranger__is_refused_as_its_page(clinic: Clinic, address: str) -> None:
    stranger = client_of(clinic.app)
    answer = stranger.get(address, headers=PART)
    assert answer.status_code == 401
    assert answer.headers["HX-Redirect"] == "/sign-in"
    assert Stream(stranger, f"{address}=x").answer.status_code == 401


@pytest.mark.parametrize(
    ("person", "address", "code"),
    [
        ("institution", "/hospital", 403),
        ("coordinator", "/doctor/requests", 403),
        ("pathologist", f"/groups/{CLINIC_GROUP}/lead", 404),
        ("surgeon", "/groups/99", 404),
        ("finance", "/institution/doctors", 403),
    ],
)
def test_part__of_others__is_refused_as_its_page(
    clinic: Clinic, person: str, address: str, code: int
) -> None:
    browser = client_of(clinic.app, clinic.person(person))
    assert browser.get(address).status_code == code
    assert browser.get(address, headers=PART).status_code == code
    assert Stream(browser, f"{address}=x").answer.status_code == code


def test_case__of_another_hospital__has_no_part(clinic: Clinic) -> None:
    case = clinic.draft()
    rival = client_of(clinic.app, clinic.person("rival"))
    assert rival.get(f"/hospital/cases/{case}", headers=PART).status_code == 404
    assert Stream(rival, f"/hospital/cases/{case}=x").answer.status_code == 404


def test_stream__page_that_leads_elsewhere__is_refused_without_a_message(clinic: Clinic) -> None:
    newcomer = client_of(clinic.app, clinic.person("newcomer"), "en")
    assert Stream(newcomer, "/institution/income=x").answer.status_code == 401
    assert "Apply first" not in newcomer.get("/account").text


# What must not be lost


def test_part__asked_for__leaves_the_messages_of_the_next_page(money: MoneySite) -> None:
    approver = money.browser("approver")
    money.signed(approver.post("/finance/payouts/1/approve").location, "approver")
    bank = money.browser("bank")
    bank.post("/bank/batches/1/simulate")
    assert "The simulated bank has paid" not in bank.get("/bank", headers=PART).text
    assert "The simulated bank has paid" in bank.get("/bank").text


def test_page__that_came_back_with_a_form_to_correct__stays_as_it_is(money: MoneySite) -> None:
    refused = money.browser("bank").post("/bank/deposits", data={"reference": "B-1"})
    assert refused.status_code == 400
    assert "data-live" not in refused.text
    assert 'id="desk"' in refused.text


def test_page__asked_for_by_htmx__is_kept_apart_by_caches() -> None:
    answer = client_of(site()).get("/", headers=PART)
    assert "HX-Request" in answer.headers["Vary"]
    assert "<html" not in answer.text
