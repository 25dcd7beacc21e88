"""CredentialRegistry.applyAs: a party enters with its own signature and no rights."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from eth_utils.crypto import keccak

from huizhen.chain.signer import SoftwareKey
from huizhen.domain import acts
from huizhen.domain.ids import PartyId
from huizhen.domain.statement import Statement
from huizhen.domain.statuses import PartyKind, PartyStatus
from tests.support.events import event, events_of
from tests.support.keys import P256Key, WalletKey
from tests.support.refusals import refuses
from tests.support.signature_faults import STRANGER
from tests.support.world import NOBODY, World, digest_of

KEY = SoftwareKey.from_seed("an applicant")
PROFILE, LICENCE = digest_of("profile"), digest_of("licence")
TOO_SHORT = 19


def application(
    world: World, *, kind: int = PartyKind.DOCTOR, signer: bytes = KEY.signer, home: PartyId | None = None
) -> Statement:
    return acts.apply_as(
        kind, world.platform if home is None else home, PROFILE, LICENCE, signer, world.deadline
    )


def parties(world: World) -> int:
    count: int = world.read("CredentialRegistry", "partyCount")
    return count


@pytest.mark.parametrize("kind", PartyKind)
def test_apply_as__any_kind__takes_the_next_id_and_waits_for_accreditation(
    world: World, kind: PartyKind
) -> None:
    applying, party = application(world, kind=kind), parties(world) + 1
    at = world.last_second(applying)
    receipt = world.act(applying, KEY, at=at)

    assert events_of(world, receipt) == [
        event(
            "Applied",
            party=party,
            kind=kind,
            home=world.platform,
            profile=PROFILE,
            licence=LICENCE,
            signer=KEY.signer,
        ),
        event("SignerAdded", party=party, index=0, signer=KEY.signer),
    ]
    assert parties(world) == party
    record = world.read("CredentialRegistry", "partyOf", party)
    assert (record["kind"], record["status"], record["powers"]) == (kind, PartyStatus.APPLIED, 0)
    assert (record["specialties"], record["validUntil"], record["signers"]) == (0, 0, 1)
    assert world.read("CredentialRegistry", "registrationOf", party) == {
        "home": world.platform,
        "revision": 0,
        "appliedAt": at,
        "profile": PROFILE,
        "licence": LICENCE,
    }
    assert world.read("CredentialRegistry", "signerOf", party, 0) == KEY.signer
    assert world.read("CredentialRegistry", "partyOfSigner", keccak(KEY.signer)) == party


def test_apply_as__by_whatever_kind_of_signer__is_accepted(world: World, project: Any, admin: Any) -> None:
    wallet = WalletKey(admin.deploy(project.ContractWallet, KEY.signer).address, KEY)
    for key in (P256Key.from_seed(world.addresses["P256Verifier"], "chip"), wallet):
        party = world.apply(PartyKind.HOSPITAL, key)
        assert world.read("CredentialRegistry", "signerOf", party, 0) == key.signer


def test_apply_as__without_a_home__is_accepted(world: World) -> None:
    world.act(application(world, home=NOBODY), KEY)
    assert world.read("CredentialRegistry", "registrationOf", parties(world))["home"] == NOBODY


def test_apply_as__of_no_kind__reverts(world: World) -> None:
    with refuses("KindNotAllowed", kind=0):
        world.act(application(world, kind=0), KEY)


def test_apply_as__of_a_kind_that_does_not_exist__reverts(world: World) -> None:
    with refuses("", revert=""):
        world.act(application(world, kind=len(PartyKind) + 1), KEY)


def test_apply_as__with_a_signer_too_short_to_be_one__reverts(world: World) -> None:
    with refuses("SignerTooShort", length=TOO_SHORT):
        world.act(application(world, signer=KEY.signer[:TOO_SHORT]), KEY)


@pytest.mark.parametrize("precompiled", [1, 2, 4, 10])
def test_apply_as__with_a_precompiled_contract_as_verifier__reverts(world: World, precompiled: int) -> None:
    """Number 4 answers with whatever it is asked, which would make every signature a good one."""
    verifier = precompiled.to_bytes(20, "big")
    with refuses("VerifierWithoutCode", verifier=f"0x{verifier.hex()}"):
        world.act(application(world, signer=verifier + b"any key"), KEY)


def test_apply_as__with_the_signer_of_another_party__reverts(world: World) -> None:
    with refuses("SignerTaken", party=world.bank):
        world.act(application(world, signer=world.keys[world.bank].signer), world.keys[world.bank])


def test_apply_as__a_second_time__reverts(world: World) -> None:
    applying = application(world)
    world.act(applying, KEY)
    with refuses("SignerTaken", party=parties(world)):
        world.act(applying, KEY)


def test_apply_as__signed_by_another_key__reverts_and_keeps_nothing(world: World) -> None:
    before = parties(world)
    with refuses("InvalidSignature", party=before + 1, signer=0):
        world.act(application(world), STRANGER)
    assert parties(world) == before
    assert world.read("CredentialRegistry", "partyOfSigner", keccak(KEY.signer)) == 0


@pytest.mark.parametrize(("field", "other"), [("kind", 2), ("home", 2), ("licence", PROFILE)])
def test_apply_as__signed_for_other_values__reverts(world: World, field: str, other: object) -> None:
    applying = application(world)
    altered = replace(applying, values={**applying.values, field: other})
    with refuses("InvalidSignature", party=parties(world) + 1, signer=0):
        world.send(altered, world.sign(applying, KEY))


def test_apply_as__signed_for_another_chain_or_contract__reverts(world: World) -> None:
    applying = application(world)
    elsewhere = {**world.addresses, "CredentialRegistry": world.addresses["BankRail"]}
    for statements in (
        replace(world.statements, chain_id=1),
        replace(world.statements, addresses=elsewhere),
    ):
        signature = KEY.sign(statements.digest(applying))
        with refuses("InvalidSignature", party=parties(world) + 1, signer=0):
            world.send_packed(applying, signature)


def test_apply_as__with_a_surplus_byte__reverts(world: World) -> None:
    applying = application(world)
    signature = KEY.sign(world.statements.digest(applying))
    with refuses("InvalidSignature", party=parties(world) + 1, signer=0):
        world.send_packed(applying, signature + b"\0")


def test_apply_as__one_second_late__reverts(world: World) -> None:
    applying = application(world)
    deadline = world.last_second(applying)
    with refuses("StatementExpired", deadline=deadline, nowAt=deadline + 1):
        world.act(applying, KEY, at=deadline + 1)
