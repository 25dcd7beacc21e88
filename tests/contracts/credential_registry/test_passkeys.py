"""A party whose only signer is a passkey: which of a browser's assertions the registry takes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from huizhen.chain.signer import SoftwareKey
from huizhen.domain import acts
from huizhen.domain.ids import PartyId
from huizhen.domain.statement import Signature, Statement
from huizhen.domain.statuses import PartyKind
from tests.support.passkeys import HELD_IN_A_CHIP, SYNCED, Assertion, Flags, Passkey
from tests.support.refusals import refuses
from tests.support.world import World

SECOND = SoftwareKey.from_seed("a second key")


@pytest.fixture(scope="module")
def passkey(world: World) -> Passkey:
    return Passkey.from_seed(world.addresses["WebAuthnVerifier"], "phone")


@pytest.fixture(scope="module")
def owner(world: World, passkey: Passkey) -> PartyId:
    return world.register(PartyKind.DOCTOR, passkey)


@pytest.fixture
def adding(world: World, owner: PartyId) -> Statement:
    return world.adding(owner, SECOND)


def send(world: World, statement: Statement, value: bytes) -> None:
    world.send(statement, [Signature(0, value)])


@pytest.mark.parametrize(
    "flags", [HELD_IN_A_CHIP, SYNCED, HELD_IN_A_CHIP | Flags.BACKUP_ELIGIBLE, HELD_IN_A_CHIP | 0x42]
)
def test_assertion__of_any_authenticator_that_recognised_its_holder__is_accepted(
    world: World, passkey: Passkey, owner: PartyId, adding: Statement, flags: int
) -> None:
    digest = world.statements.digest(adding)
    send(world, adding, passkey.assertion(digest, flags=flags).value)
    assert world.read("CredentialRegistry", "signerOf", owner, 1) == SECOND.signer


@pytest.mark.parametrize(
    "flags",
    [Flags.VERIFIED, Flags.PRESENT, 0, HELD_IN_A_CHIP | Flags.BACKED_UP],
    ids=["nobody present", "nobody recognised", "neither", "backed up though not eligible"],
)
def test_assertion__without_the_flags_that_it_needs__reverts(
    world: World, passkey: Passkey, owner: PartyId, adding: Statement, flags: int
) -> None:
    with refuses("InvalidSignature", party=owner, signer=0):
        send(world, adding, passkey.assertion(world.statements.digest(adding), flags=flags).value)


def test_assertion__for_another_statement__reverts(
    world: World, passkey: Passkey, owner: PartyId, adding: Statement
) -> None:
    other = acts.add_signer(owner, world.revision(owner), passkey.signer, world.deadline)
    with refuses("InvalidSignature", party=owner, signer=0):
        send(world, adding, passkey.assertion(world.statements.digest(other)).value)


@pytest.mark.parametrize("kind", ["webauthn.create", "payment.get", "webauthn.get2", ""])
def test_assertion__made_for_another_ceremony__reverts(
    world: World, passkey: Passkey, owner: PartyId, adding: Statement, kind: str
) -> None:
    with refuses("InvalidSignature", party=owner, signer=0):
        send(world, adding, passkey.assertion(world.statements.digest(adding), kind=kind).value)


def test_assertion__of_another_passkey__reverts(
    world: World, passkey: Passkey, owner: PartyId, adding: Statement
) -> None:
    other = Passkey.from_seed(passkey.verifier, "another phone")
    with refuses("InvalidSignature", party=owner, signer=0):
        send(world, adding, other.sign(world.statements.digest(adding)))


def flip(value: bytes, byte: int, bit: int = 0x01) -> bytes:
    return value[:byte] + bytes([value[byte] ^ bit]) + value[byte + 1 :]


TAMPERINGS: dict[str, Callable[[Assertion], bytes]] = {
    "the counter": lambda a: replace(a, authenticator=flip(a.authenticator, 36)).value,
    "the site": lambda a: replace(a, authenticator=flip(a.authenticator, 0)).value,
    "a flag": lambda a: replace(a, authenticator=flip(a.authenticator, 32, Flags.BACKUP_ELIGIBLE)).value,
    "authenticator data cut short": lambda a: replace(a, authenticator=a.authenticator[:36]).value,
    "the origin": lambda a: replace(a, client=a.client.replace("http:", "https:")).value,
    "a space in the client's JSON": lambda a: replace(a, client=a.client.replace(",", ", ", 1)).value,
    "r": lambda a: replace(a, r=a.r ^ 1).value,
    "s": lambda a: replace(a, s=a.s ^ 1).value,
    "s in the upper half": lambda a: a.with_high_s().value,
    "r of zero": lambda a: replace(a, r=0).value,
    "where the challenge stands": lambda a: flip(a.value, 95),
    "where the type stands": lambda a: flip(a.value, 127),
    "where the client's JSON stands": lambda a: flip(a.value, 160, 0x80),
    "cut short": lambda a: a.value[:-64],
    "the bare pair": lambda a: a.value[:64],
    "nothing": lambda _a: b"",
}


@pytest.mark.parametrize("tampered", TAMPERINGS.values(), ids=TAMPERINGS)
def test_assertion__tampered_with__reverts(
    world: World,
    passkey: Passkey,
    owner: PartyId,
    adding: Statement,
    tampered: Callable[[Assertion], bytes],
) -> None:
    assertion = passkey.assertion(world.statements.digest(adding))
    with refuses("InvalidSignature", party=owner, signer=0):
        send(world, adding, tampered(assertion))


def test_assertion__sent_twice__works_once(
    world: World, passkey: Passkey, owner: PartyId, adding: Statement
) -> None:
    value = passkey.sign(world.statements.digest(adding))
    revision = world.revision(owner)
    send(world, adding, value)
    with refuses("StaleRevision", named=revision, current=revision + 1):
        send(world, adding, value)
