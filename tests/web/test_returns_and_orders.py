"""Money that came back, files in either order, transactions that no block holds yet."""

from __future__ import annotations

from pathlib import Path

import pytest

from huizhen.db.office.statements import StatementRow, StatementStatus
from huizhen.domain.money import Fen
from tests.support.ledger_events import BANK, HOSPITAL, fake_hash
from tests.support.money_site import MoneySite
from tests.web.test_bank_pages import confirm
from tests.web.test_matching_pages import CERTAIN, LIKELY, bench, imported
from tests.web.test_payout_pages import approved

PAID = "2026-03-03,P1,转账,,结算款,14336.16,,60663.84,6222021001100101234,李文静,HZ000001-02"
BACK = "2026-03-03,P2,退票,,退票,,14336.16,75000.00,6222021001100101234,李文静,退票 HZ000001-02"


@pytest.fixture
def money(tmp_path: Path) -> MoneySite:
    return MoneySite.on(tmp_path)


def sent_back(money: MoneySite) -> None:
    data = {"item": "1", "reference": "R1"}
    location = money.browser("bank").post("/bank/batches/1/return", data=data).location
    money.signed(location, "bank")
    money.world.settle()


def test_return__after_payment__links_both_ways_and_the_proof_holds(money: MoneySite) -> None:
    approved(money)
    money.signed(confirm(money, 1), "bank")
    sent_back(money)
    second = LIKELY.replace(",来款", ",T2026030100002")
    imported(money, CERTAIN, second, PAID, BACK)
    linked = {match.expected[0].reference for match in bench(money).linked}
    assert linked == {"T2026030100001", "T2026030100002", "HZ000001-02", "HZ000001-02-R"}
    proof = money.world.offices.today.today().proof
    assert (proof.holds, proof.difference) == (True, 0)


def test_return__before_payment__is_expected_only_if_the_bank_shows_it(money: MoneySite) -> None:
    approved(money)
    sent_back(money)
    imported(money, CERTAIN)
    expected = {item.reference for each in bench(money).leftover for item in each.expected}
    assert expected == {"T2026030100002", "HZ000001-01"}
    imported(money, PAID, BACK)
    linked = {match.expected[0].reference for match in bench(money).linked}
    assert {"HZ000001-02", "HZ000001-02-R"} <= linked


def test_return__that_nobody_recorded_on_chain__is_an_exception_of_its_own(money: MoneySite) -> None:
    approved(money)
    money.signed(confirm(money, 1), "bank")
    money.world.settle()
    imported(money, PAID, BACK)
    assert "returned" in [each.kind.value for each in bench(money).leftover]


@pytest.mark.parametrize("newest_first", [False, True])
def test_proof__file_in_either_order__takes_the_closing_balance(money: MoneySite, newest_first: bool) -> None:
    rows = [CERTAIN, LIKELY.replace(",来款", ",T2026030100002")]
    imported(money, *(reversed(rows) if newest_first else rows))
    proof = money.world.offices.today.today().proof
    assert proof.bank is not None
    assert (proof.bank.serial, proof.bank.amount, proof.holds) == ("S2", 7_500_000, True)


@pytest.mark.parametrize(
    ("status", "words"),
    [(StatementStatus.SUBMITTED, "stands in no block yet"), (StatementStatus.REFUSED, "The hour is taken")],
)
def test_transaction__in_no_block__says_how_it_stands(
    money: MoneySite, status: StatementStatus, words: str
) -> None:
    tx_hash = fake_hash("not mined")
    proposed = money.world.offices.bank.deposit(BANK, HOSPITAL, Fen(500), "Q9")
    with money.world.stores.office.writing() as session:
        row = session.get_one(StatementRow, proposed.id)
        row.status, row.tx_hash = status, tx_hash
        if status is StatementStatus.REFUSED:
            row.refusal_name = "SlotTaken"
            row.refusal = {"zh": "时段已被占用", "en": "The hour is taken", "arguments": {}}
    page = money.browser().get(f"/chain/tx/{tx_hash}").text
    assert words in page
