"""Pages that change while somebody looks at them: by the stream, and by asking where there is none.

It comes before the journey, which moves the demo's clock past the review of every opinion that waits.
"""

from __future__ import annotations

import sqlite3

from playwright.sync_api import expect

from tests.journey.people import FINAL_MS, Person, Town
from tests.support.running import Up

MOVED_MS = 8_000
HELD_MS = 3_000
REASON = "长期不应答会诊请求"


def delivered(world: Up) -> tuple[str, str, str]:
    """Address of a consultation whose opinion waits, and the sign-ins of its hospital and of a doctor of it."""
    with sqlite3.connect(world.state_dir / "index.sqlite") as index:
        number, hospital = index.execute(
            "SELECT id, hospital FROM consultation WHERE status = 'delivered' ORDER BY id DESC"
        ).fetchone()
        (doctor,) = index.execute("SELECT doctor FROM seat WHERE consultation = ?", (number,)).fetchone()
    with sqlite3.connect(world.state_dir / "office.sqlite") as office:
        emails = dict(office.execute("SELECT party, email FROM account WHERE party IS NOT NULL").fetchall())
    return f"/consultations/{number}", emails[hospital], emails[doctor]


def status_of(person: Person) -> str:
    return person.page.locator("#consultation-status .badge").first.inner_text()


def test_consultation__accepted_by_the_hospital__changes_under_the_doctors_eyes(
    world: Up, town: Town
) -> None:
    address, hospital, doctor = delivered(world)
    reader, phone = town.enter(doctor, "zh"), town.enter(doctor, "en", 390)
    # The phone's network lets no stream through: its page asks by itself once something on it moves.
    phone.page.route("**/live?*", lambda route: route.abort())
    for person in (reader, phone):
        person.visit(address)
        person.page.evaluate("window.neverReloaded = true")
    clerk = town.enter(hospital, "en")
    clerk.visit(address)
    with reader.page.expect_response(lambda answer: answer.url.endswith("/status"), timeout=MOVED_MS):
        clerk.open("Accept…")
        clerk.press("Sign and accept")
    settled = reader.page.locator("#consultation-badge", has_text=reader.word("Settled"))
    expect(settled).to_be_visible(timeout=MOVED_MS)
    expect(reader.page.locator("#consultation-seats .same").first).to_be_visible(timeout=MOVED_MS)
    assert reader.page.evaluate("window.neverReloaded")
    assert any("/live?" in request.url for request in reader.requests)
    phone.visit(address)  # nothing moved on this page when it was opened, so nothing has asked
    expect(phone.page.locator("#consultation-badge")).to_contain_text(phone.word("Settled"))
    assert town.complaints() == [complaint for complaint in town.complaints() if "ERR_FAILED" in complaint], (
        "but for the stream that was cut off"
    )


def an_applicant(world: Up) -> tuple[int, str, str]:
    """A group whose lead decides alone, and the sign-ins of that lead and of a doctor who could join it."""
    with sqlite3.connect(world.state_dir / "index.sqlite") as index:
        group, lead = index.execute('SELECT "group", lead FROM doctor_group WHERE quorum = 0').fetchone()
        (doctor,) = index.execute(
            "SELECT id FROM party WHERE kind = 'doctor' AND status = 'accredited'"
            " AND id NOT IN (SELECT doctor FROM membership) ORDER BY id"
        ).fetchone()
    with sqlite3.connect(world.state_dir / "office.sqlite") as office:
        emails = dict(office.execute("SELECT party, email FROM account WHERE party IS NOT NULL").fetchall())
    return group, emails[lead], emails[doctor]


def test_lists__change_without_taking_anything_from_who_works_on_them(world: Up, town: Town) -> None:
    group, leading, joining = an_applicant(world)
    lead, doctor = town.enter(leading, "zh"), town.enter(joining, "en")
    lead.visit(f"/groups/{group}/lead")
    lead.page.evaluate("window.neverReloaded = true")
    applicants, nobody = lead.card("Applicants"), lead.word("Nobody waits for an answer.")
    expect(applicants).to_contain_text(nobody)
    lead.open("Expel…")
    dialog = lead.page.get_by_role("dialog")
    dialog.get_by_role("textbox").fill(REASON)
    doctor.visit(f"/groups/{group}")
    doctor.press("Join")
    doctor.signs()
    # A question that is open keeps its list until it is answered.
    lead.page.wait_for_timeout(HELD_MS)
    expect(dialog.get_by_role("textbox")).to_have_value(REASON)
    expect(applicants).to_contain_text(nobody)
    lead.press("Go back", dialog)
    expect(applicants).not_to_contain_text(nobody, timeout=MOVED_MS)
    link = lead.card("Members").locator("tbody tr").last.locator("a.hash")
    link.focus()
    doctor.open("Withdraw…")
    doctor.press("Withdraw", doctor.page.get_by_role("dialog"))
    expect(applicants).to_contain_text(nobody, timeout=MOVED_MS)
    expect(link).to_be_focused()
    assert lead.page.evaluate("window.neverReloaded")
    assert town.complaints() == []


def test_opening_page__follows_the_head(town: Town) -> None:
    visitor = town.visitor("en")
    visitor.visit("/")
    last = visitor.fact("Last block")
    expect(last).not_to_have_text(last.inner_text(), timeout=FINAL_MS)
    assert town.complaints() == []


def test_burst_of_blocks__is_one_question_a_second(town: Town) -> None:
    visitor = town.visitor("en")
    block = 'retry: 50\nevent: refresh\ndata: ["chain-now"]\n\n'
    visitor.page.route("**/live?*", lambda route: route.fulfill(content_type="text/event-stream", body=block))
    visitor.visit("/")
    visitor.page.wait_for_timeout(HELD_MS)
    told, asked = (
        [request for request in visitor.requests if part in request.url] for part in ("/live?", "/figures")
    )
    assert len(told) > 5
    assert 1 <= len(asked) <= HELD_MS / 1_000 + 1
