"""From a case to a booked team: wizard, consent in the patient's own browser, finder, hold, everybody's signature."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from playwright.sync_api import expect

from huizhen_web.hospital.words import CHECKS
from tests.journey.people import FINAL_MS, Person, Town, fen

REASON = "靶向治疗后进展，合并心悸与头痛"
OTHER_REASON = "另一例：化疗方案会诊"
HOUR_SLOTS = 4
SLOT_SECONDS = 900
SUMMARY = "老年女性，靶向治疗14个月后进展，再次活检示MET扩增，伴阵发性头痛与胸闷，体力状态良好。"


@dataclass(frozen=True, slots=True)
class Seat:
    specialty: str
    pinned: str = ""


def open_case(hospital: Person, reason: str, seats: list[Seat], limit: str = "20000") -> None:
    hospital.turn_to("Cases")
    hospital.follow("New case")
    hospital.write("Reason", reason)
    hospital.write("Aim", "讨论后续治疗方案与用药安全")
    hospital.write("De-identified summary", SUMMARY)
    hospital.press("Keep and go on")
    for number, seat in enumerate(seats, start=1):
        row = hospital.page.get_by_role("group", name=hospital.word("Seat %(number)s", number=number))
        hospital.choose("Specialty", seat.specialty, row)
        if seat.pinned:
            field = hospital.field("This doctor", row)
            option = field.locator("option", has_text=seat.pinned)
            field.select_option(value=option.get_attribute("value"))
    hospital.write("Price limit", limit)
    hospital.press("Estimate the price")
    expect(hospital.page.locator(".estimate")).to_contain_text("¥")
    hospital.photograph(f"20-seats-{len(seats)}")
    hospital.press("Keep and go on")


def consent(town: Town, hospital: Person) -> Person:
    """The link opens in the patient's own browser, whose key no request ever carries."""
    hospital.follow("Ask for consent")
    hospital.press("Make the link")
    expect(hospital.field("Link")).to_have_value(re.compile("/consent/.*#0x[0-9a-f]{64}$"))
    link = hospital.field("Link").input_value()
    key = urlsplit(link).fragment
    hospital.photograph("21-consent-link")
    patient = town.visitor()
    patient.page.goto(link)
    patient.photograph("22-patient")
    patient.press("I have understood this and consent")
    patient.sees("Your consent is signed and on its way. You can close this page; keep the link.")
    expect(patient.page.locator("#consent-status .badge.good").first).to_be_visible(timeout=FINAL_MS)
    patient.photograph("23-patient-consented")
    for request in (*patient.requests, *hospital.requests):
        sent = request.url.partition("#")[0] + (request.post_data or "") + str(request.headers)
        assert key[2:] not in sent, f"the patient's key went to {request.url}"
    hospital.turn_to("Cases")
    return patient


def approve(hospital: Person, reason: str) -> None:
    hospital.follow(reason)
    hospital.press("Approve")
    hospital.sees("Approved. Next: triage.")
    for check in CHECKS.values():
        # Lazy words carry their msgid; the boxes carry it in the reader's language.
        hospital.tick(check._args[0])
    hospital.photograph("24-triage")
    hospital.press("Keep the result")
    hospital.sees("Triage is complete: find a team.")


def find_hour(hospital: Person) -> int:
    """The first green hour of the grid; answers its slot number."""
    hospital.follow("Find a team")
    hospital.photograph("25-finder")
    first = hospital.page.locator("table.grid a.slot.free").first
    start = re.search(r"start=(\d+)", first.get_attribute("href") or "")
    assert start
    first.click()
    expect(hospital.page.locator("#team")).to_be_visible()
    return int(start[1])


def team(hospital: Person) -> list[str]:
    return hospital.page.locator("#team td strong").all_inner_texts()


def prepare_rival(town: Town, hospital: Person, reason: str, seat: Seat, start: int) -> None:
    """A second hospital stands before the same doctor at the same hour, about to press."""
    open_case(hospital, reason, [seat])
    consent(town, hospital)
    approve(hospital, reason)
    hospital.follow("Find a team")
    hospital.page.locator(f'table.grid a[href*="start={start}&"]').click()
    expect(hospital.page.locator("#team")).to_be_visible()


def hold(hospital: Person) -> tuple[int, str]:
    """Answers the price in fen and who leads."""
    hospital.photograph("26-team")
    price = fen(hospital.page.locator("#team tfoot data.amount").inner_text())
    leading = hospital.page.locator('#team label:has(input[name="lead"]:checked)').inner_text().split()[0]
    hospital.press("Hold this team and draw up the terms")
    hospital.photograph("27-terms")
    hospital.signs()
    hospital.sees("Waiting for signatures")
    return price, leading


def lose_the_hour(slower: Person, doctor: str, start: int) -> None:
    """The refusal names doctor and time, and the finder no longer shows the hour."""
    slower.press("Hold this team and draw up the terms")
    at = datetime.fromtimestamp(start * SLOT_SECONDS, ZoneInfo("Asia/Shanghai"))
    slower.reads(re.compile(f"{doctor}.*{at.month}月{at.day}日{at:%H:%M}"))
    slower.photograph("30-hour-taken")
    check_taken(slower, start)


def check_taken(slower: Person, start: int) -> None:
    slower.page.reload()
    expect(slower.page.locator("table.grid a.slot").first).to_be_visible()
    expect(slower.page.locator(f'table.grid a[href*="start={start}&"]')).to_have_count(0)


def refuse_without_reason(doctor: Person) -> None:
    doctor.turn_to("Requests")
    doctor.follow("Answer")
    doctor.open("Decline…")
    doctor.press("Decline", doctor.page.get_by_role("dialog"))
    doctor.sees("Please fill this in.")
    doctor.photograph("29-decline-needs-a-reason")
    doctor.press("Go back", doctor.page.get_by_role("dialog"))


def accept(doctor: Person) -> None:
    doctor.turn_to("Requests")
    doctor.follow("Answer")
    doctor.photograph("28-request")
    doctor.signs("Accept and sign")
    expect(doctor.page.locator("#statement-status")).to_be_visible()


def sign_the_rest(town: Town, hospital: Person) -> None:
    """Institutions and leads whose consent does not stand sign as well."""
    hospital.turn_to("Cases")
    hospital.follow(REASON)
    waiting = (
        hospital.page.locator("#hold .signers li", has_text=hospital.word("Not signed yet"))
        .locator("span")
        .first
    )
    while waiting.is_visible():
        signer = town.enter(waiting.inner_text())
        signer.turn_to("To sign")
        signer.follow("Read and sign")
        signer.signs()
        hospital.page.reload()


def check_booked(hospital: Person) -> str:
    """Waits until the booking is final; answers the consultation's address."""
    final = hospital.page.locator("#hold .badge.good", has_text=hospital.word("Final"))
    expect(final.first).to_be_visible(timeout=FINAL_MS)
    hospital.photograph("31-booked")
    hospital.page.reload()
    hospital.page.locator("main a[href^='/consultations/']").first.click()
    hospital.photograph("32-consultation")
    return urlsplit(hospital.page.url).path


def check_asked(patient: Person, names: list[str]) -> None:
    """The patient's own link says who was shown the summary."""
    patient.page.reload()
    for name in names:
        patient.reads(re.compile(name))
    patient.photograph("33-patient-asked")
