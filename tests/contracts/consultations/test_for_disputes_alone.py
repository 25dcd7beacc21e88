"""The functions of Consultations that only its own Disputes contract may call."""

from __future__ import annotations

from typing import cast

import pytest
from eth_typing import ABIComponent
from eth_utils.abi import collapse_if_tuple

from huizhen.chain.calls import encode_call
from tests.contracts.consultations.conftest import Booking
from tests.support.refusals import refuses
from tests.support.world import World

CALLS = {
    "attend": (3, 0),
    "deliverUnattended": (bytes(32), 3),
    "amend": (b"", [], b""),
    "contest": (),
    "releasePart": (1, [], True),
}


@pytest.mark.parametrize("function", CALLS)
def test_for_disputes_alone__called_by_others__reverts(world: World, booking: Booking, function: str) -> None:
    inputs = world.chain.artifacts.function("Consultations", function)["inputs"]
    types = [collapse_if_tuple(cast(ABIComponent, each)) for each in inputs]
    call = encode_call(f"{function}({','.join(types)})", booking.packed, *CALLS[function])
    sender = world.chain.node.call("eth_accounts")[1]
    with refuses("NotDisputes", caller=sender.lower()):
        world.chain.send(world.addresses["Consultations"], call, sender=sender)


def test_disputes__is_the_contract_that_consultations_made(world: World) -> None:
    assert world.read("Consultations", "disputes").lower() == world.addresses["Disputes"].lower()
