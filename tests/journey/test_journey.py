"""From "doctor joins" to "payout matched to a bank line", in a browser, on everything that `huizhen up` starts."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tests.journey import booking, consulting, joining, paying
from tests.journey.booking import Seat
from tests.journey.people import Person, Town
from tests.support.running import Up, huizhen

WHO = joining.NEWCOMER


@dataclass(frozen=True, slots=True)
class Booked:
    """`address` is the consultation's, `ends` unix seconds, `price` fen."""

    address: str
    lead: Person
    others: list[Person]
    ends: int
    price: int


def test_a_new_doctor_is_booked_and_paid_to_the_fen(town: Town, world: Up, tmp_path: Path) -> None:
    doctor = _join(town)
    hospital = town.enter("hospital1@demo.example")
    booked = _book(town, hospital, doctor)
    _consult(hospital, booked)
    _pay(town, doctor, tmp_path)
    assert town.complaints() == []
    verified = huizhen(world.state_dir, "verify")
    assert verified.returncode == 0, verified.stdout + verified.stderr


def _join(town: Town) -> Person:
    doctor = joining.open_account(town, WHO)
    joining.apply(doctor, WHO)
    joining.accredit(town, WHO)
    joining.register_at_institution(town, doctor, "hospital2@demo.example")
    joining.set_hours(doctor)
    joining.join_group(town, doctor)
    return doctor


def _book(town: Town, hospital: Person, doctor: Person) -> Booked:
    """Two hospitals want the same hour of the new doctor; one gets it, with two doctors of other specialties."""
    wanted = Seat(WHO.specialty, WHO.name)
    booking.open_case(hospital, booking.REASON, [wanted, Seat("神经内科专业"), Seat("心血管内科专业")])
    patient = booking.consent(town, hospital)
    booking.approve(hospital, booking.REASON)
    start = booking.find_hour(hospital)
    names = booking.team(hospital)
    assert len(set(names)) == 3
    assert WHO.name in names

    rival = town.enter("hospital3@demo.example")
    booking.prepare_rival(town, rival, booking.OTHER_REASON, wanted, start)
    price, leading = booking.hold(hospital)
    booking.lose_the_hour(rival, WHO.name, start)

    team = {name: doctor if name == WHO.name else town.enter(name) for name in names}
    booking.refuse_without_reason(doctor)
    for member in team.values():
        booking.accept(member)
    booking.sign_the_rest(town, hospital)
    address = booking.check_booked(hospital)
    booking.check_taken(rival, start)
    booking.check_asked(patient, names)
    lead = team.pop(leading)
    ends = (start + booking.HOUR_SLOTS) * booking.SLOT_SECONDS
    return Booked(address, lead, list(team.values()), ends, price)


def _consult(hospital: Person, booked: Booked) -> None:
    consulting.move_clock_past(hospital, booked.ends)
    for each in (booked.lead, *booked.others):
        consulting.open_file(each, booked.address)
    consulting.write_opinion(booked.lead, booked.address)
    for each in booked.others:
        consulting.sign_opinion(each, booked.address)
    consulting.deliver(booked.lead, booked.address)
    consulting.accept(hospital, booked.address)
    consulting.check_split(hospital, booked.price)


def _pay(town: Town, doctor: Person, folder: Path) -> None:
    """The file arrives broken by hand first, then sound."""
    paying.name_account(doctor)
    paying.wait_48_hours(doctor)
    batch = paying.prepare(town, WHO.name)
    paying.approve(town, batch)
    statement = paying.execute(town, batch, folder)
    damaged = paying.Damaged.copy_of(statement)
    officer = town.enter("preparer@demo.example")
    paying.import_file(officer, damaged.file)
    paying.check_damaged(officer, damaged)
    paying.import_file(officer, statement)
    paying.check_matched(officer, WHO.name)
    paying.find_payout(town, doctor, batch)
