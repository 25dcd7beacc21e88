"""Attacks on keys, each of which has to fail."""

from __future__ import annotations

from typing import Any

import pytest
from eth_utils.crypto import keccak

from huizhen.chain.signer import SoftwareKey
from huizhen.domain import acts
from huizhen.domain.ids import PartyId
from huizhen.domain.statement import Signature, Statement
from huizhen.domain.statuses import PartyKind, Power
from tests.support.key_changes import (
    NEW,
    cancelling,
    due,
    is_pending,
    recorded,
    requesting,
    ruling,
    signer_of,
)
from tests.support.keys import Key, LongKey
from tests.support.refusals import refuses
from tests.support.team import Team
from tests.support.world import AUTHORITY, DAY, World, digest_of

NEXT = SoftwareKey.from_seed("the victim's next key")
LONGEST = 1024
# The smallest block limit of the chains in view (FISCO BCOS and Besu are set higher by their operators).
BLOCK = 30_000_000


@pytest.fixture(scope="module")
def victim(world: World) -> PartyId:
    return world.doctor()


@pytest.fixture(scope="module")
def observer(world: World) -> PartyId:
    """Sees every transaction before it is mined."""
    return world.doctor()


@pytest.fixture(scope="module")
def judge(world: World) -> PartyId:
    return world.register(PartyKind.OFFICIAL, powers=Power.ARBITER)


def signed_at(world: World, statement: Statement, index: int, key: Key) -> list[Signature]:
    return [Signature(index, key.sign(world.statements.digest(statement)))]


# Front-running a key change


def test_front_running_a_key_change__by_adding_the_key_first__fails(
    world: World, victim: PartyId, observer: PartyId
) -> None:
    """Had it worked, the key would belong to the observer for ever and the victim's statement would be refused."""
    seen = world.adding(victim, NEXT)
    taking = acts.add_signer(observer, world.revision(observer), NEXT.signer, world.deadline)
    with refuses("PossessionUnproven", party=observer):
        world.act(taking.with_possession(seen.values["possession"]))  # type: ignore[arg-type]
    world.act(seen)
    assert world.read("CredentialRegistry", "partyOfSigner", keccak(NEXT.signer)) == victim


def test_front_running_a_key_change__by_applying_with_the_key__fails(world: World, victim: PartyId) -> None:
    seen = world.adding(victim, NEXT)
    newcomer = world.read("CredentialRegistry", "partyCount") + 1
    applying = acts.apply_as(
        PartyKind.DOCTOR, PartyId(0), digest_of("profile"), digest_of("licence"), NEXT.signer, world.deadline
    )
    with refuses("InvalidSignature", party=newcomer, signer=0):
        world.send(applying, [Signature(0, seen.values["possession"])])  # type: ignore[arg-type]


def test_front_running_a_key_change__in_the_three_days_before_it__fails(
    world: World, victim: PartyId, observer: PartyId
) -> None:
    """The event names the new key; only who holds it could register it elsewhere."""
    asked = requesting(world, victim)
    world.act(asked)
    taking = acts.add_signer(observer, world.revision(observer), NEW.signer, world.deadline)
    with refuses("PossessionUnproven", party=observer):
        world.act(taking.with_possession(asked.values["possession"]))  # type: ignore[arg-type]
    world.act(acts.replace_signers(victim), at=due(world, victim))
    assert signer_of(world, victim) == NEW.signer


def test_front_running_a_request__for_oneself__fails(
    world: World, victim: PartyId, observer: PartyId
) -> None:
    """The authority's signature names the party, and the proof of possession does too."""
    asked = requesting(world, victim)
    other = acts.request_replacement(observer, 0, NEW.signer, AUTHORITY, world.deadline)
    with refuses("InvalidSignature", party=AUTHORITY, signer=0):
        world.send(
            other.with_possession(asked.values["possession"]),  # type: ignore[arg-type]
            world.sign(asked),
        )


# A thief who holds an old key and blocks its replacement


@pytest.fixture
def blocked(world: World, victim: PartyId) -> PartyId:
    """The thief has used the one cancellation; the authority has asked again."""
    world.act(requesting(world, victim))
    world.act(cancelling(world, victim))
    world.act(requesting(world, victim))
    return victim


def test_thief_of_an_old_key__cancelling_again__fails(world: World, blocked: PartyId, judge: PartyId) -> None:
    with refuses("CancellationSpent", party=blocked):
        world.act(cancelling(world, blocked))
    world.act(ruling(world, blocked, judge, allowed=True))
    with refuses("CancellationSpent", party=blocked):
        world.act(cancelling(world, blocked))
    world.act(acts.replace_signers(blocked), at=due(world, blocked))
    assert signer_of(world, blocked) == NEW.signer


def test_thief_of_an_old_key__adding_keys_that_cost_most_to_remove__fails(
    world: World, blocked: PartyId, judge: PartyId, project: Any, admin: Any
) -> None:
    verifier = admin.deploy(project.LenientVerifier).address
    long = [LongKey(verifier, LONGEST, mark) for mark in range(1, 8)]
    for key in long:
        world.act(world.adding(blocked, key))
    world.act(ruling(world, blocked, judge, allowed=True))
    receipt = world.act(acts.replace_signers(blocked), at=due(world, blocked))
    assert receipt.gas_used < BLOCK // 10
    adding = world.adding(blocked, SoftwareKey.from_seed("the thief's way back"))
    for index, key in enumerate(long, start=1):
        with refuses("UnknownSigner", party=blocked, signer=index):
            world.send(adding, signed_at(world, adding, index, key))
    with refuses("InvalidSignature", party=blocked, signer=0):
        world.act(adding)


def test_thief_of_an_old_key__evicting_the_honest_key_first__fails(world: World, victim: PartyId) -> None:
    """A removal takes a day and a replacement three: the thief can be alone at the end of the second day."""
    world.act(world.adding(victim, NEXT))
    world.act(requesting(world, victim))
    world.act(acts.request_signer_removal(victim, world.revision(victim), 1, world.deadline))
    world.act(acts.remove_signer(victim), at=world.chain.now() + DAY)
    assert signer_of(world, victim, 1) == b""
    world.act(acts.replace_signers(victim), at=due(world, victim))
    assert signer_of(world, victim) == NEW.signer


def test_thief_of_an_old_key__removing_the_new_one_with_an_old_request__fails(
    world: World, victim: PartyId
) -> None:
    """Both stand at index 0; what was asked of the old key must not befall the new one."""
    world.act(world.adding(victim, NEXT))
    world.act(requesting(world, victim))
    world.act(acts.request_signer_removal(victim, world.revision(victim), 0, world.deadline))
    world.act(acts.replace_signers(victim), at=due(world, victim))
    world.act(world.adding(victim, SoftwareKey.from_seed("a spare")), NEW)
    with refuses("NoRemovalPending", party=victim):
        world.act(acts.remove_signer(victim))


def test_thief_of_an_old_key__with_statements_signed_in_advance__fails(world: World, victim: PartyId) -> None:
    """The revision moves with the replacement, and the key speaks no more."""
    world.act(requesting(world, victim))
    revision = world.revision(victim)
    later = world.chain.now() + 30 * DAY
    spare = SoftwareKey.from_seed("the thief's spare")
    stale, ahead = (
        world.proven(acts.add_signer(victim, number, spare.signer, later), spare)
        for number in (revision, revision + 1)
    )
    world.act(acts.replace_signers(victim), at=due(world, victim))
    with refuses("StaleRevision", named=revision, current=revision + 1):
        world.act(stale)
    with refuses("InvalidSignature", party=victim, signer=0):
        world.act(ahead)


def test_thief_of_an_old_key__replaying_the_cancellation__fails(world: World, victim: PartyId) -> None:
    world.act(requesting(world, victim))
    cancellation = cancelling(world, victim)
    world.act(cancellation)
    world.act(requesting(world, victim))
    with refuses("StaleSequence", named=1, current=3):
        world.act(cancellation)


# A thief of an authority's key


def test_thief_of_an_authoritys_key__once_it_is_stopped__replaces_nobody(
    world: World, victim: PartyId
) -> None:
    robbed = world.register(PartyKind.OFFICIAL, powers=Power.AUTHORITY)
    world.act(requesting(world, victim, authority=robbed))
    at = due(world, victim)
    world.suspend(robbed)
    assert not is_pending(world, victim)
    with refuses("NoReplacementPending", party=victim):
        world.act(acts.replace_signers(victim), at=at)
    world.act(requesting(world, robbed, NEXT))
    world.act(acts.replace_signers(robbed), at=due(world, robbed))
    world.act(acts.reinstate(robbed, world.revision(robbed), AUTHORITY, world.deadline))
    with refuses("NoReplacementPending", party=victim):
        world.act(acts.replace_signers(victim))


def test_thief_of_an_authoritys_key__asking_and_ruling__fails(world: World, victim: PartyId) -> None:
    robbed = world.register(PartyKind.OFFICIAL, powers=Power.AUTHORITY | Power.ARBITER)
    for _ in range(2):
        world.act(requesting(world, victim, authority=robbed))
        if not recorded(world, victim)["contested"]:
            world.act(cancelling(world, victim))
    with refuses("OwnCause", officer=robbed):
        world.act(ruling(world, victim, robbed, allowed=True))
    with refuses("RulingNeeded", party=victim):
        world.act(acts.replace_signers(victim), at=due(world, victim))


# Earned money


def test_replacement__of_the_keys_of_a_payee__leaves_its_money_to_it(world: World, team: Team) -> None:
    terms = team.terms()
    packed = team.book(terms)
    team.deliver(packed, terms)
    world.act(acts.accept(packed, team.hospital, world.deadline))
    payee = team.institutions[0]
    earned = world.read("RevenueLedger", "creditOf", payee)
    assert earned["credited"] > 0
    world.act(requesting(world, payee))
    world.act(acts.replace_signers(payee), at=due(world, payee))
    assert world.read("RevenueLedger", "creditOf", payee) == earned
    naming = acts.set_payout_account(payee, digest_of("account"), 0, world.deadline)
    with refuses("InvalidSignature", party=payee, signer=0):
        world.act(naming)
    world.act(naming, NEW)
