"""A hospital whose only signer is an institution's account applies, is accredited, books and accepts."""

from __future__ import annotations

import pytest

from huizhen.domain import acts
from huizhen.domain.statement import Signature
from huizhen.domain.statuses import PartyKind
from tests.contracts.institution_account.conftest import Office, create, software
from tests.support.keys import AccountKey, Key, together
from tests.support.refusals import refuses
from tests.support.settling import due_legs, releases
from tests.support.team import Team
from tests.support.world import World, digest_of

OFFICERS = [software(name) for name in ("preparer", "approver", "director")]


def account(world: World, role: str, number: int) -> AccountKey:
    return create(world, OFFICERS, salt=digest_of(role, number)).key()


@pytest.fixture(scope="module")
def chain_of_hospitals(world: World) -> Team:
    """Hospital and institutions of practice are accounts of one and the same officers and sign each booking."""

    def key(role: str, number: int) -> Key | None:
        return account(world, role, number) if role in ("hospital", "institution") else None

    return Team.assemble(world, 2, standing=False, keys=key)


def test_institution__from_its_application_to_acceptance__signs_by_two_officers(
    world: World, chain_of_hospitals: Team
) -> None:
    team, terms = chain_of_hospitals, chain_of_hospitals.terms()
    packed = team.book(terms)
    team.deliver(packed, terms)
    with releases(world, terms, due_legs(terms)):
        world.act(acts.accept(packed, team.hospital, world.deadline))


def test_apply_as__signed_by_one_officer__reverts(world: World, office: Office) -> None:
    party = world.read("CredentialRegistry", "partyCount") + 1
    with refuses("InvalidSignature", party=party, signer=0):
        world.apply(PartyKind.HOSPITAL, office.key(office.officers[0]))


def test_accept__signed_by_one_officer_once_or_twice__reverts(world: World, chain_of_hospitals: Team) -> None:
    team, terms = chain_of_hospitals, chain_of_hospitals.terms()
    packed = team.book(terms)
    team.deliver(packed, terms)
    accepting = acts.accept(packed, team.hospital, world.deadline)
    key = world.keys[team.hospital]
    assert isinstance(key, AccountKey)
    for officers in (key.officers[:1], (key.officers[0], key.officers[0])):
        with refuses("InvalidSignature", party=team.hospital, signer=0):
            world.act(accepting, AccountKey(key.account, key.chain_id, officers))


def test_book__with_one_institutions_signature_in_the_place_of_anothers__reverts(
    world: World, chain_of_hospitals: Team
) -> None:
    """The same officers sign the same terms for three institutions, and each signature counts for one of them."""
    team = chain_of_hospitals
    booking = team.booking(team.terms())
    signatures = world.sign(booking)
    hospital, institution = (booking.signers.index(each) for each in (team.hospital, team.institutions[0]))
    for place, other in ((institution, hospital), (hospital, institution)):
        swapped = [*signatures]
        swapped[place] = signatures[other]
        with refuses("InvalidSignature", party=booking.signers[place], signer=0):
            world.send(booking, swapped)
    world.send(booking, signatures)


def test_book__with_officers_own_signatures__reverts(world: World, chain_of_hospitals: Team) -> None:
    """Not bound to any institution, they could be carried from one to another."""
    team = chain_of_hospitals
    booking = team.booking(team.terms())
    signatures = world.sign(booking)
    plain = together(OFFICERS[:2], world.statements.digest(booking))
    with refuses("InvalidSignature", party=team.hospital, signer=0):
        world.send(booking, [Signature(0, plain), *signatures[1:]])


@pytest.mark.parametrize("garbage", [b"", b"\x01", bytes(64), bytes(65), b"\xff" * 448])
def test_book__with_garbage_for_an_institution__reverts_by_name(
    world: World, chain_of_hospitals: Team, garbage: bytes
) -> None:
    """What the account cannot read is no signature, and the registry says whose is missing."""
    team = chain_of_hospitals
    booking = team.booking(team.terms())
    signatures = world.sign(booking)
    with refuses("InvalidSignature", party=team.hospital, signer=0):
        world.send(booking, [Signature(0, garbage), *signatures[1:]])


def test_officers__changed__sign_for_the_party_from_then_on(world: World, office: Office) -> None:
    """The party keeps its number, its account and what it earned; a signature of before is worth nothing."""
    hospital = world.hospital(office.key())
    adding = world.adding(hospital, software("spare"))
    before = world.sign(adding)
    first, second, third = office.officers
    office.act(office.change(removed=[first]))
    with refuses("InvalidSignature", party=hospital, signer=0):
        world.send(adding, before)
    world.act(adding, office.key(second, third))
