"""How officers sign together through their institution's account (contracts/interfaces/IInstitutionAccount.sol)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from eth_abi.abi import encode
from eth_utils.crypto import keccak

from huizhen.chain.signer import SoftwareKey

_DOMAIN = keccak(text="EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)")
_PERSONAL_SIGN = keccak(text="PersonalSign(bytes prefixed)")


@dataclass(frozen=True, slots=True)
class OfficersKey:
    """Signs as the account does: each of `officers` over the digest, bound to the account (ERC-7739)."""

    account: str
    chain_id: int
    officers: Sequence[SoftwareKey]

    @property
    def signer(self) -> bytes:
        """The account's ERC-7913 form, 20 bytes."""
        return bytes.fromhex(self.account.removeprefix("0x"))

    def sign(self, digest: bytes) -> bytes:
        domain = encode(
            ("bytes32", "bytes32", "bytes32", "uint256", "address"),
            (_DOMAIN, keccak(text="Huizhen"), keccak(text="1"), self.chain_id, self.account),
        )
        struct = keccak(encode(("bytes32", "bytes32"), (_PERSONAL_SIGN, digest)))
        bound = keccak(b"\x19\x01" + keccak(domain) + struct)
        inside = sorted(self.officers, key=lambda officer: keccak(officer.signer))
        signers, signatures = [each.signer for each in inside], [each.sign(bound) for each in inside]
        return encode(("bytes[]", "bytes[]"), (signers, signatures))
