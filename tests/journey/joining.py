"""From a visitor to a doctor whom hospitals can book: account, accreditation, institution, hours, group."""

from __future__ import annotations

from dataclasses import dataclass

from playwright.sync_api import expect

from tests.journey.people import FINAL_MS, Person, Town


@dataclass(frozen=True, slots=True)
class Newcomer:
    name: str = "谢知远"
    email: str = "xie.zhiyuan@demo.example"
    password: str = "lotus boat at dawn"
    licence: str = "110340000012345"
    title: str = "主任医师"
    city: str = "吉林"
    specialty: str = "肿瘤科"
    fee: str = "1288.00"


NEWCOMER = Newcomer()


def open_account(town: Town, who: Newcomer) -> Person:
    doctor = town.visitor()
    doctor.visit("/")
    doctor.photograph("01-opening")
    doctor.follow("Join as a doctor")
    doctor.write("Name", who.name)
    doctor.write("Email", who.email)
    doctor.page.get_by_label(doctor.word("Password"), exact=True).fill(who.password)
    doctor.write("Password again", who.password)
    doctor.press("Open the account")
    doctor.sees("Your account is open. Next: apply for accreditation.")
    return doctor


def apply(doctor: Person, who: Newcomer) -> None:
    """First without a licence number: a sentence says what is missing, and nothing that was written is lost."""
    doctor.follow("Apply")
    doctor.write("Name in English or pinyin", "Xie Zhiyuan")
    doctor.choose("Title", who.title)
    doctor.choose("City", who.city)
    doctor.tick(who.specialty)
    doctor.write("Fee for one consultation", who.fee)
    doctor.press("Sign and apply")
    doctor.sees("Nothing was sent yet. Please look at:")
    doctor.sees("Please fill this in.")
    doctor.photograph("02-application-without-licence")
    expect(doctor.field(who.specialty)).to_be_checked()
    doctor.write("Number of the practising licence", who.licence)
    doctor.press("Sign and apply")
    expect(doctor.page.locator("main .badge").get_by_text(doctor.word("Applied"))).to_be_visible(
        timeout=FINAL_MS
    )
    doctor.photograph("03-applied")


def accredit(town: Town, who: Newcomer) -> None:
    authority = town.enter("authority@demo.example")
    authority.photograph("04-authority")
    authority.page.get_by_role("link", name=who.name).click()
    authority.photograph("05-authority-checks")
    authority.press("Review and sign")
    authority.signs()
    authority.awaits_final()


def register_at_institution(town: Town, doctor: Person, email: str) -> None:
    """The doctor signs first, with a standing consent; then the institution."""
    institution = town.enter(email)
    doctor.turn_to("Overview")
    doctor.sees("Waiting for you")
    doctor.photograph("06-doctor-overview")
    doctor.follow("Institutions of practice")
    doctor.choose("Institution of practice", institution.name)
    doctor.tick("Standing consent for the whole time")
    doctor.press("Go on to the signature")
    doctor.photograph("07-affiliation-statement")
    doctor.signs()
    doctor.sees("Kept here until everybody has signed; then it goes to the chain by itself.")
    institution.turn_to("Our doctors")
    institution.follow("Read and answer")
    institution.signs()
    institution.awaits_final()
    institution.photograph("08-affiliation-final")


def set_hours(doctor: Person) -> None:
    doctor.turn_to("Calendar")
    for day in ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday"):
        doctor.write(day, "08:00-12:00, 13:30-18:00")
    doctor.press("Save hours")
    doctor.sees("Your weekly hours are saved. Hospitals find them from now on.")
    doctor.photograph("09-calendar")


def join_group(town: Town, doctor: Person) -> None:
    """The doctor compares what remains of 1,000 yuan and signs first; both watch the admission become final."""
    doctor.turn_to("Groups")
    doctor.photograph("10-groups")
    lead = town.enter(_open_group_of_one_lead(doctor))
    doctor.photograph("11-group")
    group = doctor.page.get_by_role("heading", level=1).inner_text()
    doctor.press("Join")
    doctor.signs()
    doctor.sees("Waiting for signatures")
    lead.follow("Lead %(group)s", group=group)
    lead.photograph("12-lead")
    lead.follow("Read and answer")
    with lead.page.expect_navigation():
        lead.signs()
    seen = lead.watch_states()
    lead.awaits_final()
    doctor.awaits_final()
    on_the_way = [lead.word(state) for state in ("Queued", "Submitted", "Confirming", "Final")]
    states = [state for state in seen() if state in on_the_way]
    assert states == sorted(states, key=on_the_way.index), states
    assert len(states) > 1, "the page never showed it on its way"
    doctor.photograph("13-member")


def _open_group_of_one_lead(doctor: Person) -> str:
    """Opens the group whose lead alone decides, and answers the lead's name."""
    for name in doctor.page.locator("article h2").all_inner_texts():
        doctor.turn_to("Groups")
        doctor.page.get_by_role("link", name=name, exact=True).click()
        lead = doctor.fact("Lead").inner_text()
        rule = "%(lead)s decides alone who is admitted or expelled, and about the shares."
        if doctor.fact("Who decides").inner_text() == doctor.word(rule, lead=lead):
            return lead
    raise AssertionError("no group of the demo world is decided by its lead alone")
