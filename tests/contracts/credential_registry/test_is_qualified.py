"""CredentialRegistry.isQualified: a doctor's specialties and practice at a time."""

from __future__ import annotations

import pytest

from huizhen.domain import acts
from huizhen.domain.ids import PartyId
from huizhen.domain.statuses import PartyKind
from tests.support.world import AUTHORITY, BEIJING, DAY, SPECIALTIES, World


@pytest.fixture(scope="module")
def until(world: World, doctor: PartyId, institution: PartyId) -> int:
    """The last second of the affiliation, before licences expire."""
    world.affiliate(doctor, institution)
    second: int = world.read("CredentialRegistry", "affiliationOf", doctor, institution)["validUntil"]
    return second


def qualified(world: World, *arguments: int) -> bool:
    answer: bool = world.read("CredentialRegistry", "isQualified", *arguments)
    return answer


def test_is_qualified__with_all_or_some_of_its_specialties__is_true(
    world: World, doctor: PartyId, institution: PartyId, until: int
) -> None:
    for needed in (SPECIALTIES, 0b10, 0):
        assert qualified(world, doctor, needed, institution, until)


def test_is_qualified__for_one_specialty_more__is_false(
    world: World, doctor: PartyId, institution: PartyId, until: int
) -> None:
    assert not qualified(world, doctor, SPECIALTIES | 1, institution, until)


def test_is_qualified__after_the_affiliation__is_false(
    world: World, doctor: PartyId, institution: PartyId, until: int
) -> None:
    assert not qualified(world, doctor, SPECIALTIES, institution, until + 1)


@pytest.mark.parametrize("whose", ["doctor", "institution"])
def test_is_qualified__after_a_licence__is_false(
    world: World, doctor: PartyId, institution: PartyId, until: int, whose: str
) -> None:
    party = doctor if whose == "doctor" else institution
    renewing = acts.accredit(
        party, world.revision(party), SPECIALTIES, BEIJING, until - DAY, 0, AUTHORITY, world.deadline
    )
    world.act(renewing)
    assert qualified(world, doctor, SPECIALTIES, institution, until - DAY)
    assert not qualified(world, doctor, SPECIALTIES, institution, until - DAY + 1)


@pytest.mark.parametrize("whose", ["doctor", "institution"])
def test_is_qualified__while_suspended__is_false(
    world: World, doctor: PartyId, institution: PartyId, until: int, whose: str
) -> None:
    world.suspend(doctor if whose == "doctor" else institution)
    assert not qualified(world, doctor, SPECIALTIES, institution, until)


def test_is_qualified__elsewhere_or_as_somebody_else__is_false(
    world: World, doctor: PartyId, institution: PartyId, until: int
) -> None:
    group = world.register(PartyKind.GROUP)
    assert not qualified(world, doctor, 0, world.hospital(), until)
    assert not qualified(world, doctor, 0, group, until)
    assert not qualified(world, institution, 0, institution, until)
