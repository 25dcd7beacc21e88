"""CredentialRegistry.replaceSigners: KeyReplacement alone may call it; its outcomes are tested there."""

from __future__ import annotations

import pytest

from huizhen.chain.calls import encode_call
from huizhen.domain.ids import PartyId
from tests.support.key_changes import NEW, signer_of
from tests.support.refusals import refuses
from tests.support.world import AUTHORITY, World


@pytest.mark.parametrize("caller", [0, 9])
def test_replace_signers__by_anybody_else__reverts(world: World, doctor: PartyId, caller: int) -> None:
    """Account 0 deployed everything and governs what can be governed."""
    anybody = world.chain.node.call("eth_accounts")[caller]
    for party in (doctor, AUTHORITY):
        before = signer_of(world, party)
        with refuses("OnlyKeyReplacement", caller=anybody):
            world.chain.send(
                world.addresses["CredentialRegistry"],
                encode_call("replaceSigners(uint32,bytes)", party, NEW.signer),
                sender=anybody,
            )
        assert signer_of(world, party) == before
