"""Keys that sign in tests and benches, one class for each kind of ERC-7913 signer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils
from eth_abi.abi import encode
from eth_utils.crypto import keccak
from gmssl.sm2 import CryptSM2

from tests.support import sm2_curve

P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551

EIP712_DOMAIN = keccak(
    text="EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
)
PERSONAL_SIGN = keccak(text="PersonalSign(bytes prefixed)")


class Key(Protocol):
    """`signer` is what the registry knows it by."""

    @property
    def signer(self) -> bytes: ...

    def sign(self, digest: bytes) -> bytes: ...


@dataclass(frozen=True, slots=True)
class WalletKey:
    """A contract wallet (ERC-1271) and the key of its owner."""

    wallet: str
    owner: Key

    @property
    def signer(self) -> bytes:
        return bytes.fromhex(self.wallet[2:])

    def sign(self, digest: bytes) -> bytes:
        return self.owner.sign(digest)


@dataclass(frozen=True, slots=True)
class AccountKey:
    """An institution's account and the officers who sign, bound to it as ERC-7739 says for messages."""

    account: str
    chain_id: int
    officers: tuple[Key, ...]

    @property
    def signer(self) -> bytes:
        return bytes.fromhex(self.account[2:])

    @property
    def domain(self) -> bytes:
        """EIP-712's hash of the account's domain."""
        types = ("bytes32", "bytes32", "bytes32", "uint256", "address")
        name, version = keccak(text="Huizhen"), keccak(text="1")
        return keccak(encode(types, (EIP712_DOMAIN, name, version, self.chain_id, self.account)))

    def sign(self, digest: bytes) -> bytes:
        struct = keccak(encode(("bytes32", "bytes32"), (PERSONAL_SIGN, digest)))
        return together(self.officers, keccak(b"\x19\x01" + self.domain + struct))


def together(officers: Sequence[Key], digest: bytes) -> bytes:
    """What an institution's account takes: the officers in ascending order of their hashes, and a signature of each."""
    inside = sorted(officers, key=lambda officer: keccak(officer.signer))
    signers, signatures = [each.signer for each in inside], [each.sign(digest) for each in inside]
    return encode(("bytes[]", "bytes[]"), (signers, signatures))


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


@dataclass(frozen=True, slots=True)
class LongKey:
    """`length` bytes behind a verifier that takes any signature."""

    verifier: str
    length: int
    mark: int = 1

    @property
    def signer(self) -> bytes:
        return bytes.fromhex(self.verifier[2:]) + bytes([self.mark]) * (self.length - 20)

    def sign(self, _digest: bytes) -> bytes:
        return b"any"


@dataclass(frozen=True, slots=True)
class SM2Key:
    """An SM2 key, as Chinese hospitals' key modules and signing services hold them; gmssl signs with it."""

    verifier: str
    secret: int

    @classmethod
    def from_seed(cls, verifier: str, *parts: object) -> SM2Key:
        seed = int.from_bytes(keccak(text="/".join(str(part) for part in parts)), "big")
        # N - 1 cannot sign: 1 + secret has to have an inverse.
        return cls(verifier, seed % (sm2_curve.N - 2) + 1)

    @property
    def public(self) -> bytes:
        point = sm2_curve.multiply(self.secret, sm2_curve.G)
        assert point is not None
        return b"".join(each.to_bytes(32, "big") for each in point)

    @property
    def signer(self) -> bytes:
        return bytes.fromhex(self.verifier[2:]) + self.public

    def sign(self, digest: bytes, attempt: int = 0) -> bytes:
        """r | s over SM3 and the default user id; `attempt` makes another signature of the same digest."""
        library = CryptSM2(f"{self.secret:064x}", "")
        # Not through its constructor, which takes leading zeros and fours of a key for the mark of a point.
        library.public_key = self.public.hex()
        nonce = keccak(self.secret.to_bytes(32, "big") + digest + bytes([attempt])).hex()
        return bytes.fromhex(library.sign_with_sm3(digest, nonce))
