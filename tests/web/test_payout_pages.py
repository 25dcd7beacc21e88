from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import load_workbook
from sqlalchemy import delete

from huizhen.db.office.payout_destinations import PayoutDestination
from huizhen.domain import chain_events as on
from huizhen.domain.chain_events import PayoutItem
from huizhen.domain.chain_ids import BatchId, Hash32, Mask64
from huizhen.domain.money import Fen
from huizhen.domain.statuses import ItemStatus
from huizhen.services.payouts import Choice
from tests.support.ledger_events import APPROVER, DOCTOR, GROUP, HOSPITAL, NOWHERE, PREPARER, SECOND_APPROVER
from tests.support.money_site import MoneySite

PICKED = {
    "pick": ["8", "9"],
    "gross-8": "7267.50",
    "gross-9": "14,535.00",
    "withheld-9": "",
    "reason-9": "",
}


@pytest.fixture
def money(tmp_path: Path) -> MoneySite:
    return MoneySite.on(tmp_path)


def prepare(money: MoneySite, **changed: str) -> str:
    answer = money.browser("preparer").post("/finance/payouts", data=PICKED | changed)
    assert answer.status_code == 302, answer.text
    return answer.location


def prepared(money: MoneySite) -> None:
    money.signed(prepare(money), "preparer")


def approved(money: MoneySite) -> None:
    prepared(money)
    location = money.browser("approver").post("/finance/payouts/1/approve").location
    money.signed(location, "approver")


def test_builder__shows_tax_by_rule_and_who_is_left_out(money: MoneySite) -> None:
    page = money.browser("preparer").get("/finance/payouts/new").text
    assert "Li Wenjing" in page
    assert "¥198.84" in page
    assert "**** 1234" in page
    assert "Zhao Haifeng" in page.partition("Left out for now")[2]
    assert "It has named no account yet" in page


def test_prepare__items__ascend_and_carry_the_tax_of_the_rule(money: MoneySite) -> None:
    prepared(money)
    page = money.world.offices.batches.page(1)
    assert [(i.party, i.gross, i.withheld) for i in page.items] == [
        (HOSPITAL, 726_750, 0),
        (DOCTOR, 1_453_500, 19_884),
    ]
    assert page.row.state == "prepared"


def test_prepare__other_tax_with_a_reason__keeps_both_on_the_batch(money: MoneySite) -> None:
    money.signed(prepare(money, **{"withheld-9": "150", "reason-9": "paid elsewhere"}), "preparer")
    page = money.browser("approver").get("/finance/payouts/1").text
    assert "by rule ¥198.84: paid elsewhere" in page


def test_batch__a_payee_that_changed_its_account__warns_the_approver_before_signing(money: MoneySite) -> None:
    prepared(money)
    assert "approving leaves this item out" not in money.browser("approver").get("/finance/payouts/1").text
    money.world.name_account(DOCTOR, "6222021001100107777", "李文静")
    page = money.browser("approver").get("/finance/payouts/1").text
    assert page.count("Its payout account has changed since: approving leaves this item out.") == 1
    assert money.browser("approver").post("/finance/payouts/1/approve").location.startswith("/statements/")


def test_batch__a_payee_without_enough_credit__warns_the_approver_before_signing(money: MoneySite) -> None:
    prepared(money)
    other = PayoutItem(DOCTOR, Fen(1), Fen(0), Hash32("0x" + "01" * 32))
    money.world.mine(
        on.PayoutPrepared(NOWHERE, BatchId(2), PREPARER, (other,)),
        on.PayoutApproved(NOWHERE, BatchId(2), APPROVER, Mask64(1), Fen(1), Fen(0)),
    )
    page = money.browser("approver").get("/finance/payouts/1").text
    assert "Its credit is ¥14,534.99 now, less than the gross amount" in page


def test_approve__when_no_item_fits_any_more__says_to_draw_up_a_new_batch(money: MoneySite) -> None:
    prepared(money)
    for party, number in ((HOSPITAL, "6222021001100106666"), (DOCTOR, "6222021001100107777")):
        money.world.name_account(party, number, "李文静")
    browser = money.browser("approver")
    assert browser.post("/finance/payouts/1/approve").location.endswith("/finance/payouts/1")
    assert "Draw up a new batch." in browser.get("/finance/payouts/1").text


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"withheld-9": "150"}, "write why"),
        ({"withheld-9": "20000", "reason-9": "x"}, "must lie between 0 and its gross amount"),
        ({"gross-9": "14535.01"}, "must be above 0 and at most ¥14,535.00"),
        ({"gross-9": "0"}, "must be above 0"),
        ({"gross-9": "a lot"}, "is not an amount"),
        ({"gross-9": ""}, "Please write the gross amount."),
    ],
)
def test_prepare__what_cannot_be_paid__says_what_to_mend(
    money: MoneySite, changed: dict[str, str], sentence: str
) -> None:
    answer = money.browser("preparer").post("/finance/payouts", data=PICKED | changed)
    assert answer.status_code == 400
    assert sentence in answer.text
    assert not money.world.statements.of_subject("batch:1")


def test_prepare__nobody_ticked__says_so(money: MoneySite) -> None:
    answer = money.browser("preparer").post("/finance/payouts", data={})
    assert answer.status_code == 400
    assert "A batch has 1 to 64 payees" in answer.text


def test_prepare__again_while_under_way__is_refused(money: MoneySite) -> None:
    prepare(money)
    answer = money.browser("preparer").post("/finance/payouts", data=PICKED)
    assert answer.status_code == 400
    assert "under way" in answer.text


def test_approve__by_another_officer__releases_the_batch(money: MoneySite) -> None:
    approved(money)
    page = money.browser("approver").get("/finance/payouts/1").text
    assert "At the bank" in page
    assert "Chen Li approved payout batch 1" in page


def test_approve__by_its_preparer__is_refused_before_the_chain(money: MoneySite) -> None:
    proposed = money.world.offices.payouts.prepare(SECOND_APPROVER, [Choice(DOCTOR, Fen(10_000))])
    money.world.sign(proposed, SECOND_APPROVER)
    browser = money.browser("second")
    assert "You prepared this batch" in browser.get("/finance/payouts/1").text
    shown = browser.post("/finance/payouts/1/approve", follow_redirects=True).text
    assert "The one who prepared a batch cannot approve it" in shown
    assert [each.function for each in money.world.statements.of_subject("batch:1")] == ["preparePayout"]


def test_approve__twice__says_that_it_is_done(money: MoneySite) -> None:
    approved(money)
    shown = money.browser("second").post("/finance/payouts/1/approve", follow_redirects=True).text
    assert "This batch was approved already" in shown


def test_batch__nobody_approved_in_time__says_that_no_money_moved(money: MoneySite) -> None:
    prepared(money)
    money.world.mine(after=8 * 24 * 3600)
    page = money.browser("approver").get("/finance/payouts/1").text
    assert "Prepare a new one: no money has moved" in page
    assert "Review and approve" not in page


def test_batch__items_left_out_at_approval__are_named(money: MoneySite) -> None:
    prepared(money)
    executed = on.PayoutApproved(NOWHERE, BatchId(1), APPROVER, Mask64(0b01), Fen(726_750), Fen(0))
    money.world.mine(executed)
    page = money.world.offices.batches.page(1)
    assert [item.status for item in page.items] == [ItemStatus.OUTSTANDING, ItemStatus.LEFT_OUT]
    shown = money.browser("approver").get("/finance/payouts/1").text
    assert "had changed: Li Wenjing. The money is still their credit." in shown


def test_instruction__csv__stores_two_decimals_and_our_references(money: MoneySite) -> None:
    approved(money)
    answer = money.browser("preparer").get("/finance/payouts/1/instruction.csv")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="HZ000001.csv"'
    lines = answer.data.decode("gb18030").split("\r\n")
    assert lines[2] == "1,\t6222021001100108888,昆明滇池人民医院,中国工商银行,7267.50,HZ000001-01"
    assert lines[3] == "2,\t6222021001100101234,李文静,中国工商银行,14336.16,HZ000001-02"


def test_instruction__workbook__holds_text_alone(money: MoneySite) -> None:
    approved(money)
    answer = money.browser("bank").get("/bank/batches/1/instruction.xlsx")
    sheet = load_workbook(BytesIO(answer.data)).worksheets[0]
    assert [cell.value for cell in sheet[3]][3:] == ["中国工商银行", "7267.50", "HZ000001-01"]
    assert all(cell.data_type == "s" for cell in sheet[3])


def test_instruction__account_that_is_not_known_here__leaves_nobody_out(money: MoneySite) -> None:
    approved(money)
    with money.world.stores.office.writing() as session:
        session.execute(delete(PayoutDestination).where(PayoutDestination.party == DOCTOR))
    answer = money.browser("bank").get("/bank/batches/1/instruction.csv")
    assert answer.status_code == 400
    assert "The accounts of HZ000001-02 are not known here" in answer.text


def test_instruction__before_approval__says_when_there_is_one(money: MoneySite) -> None:
    prepared(money)
    answer = money.browser("preparer").get("/finance/payouts/1/instruction.csv")
    assert answer.status_code == 400
    assert "between approval and payment" in answer.text


def test_today__lists_what_waits_for_the_second_officer(money: MoneySite) -> None:
    prepared(money)
    page = money.browser("approver").get("/finance").text
    assert "prepared by Zhou Min" in page
    assert "¥21,603.66" in page


def test_paid_again__after_a_return__is_not_taxed_twice(money: MoneySite) -> None:
    approved(money)
    back = money.world.offices.bank.send_back(money.people["bank"].party or DOCTOR, 1, 1, "R1")
    money.world.sign(back, money.people["bank"].party or DOCTOR)
    payee = next(p for p in money.world.offices.payouts.builder().ready if p.party == DOCTOR)
    assert (payee.credit, payee.tax.withheld) == (1_433_616, 0)
    assert GROUP in {p.party for p in money.world.offices.payouts.builder().ready}
