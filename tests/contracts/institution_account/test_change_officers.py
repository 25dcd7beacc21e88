"""InstitutionAccount.changeOfficers: by the officers so far, as many as must sign so far, and by nobody else."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from eth_abi.abi import decode, encode
from eth_utils.crypto import keccak

from huizhen.chain.client import Receipt
from huizhen.chain.signer import SoftwareKey
from huizhen.domain.statement import Statement
from tests.contracts.institution_account.conftest import Office, create, software
from tests.support.keys import Key, together
from tests.support.refusals import refuses
from tests.support.world import World, digest_of

NEW, NEWER, STRANGER = (software(name) for name in ("new", "newer", "a stranger"))
CHANGED = keccak(text="OfficersChanged(bytes[],bytes[],uint64,uint32)")


def changes(world: World, receipt: Receipt) -> list[tuple[Any, ...]]:
    logs = world.chain.node.call("eth_getTransactionReceipt", receipt.tx_hash)["logs"]
    found = [bytes.fromhex(log["data"][2:]) for log in logs if log["topics"] == ["0x" + CHANGED.hex()]]
    return [decode(("bytes[]", "bytes[]", "uint64", "uint32"), each) for each in found]


@pytest.fixture
def replacing(office: Office) -> Statement:
    """The first officer gives way to a new one."""
    return office.change(added=[NEW], removed=office.officers[:1])


def test_change_officers__signed_by_two__takes_effect_at_once(
    world: World, office: Office, replacing: Statement
) -> None:
    first, second, third = office.officers
    receipt = office.act(replacing, at=world.last_second(replacing))
    assert changes(world, receipt) == [((NEW.signer,), (first.signer,), 2, 1)]
    assert office.officers_now() == {second.signer, third.signer, NEW.signer}
    assert office.read("threshold") == 2
    assert office.read("changeCount") == 1


def test_change_officers__signed_by_who_is_to_go__is_accepted(office: Office, replacing: Statement) -> None:
    office.act(replacing, *office.officers[:2])


def test_change_officers__signed_by_keys_of_other_kinds__is_accepted(mixed: Office) -> None:
    mixed.act(mixed.change(removed=mixed.officers[3:], threshold=3))
    assert len(mixed.officers_now()) == 3


def test_change_officers__with_the_threshold__rises_and_falls_with_them(office: Office) -> None:
    office.act(office.change(added=[NEW, NEWER], threshold=5))
    everyone = (*office.officers, NEW, NEWER)
    office.act(office.change(removed=everyone[:3], threshold=2, sequence=1), *everyone)
    assert office.officers_now() == {NEW.signer, NEWER.signer}


def test_change_officers__late__reverts(world: World, office: Office, replacing: Statement) -> None:
    deadline = world.last_second(replacing)
    with refuses("StatementExpired", deadline=deadline, nowAt=deadline + 1):
        office.act(replacing, at=deadline + 1)


@pytest.mark.parametrize(
    "places", [(), (0,), (0, 0), (1, 1, 1)], ids=["nobody", "one", "one twice", "thrice"]
)
def test_change_officers__signed_by_too_few__reverts(
    office: Office, replacing: Statement, places: tuple[int, ...]
) -> None:
    officers = [office.officers[place] for place in places]
    value = together(officers, office.digest(replacing))
    with refuses("OfficersDidNotSign", threshold=2):
        office.send(replacing, value)


def test_change_officers__signed_by_who_is_to_come__reverts(office: Office, replacing: Statement) -> None:
    for other in (NEW, STRANGER):
        with refuses("OfficersDidNotSign", threshold=2):
            office.act(replacing, office.officers[1], other)


def test_change_officers__to_a_lower_threshold__needs_the_one_so_far(mixed: Office) -> None:
    lowering = mixed.change(threshold=2)
    with refuses("OfficersDidNotSign", threshold=3):
        mixed.act(lowering, *mixed.officers[:2])
    mixed.act(lowering)


def test_change_officers__twice_with_one_statement__reverts(office: Office, replacing: Statement) -> None:
    """Even after all is as it was."""
    office.act(replacing)
    with refuses("StaleSequence", named=0, current=1):
        office.act(replacing)
    back = office.change(added=office.officers[:1], removed=[NEW], sequence=1)
    office.act(back, *office.officers[1:])
    with refuses("StaleSequence", named=0, current=2):
        office.act(replacing)


def test_change_officers__for_a_change_that_is_not_next__reverts(office: Office) -> None:
    with refuses("StaleSequence", named=1, current=0):
        office.act(office.change(added=[NEW], sequence=1))


def test_change_officers__signed_for_another_account_of_the_same_officers__reverts(
    world: World, office: Office
) -> None:
    sister = create(world, office.officers, salt=digest_of("sister"))
    change = office.change(added=[NEW])
    value = together(office.officers, office.digest(change))
    with refuses("OfficersDidNotSign", threshold=2):
        sister.send(change, value)
    office.send(change, value)


def test_change_officers__signed_for_another_chain__reverts(
    world: World, office: Office, replacing: Statement
) -> None:
    elsewhere = replace(world.statements, chain_id=world.statements.chain_id + 1)
    digest = replace(elsewhere, addresses={"InstitutionAccount": office.address}).digest(replacing)
    with refuses("OfficersDidNotSign", threshold=2):
        office.send(replacing, together(office.officers, digest))


@pytest.mark.parametrize(
    "altered",
    [
        {"added": [STRANGER.signer]},
        {"removed": []},
        {"newThreshold": 3},
        {"added": [NEW.signer, STRANGER.signer]},
    ],
    ids=["another officer", "nobody removed", "another threshold", "one more"],
)
def test_change_officers__other_values_than_were_signed__reverts(
    office: Office, replacing: Statement, altered: dict[str, object]
) -> None:
    signed = together(office.officers, office.digest(replacing))
    other = replace(replacing, values={**replacing.values, **altered})
    with refuses("OfficersDidNotSign", threshold=2):
        office.send(other, signed)


def test_change_officers__signed_as_an_act_of_the_institution__reverts(
    office: Office, replacing: Statement
) -> None:
    """A statement that officers sign for other contracts never changes them."""
    with refuses("OfficersDidNotSign", threshold=2):
        office.send(replacing, office.key().sign(office.digest(replacing)))


def test_change_officers__with_no_signatures_at_all__reverts(office: Office, replacing: Statement) -> None:
    for value in (b"", bytes(64), encode(("bytes[]", "bytes[]"), ([], []))):
        with refuses("OfficersDidNotSign", threshold=2):
            office.send(replacing, value)


# What would leave the account without two officers


@pytest.mark.parametrize("threshold", [0, 1])
def test_change_officers__to_a_threshold_below_two__reverts(office: Office, threshold: int) -> None:
    with refuses("ThresholdTooLow", named=threshold, allowed=2):
        office.act(office.change(threshold=threshold))


def test_change_officers__to_a_threshold_above_the_officers__reverts(office: Office) -> None:
    with refuses("MultiSignerERC7913UnreachableThreshold", signers=3, threshold=4):
        office.act(office.change(threshold=4))


def test_change_officers__removing_below_the_threshold__reverts(office: Office) -> None:
    with refuses("MultiSignerERC7913UnreachableThreshold", signers=1, threshold=2):
        office.act(office.change(removed=office.officers[:2]))
    assert len(office.officers_now()) == 3


def test_change_officers__removing_below_a_threshold_that_rises__reverts(office: Office) -> None:
    with refuses("MultiSignerERC7913UnreachableThreshold", signers=2, threshold=3):
        office.act(office.change(removed=office.officers[:1], threshold=3))


@pytest.mark.parametrize("who", ["an officer", "one twice"])
def test_change_officers__adding_one_who_is_there__reverts(office: Office, who: str) -> None:
    added: list[Key] = [NEW, NEW] if who == "one twice" else [office.officers[0]]
    with refuses("MultiSignerERC7913AlreadyExists", signer=added[0].signer):
        office.act(office.change(added=added))


@pytest.mark.parametrize("who", ["a stranger", "one twice"])
def test_change_officers__removing_one_who_is_not_there__reverts(office: Office, who: str) -> None:
    removed: list[Key] = [STRANGER] if who == "a stranger" else [office.officers[0]] * 2
    with refuses("MultiSignerERC7913NonexistentSigner", signer=removed[0].signer):
        office.act(office.change(removed=removed))


def test_change_officers__adding_and_removing_the_same__leaves_it_out(office: Office) -> None:
    office.act(office.change(added=[NEW], removed=[NEW]))
    assert NEW.signer not in office.officers_now()


def test_change_officers__adding_the_account_itself__reverts(office: Office) -> None:
    """It would count its officers' signatures once more as those of another officer."""
    itself = bytes.fromhex(office.address[2:])
    for officer in (itself, itself + bytes(64)):
        change = office.change()
        adding = replace(change, values={**change.values, "added": [officer]})
        with refuses("OfficerNotAllowed", officer=officer):
            office.act(adding)


def test_change_officers__adding_a_verifier_without_code__reverts(office: Office) -> None:
    officer = (4).to_bytes(20, "big") + bytes(64)
    change = office.change()
    with refuses("OfficerNotAllowed", officer=officer):
        office.act(replace(change, values={**change.values, "added": [officer]}))


def test_change_officers__to_another_account__signs_through_its_officers(
    world: World, office: Office
) -> None:
    """An institution whose officer is an institution, as a holding has it."""
    holding = create(world, [SoftwareKey.from_seed("holding", name) for name in ("one", "two")])
    office.act(office.change(added=[holding.key()]))
    act = digest_of("act")
    assert office.is_valid(act, office.key(office.officers[0], holding.key()).sign(act))
    alone = holding.key(holding.officers[0])
    assert not office.is_valid(act, office.key(office.officers[0], alone).sign(act))
