"""The team finder and holds on real stores; the chain says yes."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace

import pytest

from huizhen.db.index.consultations import ReservedWord
from huizhen.db.index.ledger import Funds
from huizhen.db.index.parties import Affiliation, Agreement
from huizhen.db.office import calendars, holds
from huizhen.db.office.holds import HoldSeat
from huizhen.db.office.profiles import DoctorProfile
from huizhen.domain.case import CaseState, WantedSeat
from huizhen.domain.chain_ids import Specialties, WordBits
from huizhen.domain.ids import PartyId
from huizhen.domain.money import Fen
from huizhen.domain.slots import MinuteRange, Slot, words_with
from huizhen.domain.statuses import PartyKind
from huizhen.domain.terms import decode_terms
from huizhen.errors import HourTaken, InvalidInput, NotFound, StepNotOpen
from huizhen.reference import mask_of, specialties
from huizhen.services import roster
from tests.support.clinic import (
    ALLROUNDER,
    GROUP,
    HOSPITAL,
    INSTITUTION,
    NEUROSURGERY,
    PATHOLOGIST,
    PATHOLOGY,
    SECOND_GROUP,
    SURGEON,
    WISH,
    Clinic,
)
from tests.support.practice import TX, party_row
from tests.support.web import NOW


def state(clinic: Clinic, case: int) -> CaseState:
    return clinic.rooms.case_pages.page(case, HOSPITAL).state  # type: ignore[arg-type]


def test_search__shows_cheapest_distinct_teams_at_common_hours(clinic: Clinic) -> None:
    page = clinic.rooms.teams.page(clinic.triaged(), HOSPITAL)
    # Friday and Monday to Thursday 9:00-12:00, an hour each, but not in the first 24 hours (notice).
    assert all(offer.price == Fen(180_000) for offer in page.offers)
    first = page.offers[0].start
    assert first * 900 >= NOW + 24 * 3600
    team = clinic.rooms.teams.page(page.case, HOSPITAL, first).team
    assert team is not None
    assert [member.doctor for member in team.members if member] == [SURGEON, PATHOLOGIST]
    assert sum(leg.amount for leg, _ in team.legs) == team.price
    assert team.escrow == team.price * 125 // 100
    assert [[other.doctor for other in row] for row in team.others] == [[ALLROUNDER], [ALLROUNDER]]


def test_search__one_doctor_for_two_seats__is_no_team(clinic: Clinic) -> None:
    wish = replace(
        WISH, seats=(WantedSeat(NEUROSURGERY, pinned=ALLROUNDER), WantedSeat(PATHOLOGY, pinned=ALLROUNDER))
    )
    page = clinic.rooms.teams.page(clinic.triaged(wish), HOSPITAL)
    assert page.offers == ()
    assert page.reason is not None
    assert {hint.change.value for hint in page.hints} == {"unpin", "make_optional"}
    assert all("Zhou Jingxing" in hint.sentence.en for hint in page.hints if hint.change.value == "unpin")


@pytest.mark.parametrize("reason", ["agreement", "affiliation", "booked", "calendar"])
def test_search__hours_that_could_not_be_booked__are_not_shown(clinic: Clinic, reason: str) -> None:
    case = clinic.triaged()
    before = clinic.rooms.teams.page(case, HOSPITAL).offers
    gone = before[0].start
    with clinic.stores.index.writing() as session, clinic.stores.office.writing() as office:
        match reason:
            case "agreement":
                session.get_one(Agreement, (HOSPITAL, INSTITUTION)).valid_until = (gone + 4) * 900 - 1
            case "affiliation":
                for doctor in (SURGEON, ALLROUNDER):
                    session.get_one(Affiliation, (doctor, INSTITUTION)).valid_until = (gone + 4) * 900 - 1
            case "booked":
                for doctor in (SURGEON, ALLROUNDER):
                    for word, bits in words_with({}, [gone]).items():
                        session.add(
                            ReservedWord(
                                doctor=doctor, word=word, bits=WordBits(bits), block_number=10, tx_hash=TX
                            )
                        )
            case _:
                for doctor in (SURGEON, ALLROUNDER):
                    calendars.set_exception(office, doctor, WISH.first_day, ())
                    calendars.set_exception(office, doctor, WISH.first_day + timedelta(days=3), ())
    assert gone not in {offer.start for offer in clinic.rooms.teams.page(case, HOSPITAL).offers}


def test_search__days_that_are_over__says_so(clinic: Clinic) -> None:
    case = clinic.triaged()
    clinic.clock.at += 10 * 24 * 3600
    page = clinic.rooms.teams.page(case, HOSPITAL)
    assert page.offers == ()
    assert page.reason is not None
    assert "choose other days" in page.reason.en


def test_hold__draws_up_terms_that_the_contract_reads(clinic: Clinic) -> None:
    case, view = clinic.held()
    terms = decode_terms(view.values["terms"])
    assert [seat.doctor for seat in terms.seats] == sorted(seat.doctor for seat in terms.seats)
    assert terms.sign_by == NOW + 7200
    assert terms.documents.agreement.hex() == TX[2:]
    assert terms.documents.case_file.hex() == clinic.request_of(case).case_file[2:]
    surgeon = next(seat for seat in terms.seats if seat.doctor == SURGEON)
    assert (surgeon.group, surgeon.rule_version, surgeon.institution_bps) == (GROUP, 3, 2000)
    assert surgeon.specialties == mask_of([NEUROSURGERY])
    assert state(clinic, case) is CaseState.HELD


def test_hold__hours_already_held__names_doctor_and_hour(clinic: Clinic) -> None:
    case, view = clinic.held()
    terms = decode_terms(view.values["terms"])
    other = clinic.triaged()
    # Both doctors' first hour is gone from the search; only ALLROUNDER could still take one seat of it.
    assert terms.start not in {offer.start for offer in clinic.rooms.teams.page(other, HOSPITAL).offers}
    with pytest.raises(HourTaken):
        clinic.hold(other, terms.start)
    assert state(clinic, case) is CaseState.HELD


def test_hold__two_who_come_at_once__the_key_decides(clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    case, other = clinic.triaged(), clinic.triaged()
    start = clinic.rooms.teams.page(case, HOSPITAL).offers[0].start
    clinic.hold(case, start)
    # The second one searched before the first one's rows were there.
    monkeypatch.setattr(roster, "holds", SimpleNamespace(taken=lambda *_: []))
    with pytest.raises(HourTaken, match="Li Wenjing"):
        clinic.hold(other, start)


def test_hold__two_of_one_hospital_at_once__the_case_is_held_once(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Other hours are no conflict of hours, and both teams could sign: the fee would go into escrow twice."""
    case = clinic.triaged()
    offers = clinic.rooms.teams.page(case, HOSPITAL).offers
    later = next(offer.start for offer in offers if offer.start >= offers[0].start + WISH.slots)
    asked = clinic.chain.signers_of

    def meanwhile(terms: bytes) -> tuple[PartyId, ...]:
        monkeypatch.setattr(type(clinic.chain), "signers_of", lambda _self, given: asked(given))
        clinic.hold(case, offers[0].start)
        return asked(terms)

    monkeypatch.setattr(type(clinic.chain), "signers_of", lambda _self, given: meanwhile(given))
    with pytest.raises(StepNotOpen):
        clinic.hold(case, later)
    open_terms = [view for view in clinic.statements.of_subject(f"draft:{case}") if view.open]
    assert [decode_terms(view.values["terms"]).start for view in open_terms] == [offers[0].start]


def test_hold__declined__frees_the_hours_and_keeps_the_seats(clinic: Clinic) -> None:
    case, view = clinic.held()
    start = decode_terms(view.values["terms"]).start
    clinic.statements.decline(view.id, SURGEON, "当日手术")
    page = clinic.rooms.case_pages.page(case, HOSPITAL)
    assert page.state is CaseState.TRIAGED
    assert page.hold is not None
    assert page.hold.why is not None
    assert "当日手术" in page.hold.why.zh
    clinic.hold(case, start)
    assert state(clinic, case) is CaseState.HELD


def test_hold__past_its_time__frees_the_hours_and_names_who_is_missing(clinic: Clinic) -> None:
    case, view = clinic.held()
    start = decode_terms(view.values["terms"]).start
    clinic.clock.at += 7201
    page = clinic.rooms.case_pages.page(case, HOSPITAL)
    assert page.state is CaseState.TRIAGED
    assert page.hold is not None
    assert page.hold.why is not None
    assert "Chen Xiangwan" in page.hold.why.en
    with clinic.stores.office.reading() as session:
        assert not holds.taken(session, [SURGEON], start, Slot(start + 4), clinic.clock.at)


def test_hold__withdrawn__only_by_its_hospital(clinic: Clinic) -> None:
    case, _ = clinic.held()
    with pytest.raises(NotFound):
        clinic.rooms.holds.withdraw(case, clinic.people["rival"])
    clinic.rooms.holds.withdraw(case, clinic.people["teammate"])
    with pytest.raises(StepNotOpen):
        clinic.rooms.holds.withdraw(case, clinic.coordinator)


def test_hold__price_other_than_shown_or_no_lead__is_refused(clinic: Clinic) -> None:
    case = clinic.triaged()
    start = clinic.rooms.teams.page(case, HOSPITAL).offers[0].start
    wanted, through = {0: SURGEON, 1: PATHOLOGIST}, {0: GROUP, 1: GROUP}
    with pytest.raises(InvalidInput):
        clinic.rooms.holds.hold(case, clinic.coordinator, start, wanted, 0, Fen(1), through)
    with pytest.raises(InvalidInput):
        clinic.rooms.holds.hold(case, clinic.coordinator, start, wanted, 5, Fen(180_000), through)
    with pytest.raises(InvalidInput):
        clinic.rooms.holds.hold(case, clinic.coordinator, start, {0: SURGEON}, 0, Fen(180_000), through)


def test_hold__without_the_money__says_how_much_is_missing(clinic: Clinic) -> None:
    case = clinic.triaged()
    with clinic.stores.index.writing() as session:
        session.get_one(Funds, HOSPITAL).available = Fen(100)
    with pytest.raises(InvalidInput, match=r"2,250\.00"):
        clinic.held(case)


def test_hold__a_statement_that_cannot_be_proposed__keeps_no_hours(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = clinic.triaged()

    def broken(*_: object, **__: object) -> None:
        raise InvalidInput("坏了", "broken")

    monkeypatch.setattr(type(clinic.statements), "propose", broken)
    with pytest.raises(InvalidInput, match="broken"):
        clinic.held(case)
    with clinic.stores.office.reading() as session:
        assert session.query(HoldSeat).count() == 0


def test_group__doctor_in_two__is_booked_for_the_one_chosen(clinic: Clinic) -> None:
    clinic.found_second_group()
    case = clinic.triaged()
    start = clinic.rooms.teams.page(case, HOSPITAL).offers[0].start
    first = clinic.rooms.teams.page(case, HOSPITAL, start).team
    second = clinic.rooms.teams.page(case, HOSPITAL, start, {}, {0: SECOND_GROUP}).team
    assert first is not None
    assert second is not None
    surgeon = first.members[0]
    assert surgeon is not None
    assert surgeon.group == GROUP
    assert [(each.group, each.institution_bps) for each in surgeon.groups] == [
        (GROUP, 2000),
        (SECOND_GROUP, 3000),
    ]
    assert first.price == second.price
    assert SECOND_GROUP not in {leg.party for leg, _ in first.legs}
    assert first.legs != second.legs
    wanted, through = {0: SURGEON, 1: PATHOLOGIST}, {0: SECOND_GROUP, 1: GROUP}
    view = clinic.rooms.holds.hold(case, clinic.coordinator, start, wanted, 0, second.price, through)
    seats = {seat.doctor: seat for seat in decode_terms(view.values["terms"]).seats}
    booked = seats[SURGEON]
    assert (booked.group, booked.rule_version, booked.institution_bps) == (SECOND_GROUP, 1, 3000)
    assert seats[PATHOLOGIST].group == GROUP


def test_group__left_or_never_shown__is_not_replaced_by_another(clinic: Clinic) -> None:
    clinic.found_second_group()
    case = clinic.triaged()
    start = clinic.rooms.teams.page(case, HOSPITAL).offers[0].start
    wanted = {0: SURGEON, 1: PATHOLOGIST}
    for through in ({0: GROUP}, {0: GROUP, 1: SECOND_GROUP}):
        with pytest.raises(InvalidInput, match="not the one that was shown"):
            clinic.rooms.holds.hold(case, clinic.coordinator, start, wanted, 0, Fen(180_000), through)


def test_swap__a_doctor_in_a_slot__keeps_the_others(clinic: Clinic) -> None:
    case = clinic.triaged()
    start = clinic.rooms.teams.page(case, HOSPITAL).offers[0].start
    team = clinic.rooms.teams.page(case, HOSPITAL, start, {0: ALLROUNDER}).team
    assert team is not None
    assert [member.doctor for member in team.members if member] == [ALLROUNDER, PATHOLOGIST]
    with pytest.raises(HourTaken):
        clinic.rooms.teams.page(case, HOSPITAL, start, {0: PATHOLOGIST})
    with pytest.raises(HourTaken):
        clinic.rooms.teams.page(case, HOSPITAL, Slot(start - 96 * 30))


def test_estimate__over_everybody_who_could__busy_or_not(clinic: Clinic) -> None:
    case = clinic.draft(None)
    estimate = clinic.rooms.teams.estimate(case, HOSPITAL, WISH.seats)
    assert (estimate.low, estimate.typical, estimate.doctors) == (Fen(180_000), Fen(300_000), (2, 2))


def test_search__fifty_doctors__answers_well_under_a_second(clinic: Clinic) -> None:
    codes = [each.code for each in specialties()[:10]]
    end = NOW + 300 * 24 * 3600
    with clinic.stores.index.writing() as session, clinic.stores.office.writing() as office:
        for number in range(100, 150):
            doctor = PartyId(number)
            held = Specialties(mask_of([codes[number % 10], codes[(number + 3) % 10]]))
            session.add(party_row(doctor, PartyKind.DOCTOR, specialties=held))
            session.add(
                Affiliation(
                    doctor=doctor,
                    institution=INSTITUTION,
                    valid_until=end,
                    standing_until=end,
                    version=1,
                    block_number=10,
                    tx_hash=TX,
                )
            )
            office.add(
                DoctorProfile(party=doctor, name_zh="医", name_en="Doc", title=3, fee=Fen(50_000 + number))
            )
            hours = {day: (MinuteRange(8 * 60 + number % 4 * 30, 17 * 60),) for day in range(5)}
            calendars.set_pattern(office, doctor, hours)
    wish = replace(
        WISH,
        seats=tuple(WantedSeat(code) for code in codes[:5]),
        last_day=WISH.first_day + timedelta(days=13),
    )
    case = clinic.triaged(wish)
    clinic.rooms.teams.page(case, HOSPITAL)
    begin = time.process_time()  # of this process alone, however busy the machine is
    page = clinic.rooms.teams.page(case, HOSPITAL)
    assert time.process_time() - begin < 0.5
    assert len(page.offers) > 100
