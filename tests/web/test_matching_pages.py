from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest

from huizhen.errors import NodeError
from huizhen.services.workbench import Bench
from tests.support.ledger_events import PREPARER
from tests.support.money_site import MoneySite

HEAD = "交易日期,流水号,凭证种类,凭证号,摘要,借方金额,贷方金额,余额,对方账号,对方户名,备注"
CERTAIN = "2026-03-03,S1,转账,,预存款,,50000.00,50000.00,6222021001100108888,昆明滇池人民医院,T2026030100001"
LIKELY = "2026-03-03,S2,转账,,预存款,,25000.00,75000.00,,昆明滇池人民医院,来款"
INTEREST = "2026-03-04,S3,结息,,利息,,12.34,75012.34,,海澜结算银行,结息"
BROKEN = "2026-03-04,S4,转账,,费,abc,,75000.00,,某公司,坏行"


def statement(*rows: str) -> bytes:
    return "\r\n".join((HEAD, *rows)).encode("gb18030")


@pytest.fixture
def money(tmp_path: Path) -> MoneySite:
    return MoneySite.on(tmp_path)


def upload(money: MoneySite, content: bytes, name: str = "三月.csv") -> str:
    data = {"file": (BytesIO(content), name)}
    answer = money.browser("preparer").post("/finance/bank-files", data=data)
    assert answer.status_code == 302, answer.text
    return answer.location


def imported(money: MoneySite, *rows: str) -> str:
    address = upload(money, statement(*rows))
    assert money.world.offices.files.work()
    return address


def bench(money: MoneySite) -> Bench:
    return money.world.offices.workbench.bench()


def post(money: MoneySite, address: str, **data: str | list[str]) -> str:
    """Both officers work at the same bench: the approver acts here."""
    browser = money.browser("approver")
    answer = browser.post(f"/finance/matching{address}", data=data)
    assert answer.status_code == 302
    return browser.get("/finance/matching").text


def test_import__waits_for_the_worker_and_then_shows_each_line(money: MoneySite) -> None:
    address = upload(money, statement(CERTAIN, LIKELY))
    assert "Waiting to be read" in money.browser("preparer").get(address).text
    assert money.world.offices.files.work()
    assert not money.world.offices.files.work()
    page = money.browser("approver").get(address).text
    assert "Read and matched" in page
    assert "Matched" in page
    assert "Suggested" in page


def test_import__broken_row__is_reported_with_its_line_and_the_others_are_kept(money: MoneySite) -> None:
    page = money.browser("preparer").get(imported(money, CERTAIN, BROKEN, LIKELY)).text
    assert "Broken row, left out" in page
    assert "“abc” is not an amount" in page
    assert [doubt.row for doubt in money.world.offices.files.page(1).doubts] == [3]
    assert [line.serial for line in money.world.offices.files.page(1).lines] == ["S1", "S2"]


def test_import__the_same_file_twice__is_refused_by_its_digest(money: MoneySite) -> None:
    imported(money, CERTAIN)
    data = {"file": (BytesIO(statement(CERTAIN)), "again.csv")}
    answer = money.browser("approver").post("/finance/bank-files", data=data)
    assert answer.status_code == 400
    assert "it was not imported again" in answer.text


def test_import__overlapping_file__counts_each_serial_once(money: MoneySite) -> None:
    imported(money, CERTAIN)
    imported(money, CERTAIN, LIKELY)
    file = money.world.offices.files.page(2).file
    assert (file.lines, file.known) == (1, 1)


def test_import__a_serial_with_another_amount__is_reported(money: MoneySite) -> None:
    imported(money, CERTAIN)
    imported(money, CERTAIN.replace("50000.00", "60000.00"))
    assert [doubt.kind for doubt in money.world.offices.files.page(2).doubts] == ["conflict"]


def test_import__no_statement_at_all__says_what_is_missing(money: MoneySite) -> None:
    address = upload(money, b"hello, world")
    money.world.offices.files.work()
    page = money.browser("preparer").get(address).text
    assert "Unreadable" in page
    assert "export the statement again" in page


@pytest.mark.parametrize("content", [None, b""])
def test_import__nothing_chosen_or_an_empty_file__says_so(money: MoneySite, content: bytes | None) -> None:
    data = {} if content is None else {"file": (BytesIO(content), "empty.csv")}
    answer = money.browser("preparer").post("/finance/bank-files", data=data)
    assert answer.status_code == 400


def test_import__worker_died_while_reading__begins_the_file_again(money: MoneySite) -> None:
    upload(money, statement(CERTAIN, LIKELY))
    files = money.world.offices.files
    read = files.reader.read(statement(CERTAIN))
    files._store(1, read)
    assert files.work()
    assert files.page(1).file.matched_at is not None


def test_bench__certain_is_linked_likely_is_suggested_the_rest_has_a_reason(money: MoneySite) -> None:
    imported(money, CERTAIN, LIKELY, INTEREST)
    found = bench(money)
    assert [match.observed[0].reference for match in found.linked] == ["S1"]
    assert [match.observed[0].reference for match in found.suggested] == ["S2"]
    assert [each.kind.value for each in found.leftover] == ["bank_received_not_by_us"]
    page = money.browser("preparer").get("/finance/matching").text
    assert "Received by the bank, not by us" in page
    assert page.count("data-row") == 3


def test_accept__a_suggestion__links_it_under_a_name(money: MoneySite) -> None:
    imported(money, LIKELY)
    page = post(money, "/1/accept")
    assert "Chen Li" in page.partition('id="linked"')[2]
    assert not bench(money).suggested
    assert "dealt with already" in post(money, "/1/accept")


def test_dismiss__a_suggestion__is_never_made_again(money: MoneySite) -> None:
    imported(money, LIKELY)
    post(money, "/1/dismiss")
    page = post(money, "/run")
    assert not bench(money).suggested
    assert "suggests 0" in page
    assert "Dismissed" in money.browser("preparer").get("/finance/matching/history").text


def test_undo__a_link__keeps_it_in_the_history_and_frees_both_sides(money: MoneySite) -> None:
    imported(money, CERTAIN)
    post(money, "/1/undo", why="the wrong hospital")
    found = bench(money)
    assert not found.linked
    assert {item.reference for each in found.leftover for item in (*each.expected, *each.observed)} >= {
        "S1",
        "T2026030100001",
    }
    history = money.browser("preparer").get("/finance/matching/history").text
    assert "the wrong hospital" in history
    assert "Chen Li" in history


def test_undo__without_a_reason__changes_nothing(money: MoneySite) -> None:
    imported(money, CERTAIN)
    assert "Write why the link is undone" in post(money, "/1/undo", why=" ")
    assert len(bench(money).linked) == 1


def test_link__by_hand__needs_equal_sums(money: MoneySite) -> None:
    imported(money, LIKELY, INTEREST)
    post(money, "/1/dismiss")
    page = post(money, "/link", expected=["T2026030100002"], observed=["S3"])
    assert "¥25,000.00 in the ledger, ¥12.34 at the bank" in page
    page = post(money, "/link", expected=["T2026030100002"], observed=["S2"], why="asked the bank")
    assert "Linked by hand: asked the bank" in page
    assert "is linked already" in post(money, "/link", expected=["T2026030100002"], observed=["S2"])


def test_link__overtakes_the_suggestion_that_it_contradicts(money: MoneySite) -> None:
    imported(money, LIKELY)
    post(money, "/link", expected=["T2026030100002"], observed=["S2"])
    found = bench(money)
    assert (found.suggested_count, found.linked_count) == (0, 1)


@pytest.mark.parametrize("data", [{}, {"expected": ["T2026030100002"]}, {"observed": ["S2"]}])
def test_link__one_side_alone__says_what_to_tick(money: MoneySite, data: dict[str, list[str]]) -> None:
    imported(money, LIKELY)
    assert "at least one item on each side" in post(money, "/link", **data)


def test_match__that_is_not_there__is_404(money: MoneySite) -> None:
    assert money.browser("preparer").post("/finance/matching/99/accept").status_code == 404


def test_proof__before_any_file__waits_for_one(money: MoneySite) -> None:
    page = money.browser("preparer").get("/finance").text
    assert "Waiting for a bank file" in page


def test_proof__node_that_is_down__is_not_said_to_agree(
    money: MoneySite, monkeypatch: pytest.MonkeyPatch
) -> None:
    imported(money, CERTAIN, LIKELY, INTEREST)

    def down(_self: object, _block: int) -> None:
        raise NodeError("断线", "gone")

    monkeypatch.setattr(type(money.world.chain), "custody_at", down)
    page = money.browser("preparer").get("/finance").text
    assert "The node does not answer" in page
    assert "All figures agree" not in page


def test_proof__interest_that_nobody_recorded__is_in_transit(money: MoneySite) -> None:
    imported(money, CERTAIN, LIKELY, INTEREST)
    proof = money.world.offices.today.today().proof
    assert proof.bank is not None
    assert (proof.ledger, proof.bank.amount, proof.difference) == (7_500_000, 7_501_234, 0)
    page = money.browser("preparer").get("/finance").text
    assert "All figures agree" in page
    assert "-¥25,012.34" in page  # the suggestion is no link yet


def test_proof__missing_lines__shows_the_difference(money: MoneySite) -> None:
    imported(money, LIKELY.replace("75000.00", "75100.00"))
    page = money.browser("preparer").get("/finance").text
    assert "The figures differ" in page
    assert "Lines of the bank are missing here" in page


def test_proof__only_final_blocks_count(money: MoneySite) -> None:
    money.world.deposit(money.world.offices.bank.hospitals()[0].party, 100, "NEW1")
    assert money.world.offices.today.today().proof.ledger == 7_500_000
    money.world.settle()
    assert money.world.offices.today.today().proof.ledger == 7_500_100


def test_run__said_in_a_sentence(money: MoneySite) -> None:
    money.world.offices.files.receive("a.csv", statement(CERTAIN), PREPARER)
    money.world.offices.files.work()
    assert "The run linked 0, suggests 0 and leaves 1." in post(money, "/run")
