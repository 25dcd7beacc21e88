"""Who signs with SM2 does all that others do: from application to payout account, hospital, doctors and patient."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from huizhen.domain import acts
from huizhen.domain.statuses import PartyStatus
from tests.support.keys import SM2Key, WalletKey
from tests.support.refusals import refuses
from tests.support.settling import due_legs, releases
from tests.support.team import Team
from tests.support.world import DAY, World, digest_of


@pytest.fixture(scope="module")
def sm2_team(world: World) -> Team:
    """Hospital, doctors, institutions and lead apply, join and agree with SM2 keys."""
    verifier = world.addresses["SM2Verifier"]
    return Team.assemble(
        world, 2, standing=False, keys=lambda role, number: SM2Key.from_seed(verifier, role, number)
    )


@pytest.fixture
def patient(world: World, project: Any, admin: Any) -> WalletKey:
    """A consent names an address: an SM2 key gives it from a wallet of its own."""
    owner = SM2Key.from_seed(world.addresses["SM2Verifier"], "patient")
    return WalletKey(admin.deploy(project.ContractWallet, owner.signer).address, owner)


def test_every_step__signed_with_sm2__is_accepted(world: World, sm2_team: Team, patient: WalletKey) -> None:
    team = sm2_team
    for party in (team.hospital, *team.doctors, *team.institutions, team.lead):
        assert world.read("CredentialRegistry", "partyOf", party)["status"] == PartyStatus.ACCREDITED
    terms = team.terms(consent=False)
    until = world.chain.now() + 60 * DAY
    world.act(
        acts.grant_consent(
            terms.documents.case_file,
            terms.documents.consent,
            team.hospital,
            until,
            patient.wallet,
            world.deadline,
        ),
        patient,
    )
    packed = team.book(terms)
    team.deliver(packed, terms)
    with releases(world, terms, due_legs(terms)):
        world.act(acts.accept(packed, team.hospital, world.deadline))
    for payee in (*team.doctors, *team.institutions):
        world.act(acts.set_payout_account(payee, digest_of("account", payee), 0, world.deadline))
        pending = world.read("RevenueLedger", "payoutAccountOf", payee)["pending"]
        assert pending == digest_of("account", payee)
    world.act(acts.leave(team.group, team.doctors[0], 1, world.deadline))


def test_consent__withdrawn_with_sm2__ends(world: World, sm2_team: Team, patient: WalletKey) -> None:
    case_file, consent = digest_of("an SM2 case"), digest_of("an SM2 consent")
    until = world.chain.now() + 60 * DAY
    granting = acts.grant_consent(
        case_file, consent, sm2_team.hospital, until, patient.wallet, world.deadline
    )
    stranger = SM2Key.from_seed(world.addresses["SM2Verifier"], "a stranger")
    with refuses("InvalidSignature", key=patient.wallet.lower()):
        world.act(granting, stranger)
    world.act(granting, patient)
    world.act(acts.withdraw_consent(case_file, consent, world.deadline), patient)
    assert world.read("CaseAccess", "consentOf", case_file, consent)["withdrawn"]


def test_cancel__signed_with_sm2__is_accepted(world: World, sm2_team: Team) -> None:
    packed = sm2_team.book()
    world.act(acts.cancel(packed, sm2_team.hospital, world.deadline))


def test_book__with_a_signature_of_another_sm2_key__reverts(world: World, sm2_team: Team) -> None:
    statement = sm2_team.booking(sm2_team.terms())
    first, second, *others = statement.signers
    with refuses("InvalidSignature", party=first, signer=0):
        world.act(statement, second, second, *others)


def test_keys__replaced_by_sm2_and_back__each_speak_for_the_party(world: World, sm2_team: Team) -> None:
    """A second SM2 key joins, removes the first after the delay, and then speaks alone."""
    doctor = sm2_team.doctors[1]
    first = world.keys[doctor]
    second = SM2Key.from_seed(world.addresses["SM2Verifier"], "a second chip")
    world.act(world.adding(doctor, second))
    removal = acts.request_signer_removal(doctor, world.revision(doctor), 0, world.deadline)
    (signature,) = world.sign(removal, second)
    world.send(removal, [replace(signature, index=1)])
    world.chain.move_to(world.chain.now() + DAY)
    world.act(acts.remove_signer(doctor))
    naming = acts.set_payout_account(doctor, digest_of("other account"), 0, world.deadline)
    with refuses("UnknownSigner", party=doctor, signer=0):
        world.act(naming, first)
    (signature,) = world.sign(naming, second)
    world.send(naming, [replace(signature, index=1)])
