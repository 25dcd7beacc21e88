"""Attacks on bookings: on their way to the chain, on the hours they take, on who is paid. Each must fail."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

import pytest

from huizhen.chain.signer import SoftwareKey
from huizhen.domain import acts
from huizhen.domain.ids import PartyId
from huizhen.domain.money import Fen
from huizhen.domain.slots import Slot
from huizhen.domain.statuses import ConsultationStatus
from huizhen.domain.terms import Terms, encode_terms
from tests.contracts.consultations.conftest import Booking
from tests.support.books import moves
from tests.support.refusals import refuses
from tests.support.settling import due_legs, releases
from tests.support.team import Team
from tests.support.world import DAY, World, digest_of

OTHER_SALT = digest_of("another salt")[:16]


@pytest.fixture
def wanted(team: Team) -> Terms:
    """Two seats, the second optional."""
    terms = team.terms()
    first, second = terms.seats
    return replace(terms, seats=(first, replace(second, required=False)))


@pytest.fixture
def rival(world: World, team: Team) -> Team:
    """Another hospital that may book the same doctors."""
    other = Team(world, world.hospital(), team.doctors, team.institutions, team.lead, team.group)
    for institution in team.institutions:
        world.agree(other.hospital, institution)
    world.deposit(other.hospital, 10_000_000)
    return other


def words(world: World, terms: Terms, doctors: Iterable[PartyId]) -> list[int]:
    """All that is booked of the day of the consultation, doctor by doctor."""
    return [world.read("SlotBook", "wordOf", doctor, terms.start >> 8) for doctor in doctors]


# Front-running a booking


def test_front_running_a_booking__by_sending_it_first__books_what_was_signed(
    world: World, team: Team, wanted: Terms
) -> None:
    """Whoever copies it pays the gas; the sender's own transaction is refused and moves nothing."""
    booking = team.booking(wanted)
    signatures = world.sign(booking)
    copied = world.statements.calldata(booking, signatures)
    observer = world.chain.node.call("eth_accounts")[5]
    with moves(world, available=-wanted.escrow(), escrowed=wanted.escrow()):
        world.chain.send(world.addresses["Consultations"], copied, sender=observer)
    with moves(world), refuses("AlreadyBooked", id=Booking(world, wanted).id):
        world.send(booking, signatures)


@pytest.mark.parametrize(
    "altered",
    [
        lambda terms: replace(terms, salt=OTHER_SALT),
        lambda terms: replace(terms, start=Slot(terms.start + 1)),
        lambda terms: replace(terms, sign_by=terms.sign_by + 1),
        lambda terms: replace(terms, pricing=replace(terms.pricing, platform_bps=9999)),
        lambda terms: replace(terms, policy=replace(terms.policy, review_window=0)),
        lambda terms: replace(terms, policy=replace(terms.policy, late_bps=0)),
        lambda terms: replace(
            terms, seats=(replace(terms.seats[0], fee=Fen(terms.seats[0].fee + 1)), terms.seats[1])
        ),
    ],
    ids=["salt", "start", "sign_by", "platform share", "review window", "late fee", "fee"],
)
def test_front_running_a_booking__with_its_signatures_under_other_terms__fails(
    world: World, team: Team, wanted: Terms, altered: Callable[[Terms], Terms]
) -> None:
    booking = team.booking(wanted)
    signatures = world.sign(booking)
    with moves(world), refuses("InvalidSignature", party=team.hospital, signer=0):
        world.send(acts.book(encode_terms(altered(wanted)), booking.signers), signatures)
    world.send(booking, signatures)


def test_front_running_a_booking__with_one_doctor_booked_elsewhere__keeps_nothing_of_it(
    world: World, team: Team, rival: Team, wanted: Terms
) -> None:
    """One doctor signed twice. The later booking takes nobody's hour and no fen; the others are free for it again."""
    booking = team.booking(wanted)
    elsewhere = rival.terms(start=Slot(wanted.start + 1), slots=1)
    elsewhere = replace(elsewhere, seats=(replace(elsewhere.seats[0], fee=Fen(1)),))
    rival.book(elsewhere)
    before = words(world, wanted, team.doctors)
    with moves(world), refuses("SlotTaken", doctor=team.doctors[0], slot=elsewhere.start):
        world.act(booking)
    assert words(world, wanted, team.doctors) == before
    team.book(replace(wanted, start=Slot(wanted.start + 2), salt=OTHER_SALT))


def test_front_running_a_booking__with_the_hospitals_own_refund__blocks_no_hour(
    world: World, team: Team, wanted: Terms
) -> None:
    """A hospital that takes its money back first does not hold the team's hours for nothing."""
    booking = team.booking(wanted)
    available = world.read("RevenueLedger", "fundsOf", team.hospital)["available"]
    world.act(acts.refund(team.hospital, Fen(available - wanted.escrow() + 1), 0, world.deadline))
    with refuses(
        "FundsTooLow", hospital=team.hospital, available=wanted.escrow() - 1, needed=wanted.escrow()
    ):
        world.act(booking)
    assert words(world, wanted, team.doctors) == [0, 0]


def test_front_running_a_consent__with_the_same_commitments__books_nothing_for_the_thief(
    world: World, team: Team, rival: Team
) -> None:
    """The observer's key comes first, and the patient's own consent under these commitments is refused. It opens no
    booking to either hospital but the one it names; a new consent link has others and works at once."""
    terms = team.terms(consent=False)
    case_file, consent = terms.documents.case_file, terms.documents.consent
    thief = SoftwareKey.from_seed("an observer of the mempool")
    valid_until = world.chain.now() + 60 * DAY
    squatting = acts.grant_consent(
        case_file, consent, rival.hospital, valid_until, thief.address, world.deadline
    )
    world.act(squatting, thief)
    with refuses("AlreadyGranted", consent=consent):
        world.consent(team.hospital, case_file, consent)
    with refuses("ConsentForOtherHospital", granted=rival.hospital, asked=team.hospital):
        team.booking(terms)
    again = digest_of("a new consent link")
    world.consent(team.hospital, case_file, again)
    team.book(replace(terms, documents=replace(terms.documents, consent=again)))


# A suspended doctor paid


@pytest.fixture
def suspended(world: World, team: Team, wanted: Terms) -> PartyId:
    """Holds the optional seat; was suspended after the booking."""
    team.book(wanted)
    doctor = team.doctors[1]
    world.suspend(doctor)
    return doctor


def test_suspended_doctor__before_the_booking__is_not_booked(world: World, team: Team, wanted: Terms) -> None:
    booking = team.booking(wanted)
    world.suspend(team.doctors[1])
    with moves(world), refuses("NotAccredited", party=team.doctors[1]):
        world.act(booking)


def test_suspended_doctor__in_the_delivery__stops_it_and_the_others_are_paid_without(
    world: World, team: Team, wanted: Terms, suspended: PartyId
) -> None:
    packed = encode_terms(wanted)
    with refuses("NotAccredited", party=suspended):
        team.deliver(packed, wanted, seats=0b11)
    opinion = digest_of("opinion")
    world.act(acts.deliver(packed, team.doctors[0], opinion, 0b01, 0, world.deadline))
    legs = due_legs(wanted, 0b01)
    assert suspended not in {leg.party for leg in legs}
    world.chain.move_to(world.chain.now() + wanted.policy.review_window)
    with releases(world, wanted, legs):
        world.act(acts.accept(packed, team.hospital, world.deadline))


def test_suspended_doctor__whom_hospital_and_lead_record_as_present__is_not_delivered(
    world: World, team: Team, wanted: Terms, suspended: PartyId
) -> None:
    """Attendance says who came, and no more: the delivery asks again who may be paid."""
    packed = encode_terms(wanted)
    world.chain.move_to(wanted.starts_at)
    world.act(acts.record_attendance(packed, team.hospital, team.doctors[0], 0b11, 0, world.deadline))
    with refuses("NotAccredited", party=suspended):
        team.deliver(packed, wanted, seats=0b11)


def test_suspended_doctor__on_the_leads_word_that_the_hospital_was_absent__is_not_delivered(
    world: World, team: Team, wanted: Terms, suspended: PartyId
) -> None:
    world.chain.move_to(wanted.starts_at)
    marking = acts.mark_no_show(
        encode_terms(wanted), team.doctors[0], 0b11, digest_of("report"), world.deadline
    )
    with refuses("NotAccredited", party=suspended):
        world.act(marking)


def test_suspended_doctor__who_claims_the_seat_afterwards__is_refused(
    world: World, team: Team, wanted: Terms, suspended: PartyId
) -> None:
    packed = encode_terms(wanted)
    team.deliver(packed, wanted, seats=0b01)
    with refuses("NotAccredited", party=suspended):
        world.act(acts.dispute(packed, suspended, 0b10, digest_of("reason"), world.deadline))


def test_suspended_doctor__after_the_delivery__is_paid_what_was_earned_and_no_more(
    world: World, team: Team, wanted: Terms
) -> None:
    """I8: a suspension takes away no earned fen, and the next booking is refused."""
    packed = team.book(wanted)
    team.deliver(packed, wanted)
    world.suspend(team.doctors[1])
    with releases(world, wanted, due_legs(wanted)):
        world.act(acts.accept(packed, team.hospital, world.deadline))
    with refuses("NotAccredited", party=team.doctors[1]):
        team.book(team.terms())


# Slots of a cancelled case kept

End = Callable[[World, Team, Terms], None]


def by_the_hospital(world: World, team: Team, terms: Terms) -> None:
    world.act(acts.cancel(encode_terms(terms), team.hospital, world.deadline))


def by_the_lead(world: World, team: Team, terms: Terms) -> None:
    world.act(acts.cancel(encode_terms(terms), team.doctors[0], world.deadline))


def by_the_patient(world: World, team: Team, terms: Terms) -> None:
    world.withdraw(terms.documents.case_file, terms.documents.consent)
    world.act(acts.cancel_withdrawn(encode_terms(terms)))


@pytest.mark.parametrize("end", [by_the_hospital, by_the_lead, by_the_patient], ids=lambda end: end.__name__)
def test_slots__of_a_case_cancelled_by_anyone__are_free_for_others_at_once(
    world: World, team: Team, rival: Team, wanted: Terms, end: End
) -> None:
    before = words(world, wanted, team.doctors)
    team.book(wanted)
    assert words(world, wanted, team.doctors) != before
    end(world, team, wanted)
    assert words(world, wanted, team.doctors) == before
    rival.book(rival.terms(start=wanted.start, slots=wanted.slots))


def test_slots__of_a_session_that_a_required_seat_missed__are_freed(
    world: World, team: Team, wanted: Terms
) -> None:
    before = words(world, wanted, team.doctors)
    packed = team.book(wanted)
    world.chain.move_to(wanted.starts_at)
    world.act(acts.record_attendance(packed, team.hospital, team.doctors[0], 0b10, 0, world.deadline))
    assert Booking(world, wanted).status is ConsultationStatus.CANCELLED
    assert words(world, wanted, team.doctors) == before


def test_slots__of_a_rescheduled_case__are_those_of_the_new_hours_alone(
    world: World, team: Team, rival: Team, wanted: Terms
) -> None:
    packed = team.book(wanted)
    to = replace(wanted, start=Slot(wanted.start + wanted.slots), salt=OTHER_SALT)
    signers = world.read("Disputes", "signersOf", packed, encode_terms(to))
    world.act(acts.reschedule(packed, encode_terms(to), signers))
    rival.book(rival.terms(start=wanted.start, slots=wanted.slots))
    by_the_hospital(world, team, to)
    rival.book(rival.terms(start=to.start, slots=to.slots))


def test_slots__cancelled_twice__frees_nobody_elses_hour(
    world: World, team: Team, rival: Team, wanted: Terms
) -> None:
    """The hour now belongs to the rival's case; a second cancellation of the first must not free it."""
    packed = team.book(wanted)
    by_the_hospital(world, team, wanted)
    rival.book(rival.terms(start=wanted.start, slots=wanted.slots))
    taken = words(world, wanted, team.doctors)
    for by in (team.hospital, team.doctors[0]):
        with refuses("WrongStatus", status=ConsultationStatus.CANCELLED, needed=ConsultationStatus.BOOKED):
            world.act(acts.cancel(packed, by, world.deadline))
    assert words(world, wanted, team.doctors) == taken
