"""Keys that sign, and a record of what each of them signed: the specification's ideal signatures."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from huizhen.chain.signer import SoftwareKey
from huizhen.domain.statement import Signature, pack_signatures
from tests.support.keys import Key

AUTHORITY_PEN, TAX_PEN = SoftwareKey.from_seed("model", 1), SoftwareKey.from_seed("model", 2)


class Pens:
    """`seals` says who signed what; `of` finds the key of a signer that was made here."""

    def __init__(self) -> None:
        self.seals: dict[bytes, tuple[bytes, bytes]] = {}
        self._keys: dict[bytes, Key] = {}

    def mark(self) -> tuple[int, int]:
        return len(self.seals), len(self._keys)

    def back(self, mark: tuple[int, int]) -> None:
        """Forgets what was signed and made since."""
        for made, count in zip((self.seals, self._keys), mark, strict=True):
            for key in list(made)[count:]:
                del made[key]  # type: ignore[attr-defined]

    def take(self, *seed: object) -> bytes:
        """A key for this seed; answers its signer."""
        return self.keep(_software_key(*seed))

    def keep(self, key: Key) -> bytes:
        signer = _signer(key)
        self._keys[signer] = key
        return signer

    def __contains__(self, signer: bytes) -> bool:
        return signer in self._keys

    def sign(self, signer: bytes, digest: bytes) -> bytes:
        signature = _signature(self._keys[signer], digest)
        self.seals[signature] = signer, digest
        return signature


def pack(signatures: Sequence[tuple[int, bytes]]) -> bytes:
    return pack_signatures([Signature(index, value) for index, value in signatures])


@lru_cache(maxsize=4096)
def _software_key(*seed: object) -> SoftwareKey:
    return SoftwareKey.from_seed("model", *seed)


@lru_cache(maxsize=4096)
def _signer(key: Key) -> bytes:
    return key.signer


@lru_cache(maxsize=65536)
def _signature(key: Key, digest: bytes) -> bytes:
    return key.sign(digest)
