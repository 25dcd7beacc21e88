"""CaseAccess.mayOpen: what an operator asks before it hands out a file."""

from __future__ import annotations

import pytest

from huizhen.domain import acts
from huizhen.domain.ids import PartyId
from huizhen.domain.statuses import PartyKind
from tests.support.open_case import OpenCase
from tests.support.world import AUTHORITY, DAY, World

BEGINNING, FOR_EVER = 0, 2**40 - 1


@pytest.fixture
def last_second(case: OpenCase, reader: PartyId) -> int:
    """Of the reader's grant."""
    return case.grant(reader)


def test_may_open__until_the_last_second_of_the_grant__and_no_longer(
    case: OpenCase, reader: PartyId, last_second: int
) -> None:
    assert case.may_open(reader, last_second)
    assert not case.may_open(reader, last_second + 1)
    assert not case.may_open(reader, FOR_EVER)


def test_may_open__without_a_grant__never(case: OpenCase, reader: PartyId) -> None:
    for party in (reader, case.hospital):
        assert not case.may_open(party)
        assert not case.may_open(party, BEGINNING)


def test_may_open__after_the_end_of_the_grant__never(
    world: World, case: OpenCase, reader: PartyId, last_second: int
) -> None:
    world.act(case.ending(reader, reader))
    assert not case.may_open(reader)
    assert not case.may_open(reader, BEGINNING)


def test_may_open__after_the_consent_was_withdrawn__never(
    case: OpenCase, reader: PartyId, last_second: int
) -> None:
    case.withdraw()
    assert not case.may_open(reader)
    assert not case.may_open(reader, BEGINNING)


def test_may_open__withdrawn_from_another_consent__still(
    case: OpenCase, reader: PartyId, last_second: int
) -> None:
    case.with_another_consent().withdraw()
    assert case.may_open(reader)


def test_may_open__of_another_case_or_recipient__not(
    world: World, case: OpenCase, reader: PartyId, arbiter: PartyId, last_second: int
) -> None:
    assert not case.may_open(arbiter)
    assert not OpenCase.of(world, case.hospital, "another case").may_open(reader)


def test_may_open__while_suspended__not(
    world: World, case: OpenCase, reader: PartyId, last_second: int
) -> None:
    world.suspend(reader)
    assert not case.may_open(reader)
    world.act(acts.reinstate(reader, world.revision(reader), AUTHORITY, world.deadline))
    assert case.may_open(reader)


def test_may_open__until_the_last_second_of_the_licence__and_no_longer(world: World, case: OpenCase) -> None:
    doctor = world.register(PartyKind.DOCTOR, valid_for=DAY)
    until = world.read("CredentialRegistry", "partyOf", doctor)["validUntil"]
    case.grant(doctor)
    assert case.may_open(doctor, until)
    assert not case.may_open(doctor, until + 1)


def test_may_open__by_an_arbiter_that_is_one_no_longer__not(
    world: World, case: OpenCase, arbiter: PartyId
) -> None:
    case.grant(arbiter)
    assert case.may_open(arbiter)
    world.accredit(arbiter, powers=0)
    assert not case.may_open(arbiter)
