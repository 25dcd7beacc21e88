from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.support.ape_chain import Contracts
from tests.support.keys import SM2Key

Verify = Callable[[bytes, bytes, bytes], bool]
ACCEPTED, REFUSED = bytes.fromhex("024ad318"), b"\xff" * 4


@pytest.fixture(scope="session")
def verify(contracts: Contracts) -> Verify:
    """Key, digest and signature to the verifier's answer, which is one of two and never a revert."""
    verifier: Any = contracts["SM2Verifier"]

    def verified(key: bytes, digest: bytes, signature: bytes) -> bool:
        answer = bytes(verifier.verify(key, digest, signature))
        assert answer in (ACCEPTED, REFUSED)
        return answer == ACCEPTED

    return verified


@pytest.fixture(scope="session")
def key_module(contracts: Contracts) -> SM2Key:
    return SM2Key.from_seed(contracts["SM2Verifier"].address, "key module")
