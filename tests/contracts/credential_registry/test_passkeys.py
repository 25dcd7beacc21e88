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
from tests.support.passkeys import HELD_IN_A_CHIP, SITE, SYNCED, Assertion, Flags, Passkey
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


# Rightly signed by the passkey, and yet not what a browser makes for this statement.

ELSEWHERE: dict[str, Callable[[Passkey, Assertion], Assertion]] = {
    "authenticator data without a counter": lambda key, a: key.signed(a.authenticator[:33], a.client),
    "authenticator data a byte short": lambda key, a: key.signed(a.authenticator[:36], a.client),
    "no authenticator data": lambda key, a: key.signed(b"", a.client),
    "another type": lambda key, a: key.signed(a.authenticator, a.client.replace(".get", ".got")),
    "type of another case": lambda key, a: key.signed(a.authenticator, a.client.replace(".get", ".GET")),
    "a longer challenge": lambda key, a: key.signed(
        a.authenticator, a.client.replace('","origin', 'A","origin')
    ),
    "a padded challenge": lambda key, a: key.signed(
        a.authenticator, a.client.replace('","origin', '=","origin')
    ),
    "spaces in the JSON": lambda key, a: key.signed(a.authenticator, a.client.replace(":", ": ")),
}


@pytest.mark.parametrize("made", ELSEWHERE.values(), ids=ELSEWHERE)
def test_assertion__signed_over_what_no_browser_makes__reverts(
    world: World,
    passkey: Passkey,
    owner: PartyId,
    adding: Statement,
    made: Callable[[Passkey, Assertion], Assertion],
) -> None:
    assertion = made(passkey, passkey.assertion(world.statements.digest(adding)))
    with refuses("InvalidSignature", party=owner, signer=0):
        send(world, adding, assertion.value)


def test_assertion__with_the_challenge_smuggled_into_another_field__reverts(
    world: World, passkey: Passkey, owner: PartyId, adding: Statement
) -> None:
    """A page chooses what stands in some fields; the quotes in it are escaped, so it is no challenge."""
    wanted = passkey.assertion(world.statements.digest(adding)).client.split(",")[1]
    smuggled = passkey.assertion(bytes(32), origin=f"http://localhost:8000,{wanted},")
    place = smuggled.client.index('challenge\\":') - 2
    for start in (place, place + 1):
        value = smuggled.value[:64] + start.to_bytes(32, "big") + smuggled.value[96:]
        with refuses("InvalidSignature", party=owner, signer=0):
            send(world, adding, value)


@pytest.mark.parametrize("field", [64, 96], ids=["challenge", "type"])
@pytest.mark.parametrize("place", [2**256 - 1, 2**256 - 20, 2**128, 10_000])
def test_assertion__pointing_outside_the_client_data__reverts(
    world: World, passkey: Passkey, owner: PartyId, adding: Statement, field: int, place: int
) -> None:
    value = passkey.sign(world.statements.digest(adding))
    with refuses("InvalidSignature", party=owner, signer=0):
        send(world, adding, value[:field] + place.to_bytes(32, "big") + value[field + 32 :])


def test_assertion__with_extensions__is_accepted(
    world: World, passkey: Passkey, owner: PartyId, adding: Statement
) -> None:
    """Authenticators may append to their 37 bytes."""
    assertion = passkey.assertion(world.statements.digest(adding), flags=HELD_IN_A_CHIP | 0x80)
    send(world, adding, passkey.signed(assertion.authenticator + b"\xa0", assertion.client).value)


@pytest.mark.parametrize(
    ("site", "origin"), [("elsewhere.example", f"http://{SITE}:8000"), (SITE, "https://elsewhere.example")]
)
def test_assertion__of_another_site__is_the_authenticators_to_refuse(
    world: World, passkey: Passkey, owner: PartyId, adding: Statement, site: str, origin: str
) -> None:
    """A known limit: the verifier looks at neither site nor origin. Authenticators make a key for one site and use it
    for no other, and the challenge is the digest of one statement, so another site gains nothing but what the holder
    confirmed."""
    send(world, adding, passkey.assertion(world.statements.digest(adding), site=site, origin=origin).value)
    assert world.read("CredentialRegistry", "signerOf", owner, 1) == SECOND.signer


@pytest.mark.parametrize("change", [lambda key: key[:-1], lambda key: key + b"\0", lambda key: flip(key, 83)])
def test_apply_as__with_a_key_that_is_no_point__reverts(
    world: World, passkey: Passkey, change: Callable[[bytes], bytes]
) -> None:
    signer = change(passkey.signer)
    party = world.read("CredentialRegistry", "partyCount") + 1
    applying = acts.apply_as(PartyKind.DOCTOR, world.platform, bytes(32), bytes(32), signer, world.deadline)
    with refuses("InvalidSignature", party=party, signer=0):
        world.act(applying, passkey)


def test_assertion__sent_twice__works_once(
    world: World, passkey: Passkey, owner: PartyId, adding: Statement
) -> None:
    value = passkey.sign(world.statements.digest(adding))
    revision = world.revision(owner)
    send(world, adding, value)
    with refuses("StaleRevision", named=revision, current=revision + 1):
        send(world, adding, value)
