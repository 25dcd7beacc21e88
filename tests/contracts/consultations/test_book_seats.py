"""Consultations.book, every seat: licence, specialties, practice and agreement up to the end of the session."""

from __future__ import annotations

from dataclasses import replace

import pytest

from huizhen.domain import acts
from huizhen.domain.ids import PartyId
from huizhen.domain.slots import SLOT_SECONDS, Slot
from huizhen.domain.statuses import PartyKind
from huizhen.domain.terms import Terms
from tests.support.refusals import refuses
from tests.support.team import Team
from tests.support.world import AUTHORITY, BEIJING, SPECIALTIES, World, digest_of

SECOND = 1
LAST_SECOND = 2**40 - 1
each_party = pytest.mark.parametrize("role", ["hospital", "doctor", "institution"])


def party_of(team: Team, role: str) -> PartyId:
    parties = {
        "hospital": team.hospital,
        "doctor": team.doctors[SECOND],
        "institution": team.institutions[SECOND],
    }
    return parties[role]


def licensed_until(world: World, party: PartyId, second: int, specialties: int = SPECIALTIES) -> None:
    world.act(
        acts.accredit(
            party, world.revision(party), specialties, BEIJING, second, 0, AUTHORITY, world.deadline
        )
    )


def with_second(terms: Terms, **changes: object) -> Terms:
    first, second = terms.seats
    return replace(terms, seats=(first, replace(second, **changes)))  # type: ignore[arg-type]


def with_second_alone(terms: Terms, **changes: object) -> Terms:
    """In no group: whether a seat's doctor is a member is asked before what else the doctor is."""
    return with_second(terms, group=0, rule_version=0, institution_bps=10_000, fund_bps=0, **changes)


def with_second_optional(terms: Terms) -> Terms:
    return with_second(terms, required=False)


@each_party
def test_book__with_somebody_suspended__reverts(world: World, team: Team, terms: Terms, role: str) -> None:
    party = party_of(team, role)
    world.suspend(party)
    with refuses("NotAccredited", party=party):
        team.book(terms)


@each_party
def test_book__with_a_licence_until_the_end__is_accepted(
    world: World, team: Team, terms: Terms, role: str
) -> None:
    licensed_until(world, party_of(team, role), terms.ends_at)
    team.book(terms)


@each_party
def test_book__with_a_licence_that_ends_a_second_earlier__reverts(
    world: World, team: Team, terms: Terms, role: str
) -> None:
    party, until = party_of(team, role), terms.ends_at - 1
    licensed_until(world, party, until)
    with refuses("LicenceExpired", party=party, validUntil=until, neededAt=terms.ends_at):
        team.book(terms)


def test_book__beyond_what_forty_bits_of_seconds_hold__reverts_for_the_licence(
    world: World, team: Team, terms: Terms
) -> None:
    """Cut to 40 bits, the end of such a session would lie in 1970, and every licence would outlast it."""
    case_file, consent = digest_of("case"), digest_of("consent")
    world.consent(team.hospital, case_file, consent, valid_for=LAST_SECOND - world.chain.now())
    documents = replace(terms.documents, case_file=case_file, consent=consent)
    until = world.read("CredentialRegistry", "partyOf", team.hospital)["validUntil"]
    for start in (LAST_SECOND // SLOT_SECONDS, 2**32 - 1):
        far = replace(terms, start=Slot(start), documents=documents)
        with refuses("LicenceExpired", party=team.hospital, validUntil=until, neededAt=LAST_SECOND):
            team.book(far)


def test_book__an_optional_seat__is_checked_as_well(world: World, team: Team, terms: Terms) -> None:
    world.suspend(team.doctors[SECOND])
    with refuses("NotAccredited", party=team.doctors[SECOND]):
        team.book(with_second_optional(terms))


def test_book__with_all_specialties_of_the_doctor__is_accepted(team: Team, terms: Terms) -> None:
    team.book(with_second(terms, specialties=SPECIALTIES))


@pytest.mark.parametrize("needed", [1, 0b11, 1 << 159])
def test_book__with_a_specialty_that_the_doctor_lacks__reverts(team: Team, terms: Terms, needed: int) -> None:
    with refuses("SpecialtiesMissing", doctor=team.doctors[SECOND], held=SPECIALTIES, needed=needed):
        team.book(with_second(terms, specialties=needed))


def test_book__with_an_applicant_for_a_doctor__reverts(world: World, team: Team, terms: Terms) -> None:
    applicant = world.apply(PartyKind.DOCTOR)
    with refuses("NotAccredited", party=applicant):
        team.book(with_second_alone(terms, doctor=applicant))


def test_book__with_what_is_no_doctor_or_no_institution__reverts(
    world: World, team: Team, terms: Terms
) -> None:
    group = world.register(PartyKind.GROUP)
    for wrong in (with_second_alone(terms, doctor=group), with_second(terms, institution=group)):
        with refuses("KindNotAllowed", kind=PartyKind.GROUP):
            team.book(wrong)


def test_book__by_what_is_no_hospital__reverts(world: World, team: Team, terms: Terms) -> None:
    doctor = world.doctor()
    case_file, consent = digest_of("case"), digest_of("consent")
    world.consent(doctor, case_file, consent)
    documents = replace(terms.documents, case_file=case_file, consent=consent)
    with refuses("KindNotAllowed", kind=PartyKind.DOCTOR):
        team.book(replace(terms, hospital=doctor, documents=documents))


# Practice


def test_book__at_an_institution_where_the_doctor_does_not_practise__reverts(
    world: World, team: Team, terms: Terms
) -> None:
    doctor, elsewhere = team.doctors[SECOND], team.institutions[0]
    with refuses("NotAffiliated", doctor=doctor, institution=elsewhere, validUntil=0, neededAt=terms.ends_at):
        team.book(with_second(terms, institution=elsewhere))


@pytest.mark.parametrize("short_by", [0, 1])
def test_book__with_a_practice_until_the_end__is_accepted_and_a_second_less_reverts(
    world: World, team: Team, terms: Terms, short_by: int
) -> None:
    doctor, institution = team.doctors[SECOND], team.institutions[SECOND]
    until = terms.ends_at - short_by
    world.act(acts.affiliate(doctor, institution, until, until, 1, world.deadline))
    if not short_by:
        team.book(terms)
        return
    with refuses(
        "NotAffiliated", doctor=doctor, institution=institution, validUntil=until, neededAt=terms.ends_at
    ):
        team.book(terms)


def test_book__after_the_practice_was_ended__reverts(world: World, team: Team, terms: Terms) -> None:
    doctor, institution = team.doctors[SECOND], team.institutions[SECOND]
    world.act(acts.end_affiliation(doctor, institution, institution, 1, world.deadline))
    with refuses(
        "NotAffiliated", doctor=doctor, institution=institution, validUntil=0, neededAt=terms.ends_at
    ):
        team.book(terms)


# Agreement


def test_book__without_an_agreement__reverts(world: World, team: Team, terms: Terms) -> None:
    doctor, stranger = team.doctors[SECOND], world.hospital()
    world.affiliate(doctor, stranger)
    with refuses("NoAgreement", a=team.hospital, b=stranger, validUntil=0, neededAt=terms.ends_at):
        team.book(with_second(terms, institution=stranger))


@pytest.mark.parametrize("short_by", [0, 1])
def test_book__with_an_agreement_until_the_end__is_accepted_and_a_second_less_reverts(
    world: World, team: Team, terms: Terms, short_by: int
) -> None:
    institution, until = team.institutions[SECOND], terms.ends_at - short_by
    world.agree(team.hospital, institution, valid_for=until - world.chain.now())
    if not short_by:
        team.book(terms)
        return
    with refuses("NoAgreement", a=team.hospital, b=institution, validUntil=until, neededAt=terms.ends_at):
        team.book(terms)


def test_book__with_its_own_doctor__needs_no_agreement_and_no_second_signature(
    world: World, team: Team, terms: Terms
) -> None:
    world.affiliate(team.doctors[SECOND], team.hospital, standing=False)
    own = with_second(terms, institution=team.hospital)
    assert team.booking(own).signers == (team.hospital, *team.doctors, team.lead)
    team.book(own)
