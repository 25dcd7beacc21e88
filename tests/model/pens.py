"""Keys that sign, and a record of what each of them signed: the specification's ideal signatures."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from huizhen.chain.signer import SoftwareKey
from huizhen.domain.statement import Signature, pack_signatures
from tests.support.keys import Key

AUTHORITY_PEN, TAX_PEN = SoftwareKey.from_seed("model", 1), SoftwareKey.from_seed("model", 2)

# What any pen of any run has signed: signing is half of a call's cost.
_SIGNATURES: dict[tuple[bytes, bytes], bytes] = {}


class Pens:
    """`seals` says who signed what; `of` finds the key of a signer that was made here."""

    def __init__(self) -> None:
        self.seals: dict[bytes, tuple[bytes, bytes]] = {}
        self._keys: dict[bytes, Key] = {}

    def mark(self) -> tuple[int, int]:
        return len(self.seals), len(self._keys)

    def back(self, mark: tuple[int, int]) -> None:
        """Forgets what was signed and made since."""
        seals, keys = mark
        for signature in list(self.seals)[seals:]:
            del self.seals[signature]
        for signer in list(self._keys)[keys:]:
            del self._keys[signer]

    def take(self, *seed: object) -> bytes:
        """A key for this seed; answers its signer."""
        return self.keep(_software_key(*seed))

    def keep(self, key: Key) -> bytes:
        signer = key.signer
        self._keys[signer] = key
        return signer

    def __contains__(self, signer: bytes) -> bool:
        return signer in self._keys

    def sign(self, signer: bytes, digest: bytes) -> bytes:
        made = signer, digest
        if made not in _SIGNATURES:
            _SIGNATURES[made] = self._keys[signer].sign(digest)
        signature = _SIGNATURES[made]
        self.seals[signature] = signer, digest
        return signature


def pack(signatures: Sequence[tuple[int, bytes]]) -> bytes:
    return pack_signatures([Signature(index, value) for index, value in signatures])


@lru_cache(maxsize=4096)
def _software_key(*seed: object) -> SoftwareKey:
    return SoftwareKey.from_seed("model", *seed)
