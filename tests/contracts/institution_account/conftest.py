from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import pytest

from huizhen.chain.calls import encode_call
from huizhen.chain.client import Receipt
from huizhen.chain.signer import SoftwareKey
from huizhen.domain import acts
from huizhen.domain.statement import Signature, Statement
from tests.support.keys import AccountKey, Key, P256Key, SM2Key, together
from tests.support.passkeys import Passkey
from tests.support.world import World, digest_of

SALT = digest_of("salt")


@dataclass(frozen=True, slots=True)
class Office:
    """An institution's account and all of its officers; `threshold` of them sign together."""

    world: World
    address: str
    officers: tuple[Key, ...]
    threshold: int = 2

    def key(self, *officers: Key) -> AccountKey:
        """The account as these officers sign for it, else as the first of them who are enough."""
        signing = officers or self.officers[: self.threshold]
        return AccountKey(self.address, self.world.statements.chain_id, signing)

    def read(self, function: str, *arguments: object) -> object:
        return self.world.chain.read("InstitutionAccount", self.address, function, *arguments)

    def digest(self, change: Statement) -> bytes:
        addresses = {**self.world.addresses, "InstitutionAccount": self.address}
        return replace(self.world.statements, addresses=addresses).digest(change)

    def change(
        self,
        added: Sequence[Key] = (),
        removed: Sequence[Key] = (),
        threshold: int = 2,
        sequence: int = 0,
    ) -> Statement:
        signers = [each.signer for each in added], [each.signer for each in removed]
        return acts.change_officers(*signers, threshold, sequence, self.world.deadline)

    def act(self, change: Statement, *officers: Key, at: int | None = None) -> Receipt:
        """Signed by the first officers who are enough, or by others. Raises Refused."""
        signing = officers or self.officers[: self.threshold]
        return self.send(change, together(signing, self.digest(change)), at=at)

    def send(self, change: Statement, signature: bytes, at: int | None = None) -> Receipt:
        calldata = self.world.statements.calldata(change, [Signature(0, signature)])
        return self.world.chain.send(self.address, calldata, at=at)

    def officers_now(self) -> set[bytes]:
        return set(self.world.chain.read("InstitutionAccount", self.address, "officers"))

    def is_valid(self, digest: bytes, signature: bytes) -> bool:
        """As every contract asks that checks an ERC-1271 signature."""
        return self.read("isValidSignature", digest, signature) == bytes.fromhex("1626ba7e")


def create(world: World, officers: Sequence[Key], threshold: int = 2, salt: bytes = SALT) -> Office:
    """Raises Refused."""
    factory, signers = world.addresses["InstitutionAccounts"], [each.signer for each in officers]
    address = world.read("InstitutionAccounts", "addressOf", signers, threshold, salt)
    world.chain.send(factory, encode_call("create(bytes[],uint64,bytes32)", signers, threshold, salt))
    return Office(world, address, tuple(officers), threshold)


def software(name: str) -> SoftwareKey:
    return SoftwareKey.from_seed("officer", name)


@pytest.fixture(scope="module")
def office(world: World) -> Office:
    """Two of three sign."""
    return create(world, [software(name) for name in ("preparer", "approver", "director")])


@pytest.fixture(scope="module")
def mixed(world: World) -> Office:
    """Three of four sign; each holds a key of another kind."""
    return create(
        world,
        [
            P256Key.from_seed(world.addresses["P256Verifier"], "officer"),
            Passkey.from_seed(world.addresses["WebAuthnVerifier"], "officer"),
            SM2Key.from_seed(world.addresses["SM2Verifier"], "officer"),
            software("fourth"),
        ],
        threshold=3,
    )
