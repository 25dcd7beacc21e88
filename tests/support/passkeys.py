"""Passkeys (WebAuthn), laid out byte for byte as browsers and authenticators do: W3C Web Authentication, level 3."""

from __future__ import annotations

import hashlib
import json
from base64 import urlsafe_b64encode
from dataclasses import dataclass, replace
from enum import IntFlag
from typing import Self

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils
from eth_abi.abi import encode
from eth_utils.crypto import keccak

from tests.support.keys import P256_ORDER

SITE = "localhost"
GET = "webauthn.get"


class Flags(IntFlag):
    """§6.1, the byte after the digest of the site's name."""

    PRESENT = 0x01
    VERIFIED = 0x04
    BACKUP_ELIGIBLE = 0x08
    BACKED_UP = 0x10


HELD_IN_A_CHIP = Flags.PRESENT | Flags.VERIFIED
SYNCED = HELD_IN_A_CHIP | Flags.BACKUP_ELIGIBLE | Flags.BACKED_UP


@dataclass(frozen=True, slots=True)
class Assertion:
    """What an authenticator hands out; `value` is its form for the verifier contract."""

    authenticator: bytes
    client: str
    r: int
    s: int

    @property
    def value(self) -> bytes:
        types = ["uint256", "uint256", "uint256", "uint256", "bytes", "string"]
        places = self.client.index('"challenge":'), self.client.index('"type":')
        return encode(types, [self.r, self.s, *places, self.authenticator, self.client])

    @classmethod
    def from_der(cls, authenticator: bytes, client: bytes, signature: bytes) -> Self:
        """s goes to the lower half, which the contract insists on and authenticators do not."""
        r, s = utils.decode_dss_signature(signature)
        return cls(authenticator, client.decode(), r, min(s, P256_ORDER - s))

    def with_high_s(self) -> Assertion:
        return replace(self, s=P256_ORDER - self.s)


@dataclass(frozen=True, slots=True)
class Passkey:
    """A P-256 key that signs for one site after its holder was recognised."""

    verifier: str
    secret: int

    @classmethod
    def from_seed(cls, verifier: str, *parts: object) -> Self:
        seed = int.from_bytes(keccak(text="passkey/" + "/".join(str(part) for part in parts)), "big")
        return cls(verifier, seed % (P256_ORDER - 1) + 1)

    @property
    def signer(self) -> bytes:
        point = self._key().public_key().public_numbers()
        return bytes.fromhex(self.verifier[2:]) + point.x.to_bytes(32, "big") + point.y.to_bytes(32, "big")

    def sign(self, digest: bytes) -> bytes:
        return self.assertion(digest).value

    def assertion(
        self,
        challenge: bytes,
        *,
        flags: int = HELD_IN_A_CHIP,
        kind: str = GET,
        counter: int = 1,
        site: str = SITE,
        origin: str = f"http://{SITE}:8000",
    ) -> Assertion:
        """What an authenticator makes of a challenge."""
        authenticator = hashlib.sha256(site.encode()).digest() + bytes([flags]) + counter.to_bytes(4, "big")
        # §5.8.1.1 fixes the order of the keys and that there are no spaces.
        client = json.dumps(
            {
                "type": kind,
                "challenge": urlsafe_b64encode(challenge).rstrip(b"=").decode(),
                "origin": origin,
                "crossOrigin": False,
            },
            separators=(",", ":"),
        )
        return self.signed(authenticator, client)

    def signed(self, authenticator: bytes, client_text: str) -> Assertion:
        """§7.2: over authenticatorData | SHA-256 of clientDataJSON, whatever stands in them."""
        client = client_text.encode()
        signature = self._key().sign(
            authenticator + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256())
        )
        return Assertion.from_der(authenticator, client, signature)

    def _key(self) -> ec.EllipticCurvePrivateKey:
        return ec.derive_private_key(self.secret, ec.SECP256R1())
