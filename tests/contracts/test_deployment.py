"""What stands after the deployment, before anybody has acted."""

from __future__ import annotations

from typing import Any

import pytest
from eth_utils.crypto import keccak

from huizhen.domain.statuses import PartyKind, PartyStatus, Power
from tests.support.ape_chain import Contracts
from tests.support.events import event, history_of
from tests.support.world import AUTHORITY, AUTHORITY_KEY, TAX_AUTHORITY, TAX_KEY, World

FOR_EVER = 2**40 - 1
SIGNED = (
    "CredentialRegistry",
    "KeyReplacement",
    "DoctorGroups",
    "CaseAccess",
    "Consultations",
    "RevenueLedger",
)


@pytest.mark.parametrize(
    ("party", "key", "power"),
    [(AUTHORITY, AUTHORITY_KEY, Power.AUTHORITY), (TAX_AUTHORITY, TAX_KEY, Power.TAX_AUTHORITY)],
)
def test_deployment__begins_with_an_authority_and_a_tax_authority(
    world: World, party: int, key: Any, power: Power
) -> None:
    assert world.read("CredentialRegistry", "partyOf", party) == {
        "specialties": 0,
        "validUntil": FOR_EVER,
        "city": 0,
        "kind": PartyKind.OFFICIAL,
        "status": PartyStatus.ACCREDITED,
        "powers": power,
        "signers": 1,
    }
    assert world.read("CredentialRegistry", "signerOf", party, 0) == key.signer
    assert world.read("CredentialRegistry", "partyOfSigner", keccak(key.signer)) == party


def test_deployment__says_so_in_events(world: World) -> None:
    """I13: an index that has seen nothing else knows both."""
    nothing = bytes(32)
    officials = ((AUTHORITY, AUTHORITY_KEY, Power.AUTHORITY), (TAX_AUTHORITY, TAX_KEY, Power.TAX_AUTHORITY))
    said = [
        [
            event(
                "Applied",
                party=party,
                kind=PartyKind.OFFICIAL,
                home=0,
                profile=nothing,
                licence=nothing,
                signer=key.signer,
            ),
            event("SignerAdded", party=party, index=0, signer=key.signer),
            event(
                "Accredited",
                party=party,
                authority=AUTHORITY,
                specialties=0,
                city=0,
                validUntil=FOR_EVER,
                powers=power,
            ),
        ]
        for party, key, power in officials
    ]
    assert history_of(world, "CredentialRegistry")[:6] == [*said[0], *said[1]]


def test_deployment__knows_where_withheld_tax_goes(world: World) -> None:
    assert world.read("RevenueLedger", "taxAuthority") == TAX_AUTHORITY


def test_deployment__registry_and_key_replacement_know_each_other(world: World) -> None:
    assert world.read("CredentialRegistry", "keyReplacement") == world.addresses["KeyReplacement"].lower()
    assert world.read("KeyReplacement", "REGISTRY") == world.addresses["CredentialRegistry"].lower()


@pytest.mark.parametrize("contract", SIGNED)
def test_deployment__every_signing_contract_has_a_domain_of_its_own(
    contracts: Contracts, world: World, contract: str
) -> None:
    """EIP-5267, as wallets read it."""
    _, name, version, chain_id, verifying, *_ = contracts[contract].eip712Domain()
    assert (name, version, chain_id) == ("Huizhen", "1", world.statements.chain_id)
    assert verifying == world.addresses[contract]
