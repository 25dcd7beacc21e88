"""Software keys: the demo's people, tests and the relay. Real people sign with keys of their own."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Self

from eth_account import Account
from eth_keys.datatypes import PrivateKey
from eth_utils.crypto import keccak


@dataclass(frozen=True, slots=True)
class SoftwareKey:
    """A secp256k1 key. `signer` is its ERC-7913 form, the 20 bytes of its address."""

    secret: bytes

    @classmethod
    def from_seed(cls, *parts: object) -> Self:
        """A key that a seed and a name determine: for worlds that must come out the same each time."""
        return cls(keccak(text="/".join(str(part) for part in parts)))

    @property
    def address(self) -> str:
        return PrivateKey(self.secret).public_key.to_checksum_address()

    @property
    def signer(self) -> bytes:
        return PrivateKey(self.secret).public_key.to_canonical_address()

    def sign(self, digest: bytes) -> bytes:
        """65 bytes r | s | v, v 27 or 28, s in the lower half."""
        signature = PrivateKey(self.secret).sign_msg_hash(digest)
        return signature.to_bytes()[:64] + bytes([27 + signature.v])

    def sign_transaction(self, transaction: dict[str, object]) -> tuple[bytes, bytes]:
        """The raw signed transaction and its hash."""
        signed = Account.sign_transaction(transaction, self.secret)
        return bytes(signed.raw_transaction), bytes(signed.hash)


class SoftwareKeys:
    """Makes and uses software keys for services.demo_keys."""

    def create(self) -> tuple[bytes, bytes]:
        key = SoftwareKey(secrets.token_bytes(32))
        return key.signer, key.secret

    def sign(self, secret: bytes, digest: bytes) -> bytes:
        return SoftwareKey(secret).sign(digest)
