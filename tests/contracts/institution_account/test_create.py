"""InstitutionAccounts.create: anyone may make an account, and nobody another one in its place."""

from __future__ import annotations

import pytest

from huizhen.chain.calls import encode_call
from huizhen.chain.client import Receipt
from tests.contracts.institution_account.conftest import SALT, Office, create, software
from tests.support.events import event, events_of
from tests.support.refusals import refuses
from tests.support.world import World, digest_of

FIRST, SECOND, THIRD = (software(name) for name in ("first", "second", "third"))
IDENTITY = (4).to_bytes(20, "big")
NOBODYS = bytes.fromhex("ee" * 20)


def send(world: World, signers: list[bytes], threshold: int, sender: str | None = None) -> Receipt:
    call = encode_call("create(bytes[],uint64,bytes32)", signers, threshold, SALT)
    return world.chain.send(world.addresses["InstitutionAccounts"], call, sender=sender)


def address_of(world: World, signers: list[bytes], threshold: int, salt: bytes = SALT) -> str:
    return str(world.read("InstitutionAccounts", "addressOf", signers, threshold, salt))


def test_create__by_anyone__stands_where_it_was_foretold(world: World) -> None:
    signers = [FIRST.signer, SECOND.signer, THIRD.signer]
    account, count = address_of(world, signers, 2), world.read("InstitutionAccounts", "accountCount")
    receipt = send(world, signers, 2)
    assert events_of(world, receipt) == [
        event("AccountCreated", account=account, officers=tuple(signers), threshold=2)
    ]
    office = Office(world, account, (FIRST, SECOND, THIRD))
    assert office.officers_now() == set(signers)
    assert office.read("threshold") == 2
    assert office.read("changeCount") == 0
    assert world.read("InstitutionAccounts", "accountCount") == count + 1
    assert world.read("InstitutionAccounts", "accountAt", count) == account


def test_create__after_somebody_came_first__answers_the_same_account(world: World) -> None:
    """A transaction that was copied and sent first gains nothing and blocks nothing."""
    signers = [FIRST.signer, SECOND.signer]
    _, thief, *_ = world.chain.node.call("eth_accounts")
    send(world, signers, 2, sender=thief)
    count = world.read("InstitutionAccounts", "accountCount")
    assert events_of(world, send(world, signers, 2)) == []
    assert world.read("InstitutionAccounts", "accountCount") == count
    office = Office(world, address_of(world, signers, 2), (FIRST, SECOND))
    assert office.is_valid(digest_of("act"), office.key().sign(digest_of("act")))


def test_create__again_after_its_officers_changed__brings_nobody_back(world: World) -> None:
    office = create(world, [FIRST, SECOND])
    office.act(office.change(added=[THIRD], removed=[FIRST]))
    create(world, [FIRST, SECOND])
    assert office.officers_now() == {SECOND.signer, THIRD.signer}


def test_create__of_other_officers_threshold_or_salt__stands_elsewhere(world: World) -> None:
    two, three = [FIRST.signer, SECOND.signer], [FIRST.signer, SECOND.signer, THIRD.signer]
    places = {
        address_of(world, two, 2),
        address_of(world, two[::-1], 2),
        address_of(world, three, 2),
        address_of(world, three, 3),
        address_of(world, two, 2, digest_of("another salt")),
    }
    assert len(places) == 5


@pytest.mark.parametrize("threshold", [0, 1])
def test_create__with_a_threshold_below_two__reverts(world: World, threshold: int) -> None:
    with refuses("ThresholdTooLow", named=threshold, allowed=2):
        send(world, [FIRST.signer, SECOND.signer], threshold)


@pytest.mark.parametrize(("officers", "threshold"), [(0, 2), (1, 2), (2, 3), (2, 2**64 - 1)])
def test_create__with_fewer_officers_than_must_sign__reverts(
    world: World, officers: int, threshold: int
) -> None:
    signers = [FIRST.signer, SECOND.signer][:officers]
    with refuses("MultiSignerERC7913UnreachableThreshold", signers=officers, threshold=threshold):
        send(world, signers, threshold)


def test_create__with_one_officer_twice__reverts(world: World) -> None:
    with refuses("MultiSignerERC7913AlreadyExists", signer=FIRST.signer):
        send(world, [FIRST.signer, SECOND.signer, FIRST.signer], 2)


@pytest.mark.parametrize("length", [0, 19])
def test_create__with_a_key_too_short__reverts(world: World, length: int) -> None:
    with refuses("MultiSignerERC7913InvalidSigner", signer=bytes(length)):
        send(world, [FIRST.signer, bytes(length)], 2)


@pytest.mark.parametrize("verifier", [IDENTITY, NOBODYS, bytes(20)], ids=["identity", "no contract", "zero"])
def test_create__with_a_verifier_without_code__reverts(world: World, verifier: bytes) -> None:
    """The identity precompile gives back what it is asked, which is what a verifier says yes with."""
    officer = verifier + bytes(64)
    with refuses("OfficerNotAllowed", officer=officer):
        send(world, [FIRST.signer, SECOND.signer, officer], 2)
