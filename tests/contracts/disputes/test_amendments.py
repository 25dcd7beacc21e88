"""Disputes.reschedule and substitute: other hours, another doctor, signed by all as an Amendment."""

from __future__ import annotations

from dataclasses import replace

import pytest
from eth_utils.crypto import keccak

from huizhen.domain import acts
from huizhen.domain.ids import PartyId
from huizhen.domain.money import Fen
from huizhen.domain.slots import Slot
from huizhen.domain.statement import Statement
from huizhen.domain.statuses import ConsultationStatus
from huizhen.domain.terms import Seat, Terms, encode_terms
from tests.contracts.consultations.conftest import Booking
from tests.contracts.disputes.conftest import ALL
from tests.support.books import moves
from tests.support.events import event, events_of
from tests.support.refusals import refuses
from tests.support.signature_faults import WITHOUT_A_DEADLINE, Fault
from tests.support.team import Team
from tests.support.world import DAY, World, digest_of

LATER = 96
LEAD_BYTE = 10
OTHER_SALT = digest_of("another salt")[:16]


def moved(terms: Terms, slots: int = LATER) -> Terms:
    return replace(terms, start=Slot(terms.start + slots), sign_by=terms.sign_by + 60, salt=OTHER_SALT)


def rescheduling(world: World, terms: Terms, to: Terms) -> Statement:
    pair = encode_terms(terms), encode_terms(to)
    return acts.reschedule(*pair, world.read("Disputes", "signersOf", *pair))


def substituting(world: World, terms: Terms, to: Terms) -> Statement:
    pair = encode_terms(terms), encode_terms(to)
    return acts.substitute(*pair, world.read("Disputes", "signersOf", *pair))


def joiner(world: World, team: Team) -> PartyId:
    """Another doctor of the group, at the institution of the first seat."""
    doctor = world.doctor()
    world.affiliate(doctor, team.institutions[0])
    world.join(team.group, doctor)
    return doctor


def with_another(terms: Terms, leaving: PartyId, seat: Seat, **changes: object) -> Terms:
    """The seats in ascending order of doctor again, under the same lead unless told otherwise."""
    leading = terms.seats[terms.lead].doctor
    seats = tuple(
        sorted(
            [*(each for each in terms.seats if each.doctor != leaving), seat], key=lambda each: each.doctor
        )
    )
    leading = seat.doctor if leading == leaving else leading
    lead = next(place for place, each in enumerate(seats) if each.doctor == leading)
    return replace(terms, **{"seats": seats, "lead": lead, "salt": OTHER_SALT} | changes)  # type: ignore[arg-type]


def seat_of(terms: Terms, index: int, doctor: PartyId, **changes: object) -> Seat:
    institution = terms.seats[0].institution
    return replace(terms.seats[index], doctor=doctor, institution=institution, **changes)  # type: ignore[arg-type]


def hours(world: World, doctor: PartyId, terms: Terms) -> set[bool]:
    return {
        world.read("SlotBook", "isTaken", doctor, slot)
        for slot in range(terms.start, terms.start + terms.slots)
    }


@pytest.mark.parametrize("moves_on", [0, LATER])
@pytest.mark.parametrize("length", [31, 32, 202, -1, None])
def test_amendment__terms_of_another_length__reverts(
    world: World, booked: Booking, moves_on: int, length: int | None
) -> None:
    """Whether they end within the part that is compared byte by byte, before it, or behind the last seat."""
    to = encode_terms(moved(booked.terms, moves_on))
    with refuses("TermsDiffer"):
        world.read("Disputes", "signersOf", booked.packed, to + b"\0" if length is None else to[:length])


# reschedule


@pytest.mark.parametrize("slots", [LATER, 1, 3, -4])
def test_reschedule__signed_by_all__moves_the_hours_and_nothing_else(
    world: World, booked: Booking, slots: int
) -> None:
    terms, to = booked.terms, moved(booked.terms, slots)
    before, number = booked.state, booked.id
    with moves(world):
        receipt = world.act(rescheduling(world, terms, to))
    doctors = tuple(seat.doctor for seat in terms.seats)
    assert events_of(world, receipt) == [
        event(
            "Amended",
            id=number,
            replaced=keccak(encode_terms(terms)),
            termsHash=keccak(encode_terms(to)),
            terms=encode_terms(to),
        ),
        event("Released", start=terms.start, slots=terms.slots, doctors=doctors),
        event("Reserved", start=to.start, slots=to.slots, doctors=doctors),
    ]
    assert Booking(world, to).state == {**before, "bookedAt": world.chain.now()}
    assert (booked.status, booked.id, booked.state["escrowed"]) == (ConsultationStatus.CANCELLED, number, 0)
    assert all(hours(world, doctor, to) == {True} for doctor in doctors)
    if abs(slots) >= terms.slots:
        assert all(hours(world, doctor, terms) == {False} for doctor in doctors)


def test_reschedule__then_deliver_and_accept__pays_once(world: World, trio: Team, booked: Booking) -> None:
    to = moved(booked.terms)
    world.act(rescheduling(world, booked.terms, to))
    trio.deliver(encode_terms(to), to)
    with moves(world, escrowed=-to.escrow(), credited=to.price(0), available=to.escrow() - to.price(0)):
        world.act(acts.accept(encode_terms(to), to.hospital, world.deadline))


def test_reschedule__the_old_terms__can_neither_be_booked_nor_delivered_nor_moved_again(
    world: World, trio: Team, booked: Booking
) -> None:
    booking = acts.book(booked.packed, trio.booking(replace(booked.terms, salt=bytes(16))).signers)
    world.act(rescheduling(world, booked.terms, moved(booked.terms)))
    with refuses("AlreadyBooked", id=booked.id):
        world.act(booking)
    with refuses("WrongStatus", status=ConsultationStatus.CANCELLED, needed=ConsultationStatus.BOOKED):
        world.read("Disputes", "signersOf", booked.packed, encode_terms(moved(booked.terms, 2 * LATER)))


def test_reschedule__signatures_on_the_amendment__cannot_book_the_terms_beside_the_old_ones(
    world: World, booked: Booking
) -> None:
    """Whoever sees the transaction could otherwise have the hospital pay twice."""
    to = moved(booked.terms)
    amendment = rescheduling(world, booked.terms, to)
    booking = acts.book(encode_terms(to), amendment.signers)
    with refuses("InvalidSignature", party=to.hospital, signer=0):
        world.send(booking, world.sign(amendment))


def test_reschedule__signatures_on_a_booking__cannot_amend(world: World, trio: Team, booked: Booking) -> None:
    to = moved(booked.terms)
    amendment = rescheduling(world, booked.terms, to)
    with refuses("InvalidSignature", party=to.hospital, signer=0):
        world.send(amendment, world.sign(trio.booking(to)))


def test_reschedule__after_a_session_that_broke_off__forgets_its_attendance(
    world: World, booked: Booking
) -> None:
    terms = booked.terms
    lead = terms.seats[0].doctor
    recorded = acts.record_attendance(booked.packed, terms.hospital, lead, ALL, 1, terms.ends_at)
    world.act(recorded, at=terms.starts_at)
    to = replace(moved(terms), sign_by=terms.ends_at)
    world.act(rescheduling(world, terms, to))
    assert (Booking(world, to).state["attended"], Booking(world, to).state["overtime"]) == (0, 0)


def test_reschedule__until_the_opinion_is_overdue__and_not_a_second_longer(
    world: World, booked: Booking
) -> None:
    terms = booked.terms
    due = terms.ends_at + terms.policy.deliver_window
    to = replace(moved(terms, 3 * LATER), sign_by=due + DAY)
    amendment = rescheduling(world, terms, to)
    with refuses("DeliveryTooLate", due=due, nowAt=due + 1):
        world.act(amendment, at=due + 1)


def test_reschedule__in_the_last_second__is_accepted(world: World, booked: Booking) -> None:
    terms = booked.terms
    due = terms.ends_at + terms.policy.deliver_window
    world.act(rescheduling(world, terms, replace(moved(terms, 3 * LATER), sign_by=due)), at=due)


def test_reschedule__to_hours_that_are_taken__reverts(
    world: World, trio: Team, agreed: Terms, booked: Booking
) -> None:
    taken = trio.terms(start=Slot(agreed.start + LATER))
    trio.book(taken)
    to = moved(agreed)
    with refuses("SlotTaken", doctor=agreed.seats[0].doctor, slot=to.start):
        world.act(rescheduling(world, agreed, to))


def test_reschedule__to_the_past_or_signed_too_late__reverts(world: World, booked: Booking) -> None:
    terms = booked.terms
    to = moved(terms)
    amendment = rescheduling(world, terms, to)
    with refuses("StatementExpired", deadline=to.sign_by, nowAt=to.sign_by + 1):
        world.act(amendment, at=to.sign_by + 1)
    past = replace(terms, start=Slot(world.chain.now() // 900 - 4), sign_by=world.chain.now() + DAY)
    with refuses("StartInThePast", start=past.starts_at, nowAt=world.chain.now() + 1):
        world.act(acts.reschedule(encode_terms(terms), encode_terms(past), amendment.signers))


@pytest.mark.parametrize(
    "change",
    [
        {"hospital": PartyId(3)},
        {"slots": 5},
        {"lead": 1},
        {"pricing": {"platform_bps": 501}},
        {"policy": {"late_bps": 9_999}},
        {"documents": {"consent": bytes(32)}},
        {"fee": 1},
        {"fewer": 1},
    ],
    ids=str,
)
def test_reschedule__with_any_other_difference__reverts(
    world: World, booked: Booking, change: dict[str, object]
) -> None:
    terms = booked.terms
    to = moved(terms)
    match change:
        case {"pricing": dict(changed)}:
            to = replace(to, pricing=replace(to.pricing, **changed))
        case {"policy": dict(changed)}:
            to = replace(to, policy=replace(to.policy, **changed))
        case {"documents": dict(changed)}:
            to = replace(to, documents=replace(to.documents, **changed))
        case {"fee": _}:
            to = replace(to, seats=(replace(to.seats[0], fee=Fen(to.seats[0].fee + 1)), *to.seats[1:]))
        case {"fewer": _}:
            to = replace(to, seats=to.seats[:2])
        case _:
            to = replace(to, **change)  # type: ignore[arg-type]
    with refuses("TermsDiffer"):
        world.act(acts.reschedule(encode_terms(terms), encode_terms(to), (terms.hospital,)))


def test_reschedule__without_one_of_the_doctors__reverts(world: World, booked: Booking) -> None:
    amendment = rescheduling(world, booked.terms, moved(booked.terms))
    for place, party in enumerate(amendment.signers):
        signers = [*amendment.signers]
        signers[place] = world.bank
        with refuses("InvalidSignature", party=party, signer=0):
            world.act(amendment, *signers)


def test_reschedule__after_the_delivery__reverts(world: World, trio: Team, booked: Booking) -> None:
    amendment = rescheduling(world, booked.terms, replace(moved(booked.terms), sign_by=2**40 - 1))
    trio.deliver(booked.packed, booked.terms)
    with refuses("WrongStatus", status=ConsultationStatus.DELIVERED, needed=ConsultationStatus.BOOKED):
        world.act(amendment)


def test_reschedule__terms_that_were_not_booked__reverts(world: World, trio: Team) -> None:
    terms = trio.terms()
    with refuses("UnknownTerms", termsHash=keccak(encode_terms(terms))):
        world.act(acts.reschedule(encode_terms(terms), encode_terms(moved(terms)), (terms.hospital,)))


def test_reschedule__with_a_consent_that_was_withdrawn__reverts(world: World, booked: Booking) -> None:
    terms = booked.terms
    amendment = rescheduling(world, terms, moved(terms))
    given = terms.documents
    at = world.chain.now() + 1
    world.withdraw(given.case_file, given.consent)
    with refuses("ConsentNotInForce", consent=given.consent, validUntil=at, withdrawn=True):
        world.act(amendment)


@pytest.mark.parametrize("fault", WITHOUT_A_DEADLINE, ids=lambda fault: fault.__name__)
def test_reschedule__badly_signed__reverts(world: World, booked: Booking, fault: Fault) -> None:
    fault(world, rescheduling(world, booked.terms, moved(booked.terms)))


# substitute


@pytest.mark.parametrize("index", [0, 1, 2])
def test_substitute__by_a_later_doctor__takes_the_hours_and_the_fee(
    world: World, trio: Team, booked: Booking, index: int
) -> None:
    terms = booked.terms
    leaving, joining = terms.seats[index].doctor, joiner(world, trio)
    to = with_another(terms, leaving, seat_of(terms, index, joining))
    with moves(world):
        receipt = world.act(substituting(world, terms, to))
    amended = events_of(world, receipt)[0]
    assert (amended.name, amended.values["id"]) == ("Amended", booked.id)
    assert hours(world, leaving, terms) == {False}
    assert all(hours(world, seat.doctor, to) == {True} for seat in to.seats)
    trio.deliver(encode_terms(to), to)
    world.act(acts.accept(encode_terms(to), to.hospital, world.deadline))
    assert world.read("RevenueLedger", "creditOf", joining)["credited"] > 0
    assert world.read("RevenueLedger", "creditOf", leaving)["credited"] == 0


@pytest.mark.parametrize("index", [0, 1, 2])
def test_substitute__by_an_earlier_doctor__finds_the_place(
    world: World, arbiter: PartyId, index: int
) -> None:
    """Seats stand in ascending order of doctor, whoever comes and goes."""
    early = world.doctor()
    team = Team.assemble(world, 3)
    world.affiliate(early, team.institutions[0])
    world.join(team.group, early)
    terms = team.terms()
    team.book(terms)
    to = with_another(terms, terms.seats[index].doctor, seat_of(terms, index, early))
    world.act(substituting(world, terms, to))
    assert Booking(world, to).status is ConsultationStatus.BOOKED


def test_substitute__the_leaving_doctor__signs_last(world: World, trio: Team, booked: Booking) -> None:
    """No doctor's share falls without that doctor's signature."""
    terms = booked.terms
    leaving = terms.seats[1].doctor
    to = with_another(terms, leaving, seat_of(terms, 1, joiner(world, trio)))
    amendment = substituting(world, terms, to)
    assert amendment.signers[-1] == leaving
    with refuses("InvalidSignature", party=leaving, signer=0):
        world.act(amendment, *amendment.signers[:-1], terms.hospital)
    with refuses("MalformedSignatures"):
        world.act(amendment, *amendment.signers[:-1])


def test_substitute__of_a_doctor_who_was_suspended__needs_no_signature_of_theirs(
    world: World, trio: Team, booked: Booking
) -> None:
    terms = booked.terms
    leaving = terms.seats[1].doctor
    to = with_another(terms, leaving, seat_of(terms, 1, joiner(world, trio)))
    world.suspend(leaving)
    amendment = substituting(world, terms, to)
    assert leaving not in amendment.signers
    world.act(amendment)


def test_substitute__by_somebody_without_licence_or_membership__reverts(
    world: World, trio: Team, booked: Booking
) -> None:
    terms = booked.terms
    joining = joiner(world, trio)
    to = with_another(terms, terms.seats[1].doctor, seat_of(terms, 1, joining))
    amendment = substituting(world, terms, to)
    world.suspend(joining)
    with refuses("NotAccredited", party=joining):
        world.act(amendment)
    stranger = world.doctor()
    world.affiliate(stranger, trio.institutions[0])
    other = with_another(terms, terms.seats[1].doctor, seat_of(terms, 1, stranger))
    with refuses("NotMember", group=trio.group, doctor=stranger):
        world.act(acts.substitute(encode_terms(terms), encode_terms(other), amendment.signers))


def test_substitute__of_the_lead__passes_the_lead_on(world: World, trio: Team, booked: Booking) -> None:
    terms = booked.terms
    joining = joiner(world, trio)
    to = with_another(terms, terms.seats[0].doctor, seat_of(terms, 0, joining))
    elsewhere = replace(to, lead=0)
    with refuses("LeadDiffers", leading=joining, next=to.seats[0].doctor):
        world.act(acts.substitute(encode_terms(terms), encode_terms(elsewhere), (terms.hospital,)))
    world.act(substituting(world, terms, to))


def test_substitute__of_another_seat__may_not_pass_the_lead_on(
    world: World, trio: Team, booked: Booking
) -> None:
    terms = booked.terms
    joining = joiner(world, trio)
    to = with_another(terms, terms.seats[1].doctor, seat_of(terms, 1, joining))
    at = next(place for place, seat in enumerate(to.seats) if seat.doctor == joining)
    with refuses("LeadDiffers", leading=terms.seats[0].doctor, next=joining):
        world.act(acts.substitute(encode_terms(terms), encode_terms(replace(to, lead=at)), (terms.hospital,)))


def test_substitute__with_a_lead_beyond_the_seats__reverts(world: World, trio: Team, booked: Booking) -> None:
    terms = booked.terms
    to = with_another(terms, terms.seats[1].doctor, seat_of(terms, 1, joiner(world, trio)))
    packed = bytearray(encode_terms(to))
    packed[LEAD_BYTE] = 9
    with refuses("LeadNotRequired", lead=9, seats=3):
        world.send(acts.substitute(encode_terms(terms), bytes(packed), ()), [])


@pytest.mark.parametrize("change", [{"fee": Fen(1)}, {"required": False}, {"specialties": 0b100}], ids=str)
def test_substitute__for_other_work__reverts(
    world: World, trio: Team, booked: Booking, change: dict[str, object]
) -> None:
    terms = booked.terms
    leaving, joining = terms.seats[1].doctor, joiner(world, trio)
    to = with_another(terms, leaving, seat_of(terms, 1, joining, **change))
    with refuses("SeatsDiffer", leaving=leaving, joining=joining):
        world.act(acts.substitute(encode_terms(terms), encode_terms(to), (terms.hospital,)))


def test_substitute__of_two_seats_at_once__reverts(world: World, trio: Team, booked: Booking) -> None:
    terms = booked.terms
    one, two = joiner(world, trio), joiner(world, trio)
    to = with_another(terms, terms.seats[1].doctor, seat_of(terms, 1, one))
    to = with_another(to, terms.seats[2].doctor, seat_of(terms, 2, two))
    refusal = world.refusal(acts.substitute(encode_terms(terms), encode_terms(to), (terms.hospital,)))
    assert refusal.name == "SeatsDiffer"


def test_substitute__changing_what_another_seat_is_paid__reverts(
    world: World, trio: Team, booked: Booking
) -> None:
    terms = booked.terms
    to = with_another(terms, terms.seats[1].doctor, seat_of(terms, 1, joiner(world, trio)))
    cheaper = (replace(to.seats[0], fee=Fen(1)), *to.seats[1:])
    refusal = world.refusal(
        acts.substitute(encode_terms(terms), encode_terms(replace(to, seats=cheaper)), (terms.hospital,))
    )
    assert refusal.name == "SeatsDiffer"


@pytest.mark.parametrize(
    "change", [{"start": 1}, {"slots": 5}, {"hospital": PartyId(3)}, {"policy": 1}, {"same": 1}], ids=str
)
def test_substitute__with_any_other_difference__reverts(
    world: World, trio: Team, booked: Booking, change: dict[str, int]
) -> None:
    terms = booked.terms
    to = with_another(terms, terms.seats[1].doctor, seat_of(terms, 1, joiner(world, trio)))
    match change:
        case {"start": later}:
            to = replace(to, start=Slot(terms.start + later))
        case {"policy": _}:
            to = replace(to, policy=replace(to.policy, default_bps=1))
        case {"same": _}:
            to = replace(terms, salt=OTHER_SALT)
        case _:
            to = replace(to, **change)  # type: ignore[arg-type]
    with refuses("TermsDiffer"):
        world.act(acts.substitute(encode_terms(terms), encode_terms(to), (terms.hospital,)))


def test_substitute__whose_hours_are_taken__reverts(world: World, trio: Team, booked: Booking) -> None:
    terms = booked.terms
    joining = joiner(world, trio)
    busy = trio.terms(start=terms.start)
    alone = replace(busy, lead=0, seats=(replace(seat_of(terms, 0, joining), required=True),))
    trio.book(alone)
    to = with_another(terms, terms.seats[1].doctor, seat_of(terms, 1, joining))
    with refuses("SlotTaken", doctor=joining, slot=terms.start):
        world.act(substituting(world, terms, to))


def test_substitute__once_it_has_started__reverts(world: World, trio: Team, booked: Booking) -> None:
    terms = booked.terms
    to = with_another(terms, terms.seats[1].doctor, seat_of(terms, 1, joiner(world, trio)))
    to = replace(to, sign_by=terms.ends_at)
    amendment = substituting(world, terms, to)
    with refuses("StartInThePast", start=terms.starts_at, nowAt=terms.starts_at):
        world.act(amendment, at=terms.starts_at)


@pytest.mark.parametrize("fault", WITHOUT_A_DEADLINE, ids=lambda fault: fault.__name__)
def test_substitute__badly_signed__reverts(world: World, trio: Team, booked: Booking, fault: Fault) -> None:
    terms = booked.terms
    to = with_another(terms, terms.seats[1].doctor, seat_of(terms, 1, joiner(world, trio)))
    fault(world, substituting(world, terms, to))
