"""Consultations.book: one transaction books hours, escrows the price and keeps the terms' hash, or does nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest
from eth_utils.crypto import keccak

from huizhen.domain import acts
from huizhen.domain.slots import Slot
from huizhen.domain.statuses import ConsultationStatus, PartyKind
from huizhen.domain.terms import Documents, Terms, encode_terms
from tests.contracts.consultations.conftest import Booking
from tests.support.books import moves
from tests.support.events import event, events_of
from tests.support.refusals import refuses
from tests.support.team import Team
from tests.support.world import DAY, NOBODY, World, digest_of


def with_sign_by(terms: Terms, second: int) -> Terms:
    return replace(terms, sign_by=second)


def test_book__signed_by_all__reserves_escrows_and_keeps_the_hash(
    world: World, team: Team, terms: Terms
) -> None:
    statement, packed, price = team.booking(terms), encode_terms(terms), terms.escrow()
    doctors = tuple(team.doctors)
    at = world.chain.now() + 100
    with moves(world, available=-price, escrowed=price):
        receipt = world.act(statement, at=at)

    booked = Booking(world, terms)
    assert events_of(world, receipt) == [
        event(
            "Booked",
            id=booked.id,
            termsHash=keccak(packed),
            hospital=terms.hospital,
            escrowed=price,
            terms=packed,
        ),
        event("Reserved", start=terms.start, slots=terms.slots, doctors=doctors),
        event("Escrowed", consultation=booked.id, hospital=terms.hospital, amount=price),
    ]
    assert booked.state == {
        "status": ConsultationStatus.BOOKED,
        "id": world.read("Consultations", "consultationCount"),
        "bookedAt": at,
        "deliveredAt": 0,
        "seats": 0,
        "overtime": 0,
        "escrowed": price,
        "attended": 0,
    }
    for doctor in doctors:
        hours = [
            world.read("SlotBook", "isTaken", doctor, terms.start + n) for n in range(-1, terms.slots + 1)
        ]
        assert hours == [False, *[True] * terms.slots, False]


def test_book__one_after_another__takes_sequential_ids(world: World, team: Team, terms: Terms) -> None:
    first, second = terms, team.terms(start=Slot(terms.start + terms.slots))
    team.book(first)
    team.book(second)
    assert Booking(world, second).id == Booking(world, first).id + 1


def test_book__the_same_terms_twice__reverts(world: World, team: Team, terms: Terms) -> None:
    statement = team.booking(terms)
    world.act(statement)
    with refuses("AlreadyBooked", id=Booking(world, terms).id):
        world.act(statement)


def test_book__terms_that_were_cancelled__reverts(world: World, team: Team, terms: Terms) -> None:
    """Signatures are used up whatever became of the consultation."""
    statement = team.booking(terms)
    world.act(statement)
    world.act(acts.cancel(encode_terms(terms), terms.hospital, world.deadline))
    with refuses("AlreadyBooked", id=Booking(world, terms).id):
        world.act(statement)


def test_book__in_the_last_second_to_sign__is_accepted(world: World, team: Team, terms: Terms) -> None:
    team.book(terms, at=terms.sign_by)


def test_book__a_second_after_the_last_to_sign__reverts(world: World, team: Team, terms: Terms) -> None:
    with refuses("StatementExpired", deadline=terms.sign_by, nowAt=terms.sign_by + 1):
        team.book(terms, at=terms.sign_by + 1)


def test_book__a_second_before_the_start__is_accepted(team: Team, terms: Terms) -> None:
    team.book(with_sign_by(terms, terms.ends_at), at=terms.starts_at - 1)


@pytest.mark.parametrize("late", [0, 1])
def test_book__once_it_has_started__reverts(team: Team, terms: Terms, late: int) -> None:
    at = terms.starts_at + late
    with refuses("StartInThePast", start=terms.starts_at, nowAt=at):
        team.book(with_sign_by(terms, terms.ends_at), at=at)


# Hours


def test_book__an_hour_that_another_hospital_has_booked__reverts_and_keeps_nothing(
    world: World, team: Team, terms: Terms
) -> None:
    other = Team(world, world.hospital(), team.doctors, team.institutions, team.lead, team.group)
    for institution in team.institutions:
        world.agree(other.hospital, institution)
    world.deposit(other.hospital, 1_000_000)
    overlapping = other.terms(start=Slot(terms.start + terms.slots - 1))
    statement = other.booking(overlapping)
    team.book(terms)

    with (
        moves(world),
        refuses("SlotTaken", doctor=min(team.doctors), slot=terms.start + terms.slots - 1),
    ):
        world.act(statement)
    assert Booking(world, overlapping).state["status"] == 0
    assert not world.read("SlotBook", "isTaken", team.doctors[0], terms.start + terms.slots)


# Money


def test_book__with_exactly_the_price_in_custody__is_accepted_and_then_reverts(
    world: World, team: Team, terms: Terms
) -> None:
    price = terms.escrow()
    poor = Team(world, world.hospital(), team.doctors, team.institutions, team.lead, team.group)
    for institution in team.institutions:
        world.agree(poor.hospital, institution)
    world.deposit(poor.hospital, 2 * price - 1)
    first = poor.terms()
    poor.book(first)
    second = poor.terms(start=Slot(first.start + first.slots))
    with refuses("FundsTooLow", hospital=poor.hospital, available=price - 1, needed=price):
        poor.book(second)
    assert not world.read("SlotBook", "isTaken", team.doctors[0], second.start)


def test_book__with_a_platform_that_is_none_or_suspended__reverts(
    world: World, team: Team, terms: Terms
) -> None:
    hospital = replace(terms, pricing=replace(terms.pricing, platform=team.hospital))
    with refuses("KindNotAllowed", kind=PartyKind.HOSPITAL):
        team.book(hospital)
    world.suspend(world.platform)
    with refuses("NotAccredited", party=world.platform):
        team.book(terms)


def test_book__with_a_platform_that_takes_nothing__needs_none(team: Team, terms: Terms) -> None:
    team.book(replace(terms, pricing=replace(terms.pricing, platform=NOBODY, platform_bps=0)))


# Consent


def with_consent(terms: Terms, case_file: bytes, consent: bytes) -> Terms:
    return replace(terms, documents=Documents(terms.documents.agreement, case_file, consent))


def test_book__without_consent__reverts(team: Team) -> None:
    terms = team.terms(consent=False)
    with refuses("NotGranted", consent=terms.documents.consent):
        team.book(terms)


def test_book__with_a_consent_to_another_case__reverts(team: Team, terms: Terms) -> None:
    with refuses("NotGranted", consent=terms.documents.consent):
        team.book(with_consent(terms, digest_of("another case"), terms.documents.consent))


def test_book__with_a_consent_to_another_hospital__reverts(world: World, team: Team, terms: Terms) -> None:
    other = world.hospital()
    case_file, consent = digest_of("case of", other), digest_of("consent to", other)
    world.consent(other, case_file, consent)
    with refuses("ConsentForOtherHospital", granted=other, asked=team.hospital):
        team.book(with_consent(terms, case_file, consent))


def test_book__with_a_consent_until_the_end__is_accepted_and_a_second_less_reverts(
    world: World, team: Team, terms: Terms
) -> None:
    case_file, enough, too_short = digest_of("case"), digest_of("enough"), digest_of("too short")
    until = terms.ends_at
    world.consent(team.hospital, case_file, enough, valid_for=until - world.chain.now())
    world.consent(team.hospital, case_file, too_short, valid_for=until - 1 - world.chain.now())
    with refuses("ConsentNotInForce", consent=too_short, validUntil=until - 1, withdrawn=False):
        team.book(with_consent(terms, case_file, too_short))
    team.book(with_consent(terms, case_file, enough))


def test_book__with_a_consent_that_was_withdrawn__reverts(world: World, team: Team, terms: Terms) -> None:
    case_file, consent = digest_of("case"), digest_of("consent")
    patient = world.consent(team.hospital, case_file, consent, valid_for=60 * DAY)
    statement = team.booking(with_consent(terms, case_file, consent))
    world.act(acts.withdraw_consent(case_file, consent, world.deadline), patient)
    with refuses("ConsentNotInForce", consent=consent, validUntil=world.chain.now(), withdrawn=True):
        world.act(statement)
