"""A hospital's account through which two of three officers sign as one party."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from eth_abi.abi import encode
from eth_utils.crypto import keccak

from huizhen.chain.signer import SoftwareKey
from huizhen.domain import acts
from huizhen.simulation.people import Person
from huizhen.simulation.stage import Stage
from huizhen.simulation.stories import seeded

THRESHOLD = 2
OFFICERS = 3

_DOMAIN = keccak(text="EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)")
_PERSONAL_SIGN = keccak(text="PersonalSign(bytes prefixed)")


@dataclass(frozen=True, slots=True)
class OfficersKey:
    """Signs as the account does: each officer over the digest, bound to the account (ERC-7739)."""

    account: str
    chain_id: int
    officers: Sequence[SoftwareKey]

    @property
    def signer(self) -> bytes:
        return bytes.fromhex(self.account.removeprefix("0x"))

    def sign(self, digest: bytes) -> bytes:
        domain = encode(
            ("bytes32", "bytes32", "bytes32", "uint256", "address"),
            (_DOMAIN, keccak(text="Huizhen"), keccak(text="1"), self.chain_id, self.account),
        )
        struct = keccak(encode(("bytes32", "bytes32"), (_PERSONAL_SIGN, digest)))
        bound = keccak(b"\x19\x01" + keccak(domain) + struct)
        inside = sorted(self.officers, key=lambda officer: keccak(officer.signer))[:THRESHOLD]
        signers, signatures = [each.signer for each in inside], [each.sign(bound) for each in inside]
        return encode(("bytes[]", "bytes[]"), (signers, signatures))


def appoint(stage: Stage, seed: int, hospital: Person) -> OfficersKey:
    """Makes the account and registers it as the hospital's second signer."""
    officers = [SoftwareKey.from_seed(seed, "officer", hospital.id, number) for number in range(OFFICERS)]
    arguments = [officer.signer for officer in officers], THRESHOLD, seeded(seed, "account", hospital.id)
    stage.call("InstitutionAccounts", "create(bytes[],uint64,bytes32)", *arguments)
    (account,) = stage.read(
        "InstitutionAccounts", "addressOf(bytes[],uint64,bytes32)", arguments, ("address",)
    )
    key = OfficersKey(account, stage.statements.chain_id, officers)
    adding = acts.add_signer(hospital.id, hospital.revision, key.signer, stage.deadline)
    stage.perform(adding.with_possession(key.sign(stage.statements.digest(adding))))
    hospital.revision += 1
    return key
