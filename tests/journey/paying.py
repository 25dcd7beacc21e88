"""From credit to a matched bank line: account, batch by two officers, the bank, its file, the proof."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import expect

from tests.journey.people import FINAL_MS, Person, Town

ACCOUNT = "6222020200112233445"


def name_account(doctor: Person) -> None:
    doctor.visit("/doctor/payout-account")
    doctor.write("Account number", ACCOUNT)
    doctor.field("Bank").select_option(index=1)
    doctor.press("Go on to the signature")
    doctor.signs()
    doctor.awaits_final()


def wait_48_hours(doctor: Person) -> None:
    doctor.press("+48 hours", doctor.page.locator("footer"))
    doctor.sees("The demo clock has moved. Deadlines that passed are now due.")
    doctor.visit("/doctor/payout-account")
    doctor.photograph("50-payout-account")


def prepare(town: Town, payee: str) -> str:
    """Everybody with credit is paid, the new doctor among them. Answers the batch's address."""
    preparer = town.enter("preparer@demo.example")
    preparer.photograph("51-finance-today")
    preparer.follow("Prepare a batch")
    expect(
        preparer.page.get_by_role("checkbox", name=preparer.word("Pay %(name)s", name=payee))
    ).to_be_checked()
    preparer.photograph("52-builder")
    number = re.search(r"\d+", preparer.page.get_by_role("heading", level=1).inner_text())
    assert number
    preparer.press("Review and sign")
    preparer.signs()
    preparer.awaits_final()
    preparer.visit(f"/finance/payouts/{number[0]}")
    preparer.sees("You prepared this batch: somebody else has to approve it.")
    expect(preparer.button("Review and approve")).to_have_count(0)
    preparer.photograph("53-prepared")
    return number[0]


def approve(town: Town, batch: str) -> None:
    approver = town.enter("approver@demo.example")
    approver.visit(f"/finance/payouts/{batch}")
    approver.press("Review and approve")
    approver.signs()
    approver.awaits_final()
    approver.visit(f"/finance/payouts/{batch}")
    approver.photograph("54-approved")


def execute(town: Town, batch: str, folder: Path) -> Path:
    """The bank pays, confirms under its signature, and exports its statement."""
    bank = town.enter("bank@demo.example")
    bank.photograph("55-bank")
    bank.visit(f"/bank/batches/{batch}")
    bank.press("Simulate the bank: execute this batch")
    bank.sees("The simulated bank has paid. Take its statement file and let finance import it.")
    expect(bank.page.locator("#batch .badge.good", has_text=bank.word("Paid")).first).to_be_visible(
        timeout=FINAL_MS
    )
    bank.photograph("56-executed")
    bank.turn_to("Bank desk")
    with bank.page.expect_download() as taken:
        bank.follow("Statement file (simulated)")
    file = folder / taken.value.suggested_filename
    taken.value.save_as(file)
    return file


@dataclass(frozen=True, slots=True)
class Damaged:
    """A statement in which a hand has broken the amounts of the first row; `line` is that row's, `rows` are all."""

    file: Path
    line: int
    rows: int

    @classmethod
    def copy_of(cls, file: Path) -> Damaged:
        lines = file.read_bytes().decode("gb18030").splitlines(keepends=True)
        line = next(number for number, text in enumerate(lines, start=1) if "流水号" in text) + 1
        lines[line - 1] = re.sub(r"\d(?=\d*\.\d\d\b)", "l", lines[line - 1])
        copy = file.with_name("damaged-" + file.name)
        copy.write_bytes("".join(lines).encode("gb18030"))
        # Below the rows stand the totals alone.
        return cls(copy, line, len(lines) - line)


def import_file(officer: Person, file: Path) -> None:
    officer.turn_to("Bank files")
    officer.page.get_by_label(officer.word("Statement file")).set_input_files(file)
    officer.press("Import")
    read = officer.page.locator("#file .badge", has_text=officer.word("Read and matched"))
    expect(read).to_be_visible(timeout=FINAL_MS)


def check_damaged(officer: Person, damaged: Damaged) -> None:
    """The broken row is named with its line; all others were taken."""
    broken = officer.row(officer.word("Broken row, left out"))
    expect(broken.get_by_role("cell").first).to_have_text(str(damaged.line))
    assert officer.fact("New lines").inner_text() == str(damaged.rows - 1)
    officer.photograph("57-damaged-file")


def check_matched(officer: Person, payee: str) -> None:
    """The sound file brings the missing row alone; the payout stands beside its bank line, and all figures agree."""
    assert officer.fact("New lines").inner_text() == "1"
    officer.photograph("58-sound-file")
    officer.turn_to("Matching")
    pair = officer.page.locator("#linked article", has_text=payee)
    expect(pair.first).to_be_visible()
    officer.photograph("59-matching")
    officer.turn_to("Finance today")
    officer.sees("All figures agree")
    proof = officer.card("Balance proof")
    sums = {
        row.locator("td").first.inner_text(): row.locator("data.amount").inner_text()
        for row in proof.locator("tr.sum").all()
    }
    word = officer.word
    assert sums[word("Ledger: custody")] == sums[word("Chain: custody")] == sums[word("Bank, adjusted")]
    assert sums[word("Difference")] == "¥0.00"
    officer.photograph("60-proof")


def find_payout(town: Town, doctor: Person, batch: str) -> None:
    """The auditor has the transaction from the doctor's own page, and reads on to who was paid."""
    doctor.turn_to("Income")
    doctor.photograph("61-income")
    paid = doctor.row(doctor.word("Paid")).locator("a.hash").first.get_attribute("href")
    assert paid
    auditor = town.enter("auditor@demo.example")
    auditor.photograph("62-auditor")
    auditor.write("Hash, number or reference", paid.rsplit("/", 1)[1])
    auditor.press("Search")
    auditor.photograph("63-transaction")
    auditor.follow("Payout batch %(number)s on chain", number=batch)
    for closed in auditor.page.locator("main summary").all():
        closed.click()
    auditor.reads(re.compile(doctor.name))
    auditor.photograph("64-payout-found")
