"""The ways in which signatures can be wrong; every signed function has to refuse each of them.

@each_signature_fault
def test_leave__badly_signed__reverts(world: World, leaving: Statement, fault: Fault) -> None:
    fault(world, leaving)
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from huizhen.chain.signer import SoftwareKey
from huizhen.domain.statement import Signature, Statement, pack_signatures
from tests.support.refusals import refuses
from tests.support.world import World

Fault = Callable[[World, Statement], None]
STRANGER = SoftwareKey.from_seed("a stranger")
ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141


def late(world: World, statement: Statement) -> None:
    """One second after the deadline."""
    deadline = int(str(statement.values["deadline"]))
    with refuses("StatementExpired", deadline=deadline, nowAt=deadline + 1):
        world.act(statement, at=deadline + 1)


def by_another_key(world: World, statement: Statement) -> None:
    for place, party in enumerate(statement.signers):
        signatures = world.sign(statement)
        signatures[place] = world.sign(statement, STRANGER)[0]
        with refuses("InvalidSignature", party=party, signer=0):
            world.send(statement, signatures)


def by_an_unknown_signer(world: World, statement: Statement) -> None:
    """The right key under an index that the party does not have."""
    for place, party in enumerate(statement.signers):
        signatures = world.sign(statement)
        signatures[place] = replace(signatures[place], index=1)
        with refuses("UnknownSigner", party=party, signer=1):
            world.send(statement, signatures)


def for_another_chain(world: World, statement: Statement) -> None:
    _signed_in_another_domain(world, statement, chain_id=world.statements.chain_id + 1)


def for_another_contract(world: World, statement: Statement) -> None:
    """The same contract at another address, as a second deployment would have."""
    elsewhere = dict.fromkeys(world.addresses, world.addresses["BankRail"])
    _signed_in_another_domain(world, statement, addresses=elsewhere)


def for_other_values(world: World, statement: Statement) -> None:
    """A deadline that the signers did not see."""
    seen = int(str(statement.values["deadline"]))
    altered = replace(statement, values={**statement.values, "deadline": seen - 1})
    with refuses("InvalidSignature", party=statement.signers[0], signer=0):
        world.send(altered, world.sign(statement))


def mirrored(world: World, statement: Statement) -> None:
    """The second valid form of an ECDSA signature, with s in the upper half."""
    first, *others = world.sign(statement)
    r, s, v = first.value[:32], int.from_bytes(first.value[32:64], "big"), first.value[64]
    other_form = r + (ORDER - s).to_bytes(32, "big") + bytes([27 + 28 - v])
    with refuses("InvalidSignature", party=statement.signers[0], signer=0):
        world.send(statement, [Signature(0, other_form), *others])


def missing(world: World, statement: Statement) -> None:
    with refuses("MalformedSignatures"):
        world.send_packed(statement, pack_signatures(world.sign(statement)[:-1]))


def cut_short(world: World, statement: Statement) -> None:
    with refuses("MalformedSignatures"):
        world.send_packed(statement, pack_signatures(world.sign(statement))[:-1])


def with_surplus_byte(world: World, statement: Statement) -> None:
    with refuses("MalformedSignatures"):
        world.send_packed(statement, pack_signatures(world.sign(statement)) + b"\0")


def with_surplus_signature(world: World, statement: Statement) -> None:
    signatures = world.sign(statement)
    with refuses("MalformedSignatures"):
        world.send(statement, [*signatures, signatures[-1]])


def _signed_in_another_domain(world: World, statement: Statement, **domain: object) -> None:
    digest = replace(world.statements, **domain).digest(statement)  # type: ignore[arg-type]
    signatures = [Signature(0, world.keys[party].sign(digest)) for party in statement.signers]
    with refuses("InvalidSignature", party=statement.signers[0], signer=0):
        world.send(statement, signatures)


EVERY_FAULT: tuple[Fault, ...] = (
    late,
    by_another_key,
    by_an_unknown_signer,
    for_another_chain,
    for_another_contract,
    for_other_values,
    mirrored,
    missing,
    cut_short,
    with_surplus_byte,
    with_surplus_signature,
)
ABOUT_A_DEADLINE: tuple[Fault, ...] = (late, for_other_values)
WITHOUT_A_DEADLINE = tuple(fault for fault in EVERY_FAULT if fault not in ABOUT_A_DEADLINE)
each_signature_fault = pytest.mark.parametrize("fault", EVERY_FAULT, ids=lambda fault: fault.__name__)
