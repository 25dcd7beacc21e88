"""Acts with the signatures that they need."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from huizhen.errors import TermsUnreadable
from tests.model.engines import RELAY
from tests.model.pens import pack
from tests.model.spec.act import Act
from tests.model.stage import Stage

# Where the new key signs as well.
PROVING = ("addSigner", "requestReplacement")


def digest_of(stage: Stage, contract: str, function: str, values: Mapping[str, Any]) -> bytes:
    """Of terms that cannot be read there is no statement, so nothing that stands in its place is its digest."""
    try:
        return stage.wire.digest(contract, function, values)
    except TermsUnreadable:
        return bytes(32)


def signed(
    stage: Stage, contract: str, function: str, values: Mapping[str, Any], signers: Sequence[int]
) -> Act:
    """With the first signer that each party has."""
    digest = digest_of(stage, contract, function, values)
    signatures = []
    for party in signers:
        index = min(index for owner, index in stage.state.signers if owner == party)
        signatures.append((index, stage.pens.sign(stage.state.signers[party, index], digest)))
    proof = stage.pens.sign(values["signer"], digest) if function in PROVING else b""
    return finished(stage, contract, function, values, digest, pack(signatures), possession=proof)


def signed_by_key(
    stage: Stage, contract: str, function: str, values: Mapping[str, Any], signer: bytes
) -> Act:
    """With the plain signature of a key that is no party's."""
    digest = digest_of(stage, contract, function, values)
    return finished(stage, contract, function, values, digest, stage.pens.sign(signer, digest))


def finished(
    stage: Stage,
    contract: str,
    function: str,
    values: Mapping[str, Any],
    digest: bytes = b"",
    signatures: bytes = b"",
    sender: str = RELAY,
    possession: bytes = b"",
) -> Act:
    given = {"signature": signatures, "signatures": signatures, "possession": possession, **values}
    names = stage.wire.function(contract, function).names
    return Act(contract, function, {name: given[name] for name in names}, sender, digest, stage.pens.seals)
