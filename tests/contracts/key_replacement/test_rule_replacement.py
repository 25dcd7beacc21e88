"""KeyReplacement.ruleReplacement: an arbiter allows or denies what is pending."""

from __future__ import annotations

import pytest

from huizhen.domain import acts
from huizhen.domain.ids import PartyId
from huizhen.domain.statement import Statement
from huizhen.domain.statuses import PartyKind, Power
from tests.support.events import event, events_of
from tests.support.key_changes import (
    LAPSES_AFTER,
    NOTHING,
    contest,
    due,
    is_pending,
    recorded,
    requesting,
    ruling,
)
from tests.support.refusals import refuses
from tests.support.signature_faults import Fault, each_signature_fault
from tests.support.world import World


@pytest.fixture
def consent(world: World, doctor: PartyId, arbiter: PartyId) -> Statement:
    contest(world, doctor)
    return ruling(world, doctor, arbiter, allowed=True)


def test_rule_replacement__allowed__keeps_the_time_of_the_request(
    world: World, doctor: PartyId, arbiter: PartyId, consent: Statement
) -> None:
    before = recorded(world, doctor)
    receipt = world.act(consent, at=world.last_second(consent))
    assert events_of(world, receipt) == [
        event("ReplacementRuled", party=doctor, arbiter=arbiter, allowed=True, sequence=4)
    ]
    assert recorded(world, doctor) == {**before, "sequence": 4, "allowed": True}


def test_rule_replacement__denied__ends_the_request_and_gives_the_cancellation_back(
    world: World, doctor: PartyId, arbiter: PartyId
) -> None:
    contest(world, doctor)
    receipt = world.act(ruling(world, doctor, arbiter, allowed=False))
    assert events_of(world, receipt) == [
        event("ReplacementRuled", party=doctor, arbiter=arbiter, allowed=False, sequence=4)
    ]
    assert recorded(world, doctor) == {**NOTHING, "sequence": 4}
    assert not is_pending(world, doctor)


def test_rule_replacement__of_a_request_that_no_key_cancelled__may_deny_it(
    world: World, doctor: PartyId, arbiter: PartyId
) -> None:
    """Whoever lost all keys can object only through an arbiter."""
    world.act(requesting(world, doctor))
    world.act(ruling(world, doctor, arbiter, allowed=False))
    assert not is_pending(world, doctor)


def test_rule_replacement__denied_after_it_was_allowed__ends_the_request(
    world: World, doctor: PartyId, arbiter: PartyId, consent: Statement
) -> None:
    world.act(consent)
    world.act(ruling(world, doctor, arbiter, allowed=False))
    assert not is_pending(world, doctor)


@pytest.mark.parametrize("after", [0, 1])
def test_rule_replacement__until_the_request_lapses(
    world: World, doctor: PartyId, arbiter: PartyId, after: int
) -> None:
    world.act(requesting(world, doctor))
    last = due(world, doctor) + LAPSES_AFTER
    world.chain.move_to(last - 1)
    statement = ruling(world, doctor, arbiter, allowed=True)
    if not after:
        world.act(statement, at=last)
        return
    with refuses("NoReplacementPending", party=doctor):
        world.act(statement, at=last + after)


def test_rule_replacement__that_nobody_asked_for__reverts(
    world: World, doctor: PartyId, arbiter: PartyId
) -> None:
    for allowed in (True, False):
        with refuses("NoReplacementPending", party=doctor):
            world.act(ruling(world, doctor, arbiter, allowed=allowed))


def test_rule_replacement__by_an_authority__reverts(
    world: World, doctor: PartyId, second_authority: PartyId
) -> None:
    contest(world, doctor)
    with refuses("PowerMissing", party=second_authority, held=Power.AUTHORITY, needed=Power.ARBITER):
        world.act(ruling(world, doctor, second_authority, allowed=True))


def test_rule_replacement__by_a_suspended_arbiter__reverts(
    world: World, arbiter: PartyId, consent: Statement
) -> None:
    world.suspend(arbiter)
    with refuses("NotAccredited", party=arbiter):
        world.act(consent)


def test_rule_replacement__by_the_authority_that_asked__reverts(world: World, doctor: PartyId) -> None:
    both = world.register(PartyKind.OFFICIAL, powers=Power.AUTHORITY | Power.ARBITER)
    world.act(requesting(world, doctor, authority=both))
    for allowed in (True, False):
        with refuses("OwnCause", officer=both):
            world.act(ruling(world, doctor, both, allowed=allowed))


def test_rule_replacement__by_an_arbiter_with_an_authoritys_power_who_did_not_ask__is_accepted(
    world: World, doctor: PartyId
) -> None:
    both = world.register(PartyKind.OFFICIAL, powers=Power.AUTHORITY | Power.ARBITER)
    contest(world, doctor)
    world.act(ruling(world, doctor, both, allowed=True))
    assert recorded(world, doctor)["allowed"]


def test_rule_replacement__on_the_arbiters_own_keys__reverts(world: World, arbiter: PartyId) -> None:
    world.act(requesting(world, arbiter))
    for allowed in (True, False):
        with refuses("OwnCause", officer=arbiter):
            world.act(ruling(world, arbiter, arbiter, allowed=allowed))


def test_rule_replacement__of_another_request_than_the_one_seen__reverts(
    world: World, doctor: PartyId, consent: Statement
) -> None:
    """An authority cannot slip another key under the consent that an arbiter is about to give."""
    other = world.keys[doctor]
    world.act(requesting(world, doctor, other))
    with refuses("StaleSequence", named=3, current=4):
        world.act(consent)


def test_rule_replacement__twice_with_one_statement__reverts(world: World, consent: Statement) -> None:
    world.act(consent)
    with refuses("StaleSequence", named=3, current=4):
        world.act(consent)


def test_rule_replacement__once_the_authority_was_suspended__reverts(
    world: World, doctor: PartyId, arbiter: PartyId, second_authority: PartyId
) -> None:
    world.act(requesting(world, doctor, authority=second_authority))
    world.suspend(second_authority)
    with refuses("NoReplacementPending", party=doctor):
        world.act(ruling(world, doctor, arbiter, allowed=True))


def test_rule_replacement__of_nobody__reverts(world: World, arbiter: PartyId) -> None:
    nobody = PartyId(world.read("CredentialRegistry", "partyCount") + 1)
    with refuses("NoReplacementPending", party=nobody):
        world.act(acts.rule_replacement(nobody, 0, True, arbiter, world.deadline))


@each_signature_fault
def test_rule_replacement__badly_signed__reverts(world: World, consent: Statement, fault: Fault) -> None:
    fault(world, consent)
