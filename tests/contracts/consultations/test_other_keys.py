"""A whole consultation signed by contract wallets (ERC-1271), P-256 keys or passkeys, by no externally owned key."""

from __future__ import annotations

from typing import Any

import pytest

from huizhen.chain.signer import SoftwareKey
from huizhen.domain import acts
from huizhen.domain.statement import Signature
from tests.contracts.consultations.conftest import Booking
from tests.support.keys import Key, P256Key, WalletKey
from tests.support.passkeys import Passkey
from tests.support.refusals import refuses
from tests.support.settling import due_legs, releases
from tests.support.team import Team
from tests.support.world import World


@pytest.fixture(scope="module", params=["P-256 keys", "passkeys", "contract wallets"])
def modern_team(request: pytest.FixtureRequest, world: World, project: Any, admin: Any) -> Team:
    """Hospital, doctors, institutions and lead hold no externally owned key."""

    def key(role: str, number: int) -> Key:
        if request.param == "P-256 keys":
            return P256Key.from_seed(world.addresses["P256Verifier"], role, number)
        if request.param == "passkeys":
            return Passkey.from_seed(world.addresses["WebAuthnVerifier"], role, number)
        owner = SoftwareKey.from_seed("wallet of", role, number)
        return WalletKey(admin.deploy(project.ContractWallet, owner.signer).address, owner)

    return Team.assemble(world, 2, standing=False, keys=key)


def test_every_step__signed_by_other_kinds_of_keys__is_accepted(world: World, modern_team: Team) -> None:
    team, terms = modern_team, modern_team.terms()
    packed = team.book(terms)
    team.deliver(packed, terms)
    with releases(world, terms, due_legs(terms)):
        world.act(acts.accept(packed, team.hospital, world.deadline))
    world.act(acts.leave(team.group, team.doctors[0], 1, world.deadline))


def test_book__with_a_signature_of_another_such_key__reverts(world: World, modern_team: Team) -> None:
    team = modern_team
    statement = team.booking(team.terms())
    first, second, *others = statement.signers
    with refuses("InvalidSignature", party=first, signer=0):
        world.act(statement, second, second, *others)


def test_book__signed_by_the_owner_of_a_wallet_as_itself__reverts(
    world: World, team: Team, project: Any, admin: Any
) -> None:
    """A wallet's owner speaks for the wallet under the wallet's index only."""
    owner = SoftwareKey.from_seed("an owner")
    wallet = WalletKey(admin.deploy(project.ContractWallet, owner.signer).address, owner)
    world.act(world.adding(team.hospital, wallet))
    terms = team.terms()
    statement = team.booking(terms)
    hospital, *others = world.sign(statement)
    by_wallet = wallet.sign(world.statements.digest(statement))
    with refuses("InvalidSignature", party=team.hospital, signer=0):
        world.send(statement, [Signature(0, by_wallet), *others])
    with refuses("InvalidSignature", party=team.hospital, signer=1):
        world.send(statement, [Signature(1, hospital.value), *others])
    world.send(statement, [Signature(1, by_wallet), *others])
    assert Booking(world, terms).id
