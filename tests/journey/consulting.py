"""From the booked hour to the split: file opened, opinion written, signed by every seat, delivered, accepted."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.journey.people import FINAL_MS, Person, fen

OPINION = "综合各科意见：建议换用MET抑制剂联合治疗，治疗前完善心脏超声与头颅增强磁共振，两周后复诊。"
STEPS = {"+48 hours": 48, "+1 day": 24}
# The opinion is due within 24 hours of the session, so that half of them may be passed over.
SLACK = 12


def move_clock_past(person: Person, moment: int) -> None:
    """By the buttons in the footer, in as few steps as end less than SLACK hours later."""
    while (left := moment - person.chain_now) >= 0:
        step = next((label for label, hours in STEPS.items() if left > (hours - SLACK) * 3600), "+1 hour")
        person.press(step, person.page.locator("footer"))
        person.sees("The demo clock has moved. Deadlines that passed are now due.")


def open_file(doctor: Person, consultation: str) -> None:
    doctor.visit(consultation)
    doctor.press("Open the file")
    doctor.sees("De-identified; for the team and the hospital alone.")


def write_opinion(lead: Person, consultation: str) -> None:
    lead.visit(consultation)
    lead.write("Opinion", OPINION)
    lead.press("Keep the text")
    lead.sees("The opinion is kept. Every seat can read and sign it now.")


def sign_opinion(doctor: Person, consultation: str) -> None:
    doctor.visit(consultation)
    doctor.reads(OPINION)
    doctor.press("Sign the opinion")
    doctor.sees("Your seat has signed the opinion.")


def deliver(lead: Person, consultation: str) -> None:
    lead.visit(consultation)
    lead.photograph("40-opinion-signed")
    lead.open("Deliver…")
    lead.press("Sign and deliver", lead.page.get_by_role("dialog"))
    lead.sees("The delivery is signed and on its way to the chain.")
    _becomes(lead, "Delivered")


def accept(hospital: Person, consultation: str) -> None:
    hospital.visit(consultation)
    hospital.reads(OPINION)
    hospital.open("Accept…")
    hospital.press("Sign and accept", hospital.page.get_by_role("dialog"))
    hospital.sees("Your acceptance is signed and on its way; the escrow is split with it.")
    _becomes(hospital, "Settled")
    hospital.page.reload()


def check_split(hospital: Person, price: int) -> None:
    """Every leg as credited equals what the signed terms say, and together they are the price, to the fen."""
    card = hospital.card("Who receives what")
    rows = card.locator("tbody tr").all()
    assert rows
    legs = []
    for row in rows:
        computed, credited = (fen(cell) for cell in row.locator("data.amount").all_inner_texts())
        assert computed == credited
        legs.append(credited)
    assert sum(legs) == price
    totals = card.locator("tfoot data.amount").all_inner_texts()
    assert [fen(total) for total in totals] == [price, price]
    hospital.photograph("41-split")


def _becomes(person: Person, state: str) -> None:
    status = person.page.locator("#consultation-status .badge", has_text=person.word(state))
    expect(status.first).to_be_visible(timeout=FINAL_MS)
