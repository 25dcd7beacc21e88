"""Keys that sign in tests and benches, one class for each kind of ERC-7913 signer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils
from eth_utils.crypto import keccak

from huizhen.chain.signer import SoftwareKey

P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


class Key(Protocol):
    """`signer` is what the registry knows it by."""

    @property
    def signer(self) -> bytes: ...

    def sign(self, digest: bytes) -> bytes: ...


@dataclass(frozen=True, slots=True)
class WalletKey:
    """A contract wallet (ERC-1271) and the key of its owner."""

    wallet: str
    owner: SoftwareKey

    @property
    def signer(self) -> bytes:
        return bytes.fromhex(self.wallet[2:])

    def sign(self, digest: bytes) -> bytes:
        return self.owner.sign(digest)


@dataclass(frozen=True, slots=True)
class P256Key:
    """A raw P-256 key, as hospital key modules and security chips hold them, behind a verifier contract."""

    verifier: str
    secret: int

    @classmethod
    def from_seed(cls, verifier: str, *parts: object) -> P256Key:
        seed = int.from_bytes(keccak(text="/".join(str(part) for part in parts)), "big")
        return cls(verifier, seed % (P256_ORDER - 1) + 1)

    @property
    def signer(self) -> bytes:
        point = self._key().public_key().public_numbers()
        return bytes.fromhex(self.verifier[2:]) + point.x.to_bytes(32, "big") + point.y.to_bytes(32, "big")

    def sign(self, digest: bytes) -> bytes:
        """r | s with s in the lower half, which the verifier insists on."""
        der = self._key().sign(digest, ec.ECDSA(utils.Prehashed(hashes.SHA256())))
        r, s = utils.decode_dss_signature(der)
        return r.to_bytes(32, "big") + min(s, P256_ORDER - s).to_bytes(32, "big")

    def _key(self) -> ec.EllipticCurvePrivateKey:
        return ec.derive_private_key(self.secret, ec.SECP256R1())
