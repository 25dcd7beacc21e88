"""Consultations.book, every signature: hospital, doctors, then institutions and leads that have not consented."""

from __future__ import annotations

from dataclasses import replace

import pytest

from huizhen.chain.signer import SoftwareKey
from huizhen.domain import acts
from huizhen.domain.money import Fen
from tests.support.refusals import refuses
from tests.support.signature_faults import WITHOUT_A_DEADLINE, Fault
from tests.support.team import Team
from tests.support.world import DAY, World


@pytest.fixture(scope="module")
def asking_team(world: World) -> Team:
    """Institutions that want to sign each booking."""
    return Team.assemble(world, 2, standing=False)


@pytest.mark.parametrize("fault", WITHOUT_A_DEADLINE, ids=lambda fault: fault.__name__)
def test_book__badly_signed__reverts(world: World, asking_team: Team, fault: Fault) -> None:
    fault(world, asking_team.booking(asking_team.terms()))


def test_book__where_nobody_has_a_standing_consent__is_signed_by_all(world: World, asking_team: Team) -> None:
    statement = asking_team.booking(asking_team.terms())
    team = asking_team
    assert statement.signers == (team.hospital, *team.doctors, *team.institutions, team.lead)
    world.act(statement)


@pytest.mark.parametrize("place", range(6))
def test_book__without_one_signature__reverts(world: World, asking_team: Team, place: int) -> None:
    """Neither when it is left out nor when the next signer's stands in its place."""
    statement = asking_team.booking(asking_team.terms())
    signatures = world.sign(statement)
    del signatures[place]
    missing = statement.signers[place]
    last = place == len(statement.signers) - 1
    with refuses("MalformedSignatures") if last else refuses("InvalidSignature", party=missing, signer=0):
        world.send(statement, signatures)


def test_book__signed_in_another_order__reverts(world: World, asking_team: Team) -> None:
    statement = asking_team.booking(asking_team.terms())
    hospital, first, second, *others = statement.signers
    with refuses("InvalidSignature", party=first, signer=0):
        world.act(statement, hospital, second, first, *others)


@pytest.mark.parametrize("changed", ["fee", "salt", "policy", "lead"])
def test_book__terms_that_differ_from_those_signed__reverts(
    world: World, asking_team: Team, changed: str
) -> None:
    terms = asking_team.terms()
    others = {
        "fee": replace(
            terms, seats=(replace(terms.seats[0], fee=Fen(terms.seats[0].fee - 1)), terms.seats[1])
        ),
        "salt": replace(terms, salt=b"\1" * 16),
        "policy": replace(terms, policy=replace(terms.policy, late_bps=terms.policy.late_bps - 1)),
        "lead": replace(terms, lead=1),
    }
    shown, sent = asking_team.booking(terms), asking_team.booking(others[changed])
    with refuses("InvalidSignature", party=asking_team.hospital, signer=0):
        world.send(sent, world.sign(shown))


def test_book__an_institution_with_two_seats__signs_once(world: World, asking_team: Team) -> None:
    shared = asking_team.institutions[0]
    world.affiliate(asking_team.doctors[1], shared, standing=False)
    terms = asking_team.terms()
    first, second = terms.seats
    together = replace(terms, seats=(first, replace(second, institution=shared)))
    statement = asking_team.booking(together)
    team = asking_team
    assert statement.signers == (team.hospital, *team.doctors, shared, team.lead)
    world.act(statement)


def test_book__an_institution_with_a_standing_consent_for_one_doctor__signs_for_the_other(
    world: World, asking_team: Team
) -> None:
    shared = asking_team.institutions[0]
    world.affiliate(asking_team.doctors[1], shared, standing=True)
    terms = asking_team.terms()
    first, second = terms.seats
    together = replace(terms, seats=(first, replace(second, institution=shared)))
    assert asking_team.booking(together).signers.count(shared) == 1


@pytest.mark.parametrize("after", [0, 1])
def test_book__when_an_institutions_standing_consent_ends__needs_its_signature(
    world: World, asking_team: Team, after: int
) -> None:
    doctor, institution = asking_team.doctors[1], asking_team.institutions[1]
    until = world.chain.now() + DAY
    version = world.read("CredentialRegistry", "affiliationOf", doctor, institution)["version"]
    practice = world.chain.now() + 365 * DAY
    world.act(acts.affiliate(doctor, institution, practice, until, version, world.deadline))
    terms = asking_team.terms()
    statement = asking_team.booking(terms)
    assert institution not in statement.signers
    if not after:
        world.act(statement, at=until)
        return
    with refuses("InvalidSignature", party=institution, signer=0):
        world.act(statement, at=until + after)


def test_book__whoever_sends_it__is_accepted(world: World, asking_team: Team) -> None:
    statement = asking_team.booking(asking_team.terms())
    calldata = world.statements.calldata(statement, world.sign(statement))
    anybody = world.chain.node.call("eth_accounts")[9]
    world.chain.send(world.addresses["Consultations"], calldata, sender=anybody)


def test_book__by_a_key_that_was_removed__reverts(world: World, asking_team: Team) -> None:
    """The signature was good when it was given; the key may speak no more."""
    doctor = asking_team.doctors[0]
    terms = replace(asking_team.terms(), sign_by=world.chain.now() + 2 * DAY)
    statement = asking_team.booking(terms)
    signatures = world.sign(statement)
    world.act(world.adding(doctor, SoftwareKey.from_seed("a doctor's next key")))
    world.act(acts.request_signer_removal(doctor, world.revision(doctor), 0, world.deadline))
    world.act(acts.remove_signer(doctor), at=world.chain.now() + DAY)
    with refuses("UnknownSigner", party=doctor, signer=0):
        world.send(statement, signatures)
