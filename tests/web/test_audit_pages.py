from __future__ import annotations

import csv
from io import StringIO
from pathlib import Path

import pytest

from huizhen.domain import chain_events as on
from huizhen.domain.money import Fen
from huizhen.services.statements import StatementView
from huizhen_web.shown import local
from tests.support.ledger_events import AUTHORITY, DOCTOR, GROUP, HOSPITAL, NOWHERE, fake_hash
from tests.support.ledger_world import DAY
from tests.support.money_site import MoneySite


@pytest.fixture
def money(tmp_path: Path) -> MoneySite:
    return MoneySite.on(tmp_path)


def at(unix: int) -> str:
    return local(unix).replace(" ", "T")


def search(money: MoneySite, text: str) -> str:
    answer = money.browser().get("/audit", query_string={"q": text})
    return answer.location if answer.status_code == 302 else answer.text


def test_search__leads_to_what_a_hash_or_reference_names(money: MoneySite) -> None:
    tx_hash = fake_hash("tx", 14)
    assert search(money, tx_hash) == f"/chain/tx/{tx_hash}"
    assert search(money, tx_hash[2:].upper()) == f"/chain/tx/{tx_hash}"
    assert search(money, fake_hash("block", 20)) == "/chain/blocks/20"
    assert search(money, fake_hash("terms", 2)) == "/chain/consultations/2"
    assert search(money, fake_hash("licence", DOCTOR)) == f"/parties/{DOCTOR}"
    assert search(money, "t2026030100001").startswith("/chain/tx/0x")


def test_search__number__offers_everything_that_has_it(money: MoneySite) -> None:
    page = search(money, "2")
    assert "Kunming Tax Office" in page
    assert "Consultation 2" in page
    assert "Block 2" in page


@pytest.mark.parametrize("text", ["HZ000009", "nothing like it", "0x" + "ef" * 32, "9" * 90, "<script>"])
def test_search__nothing__says_what_to_check(money: MoneySite, text: str) -> None:
    page = search(money, text)
    assert "Nothing found for" in page
    assert "<script>" not in page


def test_transaction__tells_its_events_in_words(money: MoneySite) -> None:
    page = money.browser().get(f"/chain/tx/{fake_hash('tx', 14)}").text
    assert "Dianchi People&#39;s Hospital paid in ¥50,000.00" in page
    assert "came into custody" in page
    assert "Final" in page


def test_transaction__not_final_yet__says_confirming_and_polls(money: MoneySite) -> None:
    tx_hash = money.world.deposit(HOSPITAL, 100, "NEW9")
    page = money.browser().get(f"/chain/tx/{tx_hash}").text
    assert "Confirming" in page
    assert f"/chain/tx/{tx_hash}/state" in page


def test_blocks__say_what_is_final(money: MoneySite) -> None:
    money.world.deposit(HOSPITAL, 100, "NEW9")
    page = money.browser().get("/chain/blocks").text
    assert "Confirming" in page
    assert "Consultation 2 was settled" in page


def test_story__of_a_consultation__is_told_from_booking_to_settlement(money: MoneySite) -> None:
    page = money.browser(None, "zh").get("/chain/consultations/1").text
    assert (
        page.index("预约了第1号会诊") < page.index("托管款¥17,000.00已分账") < page.index("第1号会诊已结算")
    )


def test_party__shows_public_facts_and_no_licence_number(money: MoneySite) -> None:
    page = money.browser().get(f"/parties/{DOCTOR}").text
    assert "National Accreditation Centre accredited Li Wenjing" in page
    assert "Southwest Neurosurgery Group" in page
    assert "110530000001234" not in money.browser().get("/parties/12").text


def licence(money: MoneySite, moment: int, doctor: int = DOCTOR) -> str:
    return money.browser().get(f"/audit/licence?doctor={doctor}&at={at(moment)}").text


def test_licence__at_a_time__follows_what_the_chain_had_said(money: MoneySite) -> None:
    world = money.world
    before = world.now
    world.mine(on.Suspended(NOWHERE, DOCTOR, AUTHORITY, fake_hash("reason")), after=DAY)
    suspended = world.now
    world.mine(on.Reinstated(NOWHERE, DOCTOR, AUTHORITY), after=DAY)
    assert "Licensed at that time" in licence(money, before)
    assert "Suspended at that time" in licence(money, suspended + 3600)
    assert "Licensed at that time" in licence(money, world.now + 3600)
    assert "Not accredited yet at that time" in licence(money, before - 30 * DAY)
    assert "The licence had ended by then" in licence(money, before + 900 * DAY)


def test_licence__names_where_the_doctor_practised(money: MoneySite) -> None:
    practised = licence(money, money.world.now).partition("Practised at")[2].partition("Proof")[0]
    assert "Dianchi" in practised
    later = licence(money, money.world.now + 400 * DAY).partition("Practised at")[2].partition("Proof")[0]
    assert "Dianchi" not in later


@pytest.mark.parametrize("query", ["doctor=8&at=2026-03-05T12:00", "doctor=&at=", "doctor=9&at=yesterday"])
def test_licence__question_that_cannot_be_meant__says_what_to_write(money: MoneySite, query: str) -> None:
    assert money.browser().get(f"/audit/licence?{query}").status_code == 400


def test_groups__at_a_time__are_those_founded_with_members_of_then(money: MoneySite) -> None:
    world = money.world
    before = world.now
    world.mine(on.MemberJoined(NOWHERE, GROUP, HOSPITAL, 1), after=DAY)
    joined = world.now
    world.mine(on.MemberLeft(NOWHERE, GROUP, HOSPITAL, 1), after=DAY)
    counts = [
        money.world.offices.parties.groups_at(moment)[0].members for moment in (before, joined, world.now)
    ]
    assert [len(members) for members in counts] == [1, 2, 1]
    page = money.browser().get(f"/audit/groups?at={at(before - 100 * DAY)}").text
    assert "No group had been founded by that time" in page


def sent(money: MoneySite) -> StatementView:
    proposed = money.world.offices.bank.deposit(
        money.people["bank"].party or AUTHORITY, HOSPITAL, Fen(5), "Q1"
    )
    money.world.sign(proposed, proposed.proposer)
    return proposed


def test_statements__log__names_proposer_digest_and_end(money: MoneySite) -> None:
    proposed = sent(money)
    page = money.browser("auditor").get("/audit/statements").text
    assert "Hailan Settlement Bank" in page
    assert proposed.digest in page
    assert search(money, proposed.digest).startswith("/chain/tx/")


def test_ledger__csv__holds_final_entries_that_sum_to_custody(money: MoneySite) -> None:
    money.world.deposit(HOSPITAL, 100, "NEW9")
    answer = money.browser("auditor").get("/audit/ledger.csv?first=2026-03-01&last=2026-03-31")
    rows = list(csv.DictReader(StringIO(answer.data.decode("utf-8-sig"))))
    custody = [row for row in rows if row["bucket"] == "custody"]
    assert [row["amount_yuan"] for row in custody] == ["50000.00", "25000.00"]
    assert {row["kind"] for row in rows} == {"deposit", "escrow", "leg"}
    legs = [row for row in rows if row["leg"] == "seat" and row["party"] == str(DOCTOR)]
    assert [row["amount_yuan"] for row in legs] == ["8550.00", "5985.00"]


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("first=2026-03-31&last=2026-03-01", "lies before the first"),
        ("first=&last=2026-03-01", "Please choose a day."),
        ("", "Please choose a day."),
    ],
)
def test_ledger__period_that_cannot_be__says_why(money: MoneySite, query: str, sentence: str) -> None:
    answer = money.browser("auditor").get(f"/audit/ledger.csv?{query}")
    assert answer.status_code == 400
    assert sentence in answer.text


@pytest.mark.parametrize(
    "address",
    [
        f"/chain/blocks/{10**30}",
        f"/chain/consultations/{10**30}",
        f"/chain/blocks?page={10**30}",
        f"/parties/{10**30}",
        "/audit/ledger.csv?first=2026-01-01&last=9999-12-31",
    ],
)
def test_number_or_day__beyond_what_a_store_holds__is_not_there(money: MoneySite, address: str) -> None:
    answer = money.browser("auditor").get(address)
    assert answer.status_code == 404
    assert "Check the address" in answer.text
