"""Pages that change while somebody looks at them: by the stream, and by asking where there is none.

It comes before the journey, which moves the demo's clock past the review of every opinion that waits.
"""

from __future__ import annotations

import sqlite3

from playwright.sync_api import expect

from tests.journey.people import Person, Town
from tests.support.running import Up

MOVED_MS = 8_000


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
