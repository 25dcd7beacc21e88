from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.ledger_events import DOCTOR, HOSPITAL
from tests.support.money_site import MoneySite
from tests.web.test_payout_pages import approved

DEPOSIT = {"hospital": str(HOSPITAL), "amount": "1,200.50", "reference": "t2026 0302 7"}


@pytest.fixture
def money(tmp_path: Path) -> MoneySite:
    return MoneySite.on(tmp_path)


def confirm(money: MoneySite, *items: int, reference: str = "B77") -> str:
    chosen = {"item": [str(item) for item in items], "reference": reference}
    answer = money.browser("bank").post("/bank/batches/1/confirm", data=chosen)
    assert answer.status_code == 302, answer.text
    return answer.location


def states(money: MoneySite) -> list[str]:
    return [item.state for item in money.world.offices.batches.page(1).items]


def test_deposit__recorded__shows_its_reference_in_words(money: MoneySite) -> None:
    answer = money.browser("bank").post("/bank/deposits", data=DEPOSIT)
    money.signed(answer.location, "bank")
    page = money.browser("bank").get("/bank").text
    assert "T202603027" in page
    assert "¥1,200.50" in page


def test_deposit__reference_used_before__is_refused_beside_its_field(money: MoneySite) -> None:
    data = DEPOSIT | {"reference": "T2026 0301 00001"}
    answer = money.browser("bank").post("/bank/deposits", data=data)
    assert answer.status_code == 400
    assert "T2026030100001 was recorded before" in answer.text


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"amount": "0"}, "Please write an amount above 0."),
        ({"amount": "1.005"}, "at most two decimals"),
        ({"amount": ""}, "Please fill this in."),
        ({"reference": ""}, "Please fill this in."),
        ({"hospital": str(DOCTOR)}, "Please choose one."),
    ],
)
def test_deposit__that_cannot_be_meant__says_what_to_do(
    money: MoneySite, changed: dict[str, str], sentence: str
) -> None:
    answer = money.browser("bank").post("/bank/deposits", data=DEPOSIT | changed)
    assert answer.status_code == 400
    assert sentence in answer.text


def test_confirm__all_items__pays_the_batch(money: MoneySite) -> None:
    approved(money)
    money.signed(confirm(money, 0, 1), "bank")
    assert states(money) == ["confirmed", "confirmed"]
    assert "B77" in money.browser("preparer").get("/finance/payouts/1").text


def test_confirm__some_items__leaves_the_others_with_the_bank(money: MoneySite) -> None:
    approved(money)
    money.signed(confirm(money, 1), "bank")
    assert states(money) == ["outstanding", "confirmed"]


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"item": ["0"]}, "Please write the bank&#39;s reference of the payment."),
        ({"reference": "B1"}, "Tick at least one item"),
        ({"item": ["7"], "reference": "B1"}, "Tick at least one item"),
        ({"item": ["0"], "reference": "T2026030100001"}, "was recorded before"),
    ],
)
def test_confirm__without_items_or_reference__says_what_is_missing(
    money: MoneySite, data: dict[str, str], sentence: str
) -> None:
    approved(money)
    answer = money.browser("bank").post("/bank/batches/1/confirm", data=data)
    assert answer.status_code == 400
    assert sentence in answer.text


def test_confirm__twice__is_refused(money: MoneySite) -> None:
    approved(money)
    money.signed(confirm(money, 0), "bank")
    answer = money.browser("bank").post("/bank/batches/1/confirm", data={"item": ["0"], "reference": "B78"})
    assert answer.status_code == 400


def test_return__of_a_paid_item__credits_the_payee_again(money: MoneySite) -> None:
    approved(money)
    money.signed(confirm(money, 0, 1), "bank")
    data = {"item": "1", "reference": "R5"}
    money.signed(money.browser("bank").post("/bank/batches/1/return", data=data).location, "bank")
    assert states(money) == ["confirmed", "returned"]
    again = money.browser("bank").post("/bank/batches/1/return", data=data | {"reference": "R6"})
    assert again.status_code == 400
    assert "cannot come back" in again.text


def test_return__without_reference__says_so(money: MoneySite) -> None:
    approved(money)
    answer = money.browser("bank").post("/bank/batches/1/return", data={"item": "1"})
    assert answer.status_code == 400
    assert "reference of the return" in answer.text


def test_simulation__pays_and_prints_a_statement_that_matches(money: MoneySite) -> None:
    approved(money)
    money.browser("bank").post("/bank/batches/1/simulate")
    money.world.carry()
    money.world.settle()
    assert states(money) == ["confirmed", "confirmed"]
    file = money.browser("bank").get("/bank/statement.csv?batch=1")
    assert "HZ000001-02" in file.data.decode("gb18030")
    money.world.offices.files.receive("bank.csv", file.data, money.people["preparer"].party or DOCTOR)
    money.world.offices.files.work()
    proof = money.world.offices.today.today().proof
    assert proof.holds
    assert proof.bank is not None
    assert proof.bank.amount == proof.ledger == 7_500_000 - 726_750 - 1_433_616
    again = money.browser("bank").post("/bank/batches/1/simulate")
    assert again.status_code == 400
