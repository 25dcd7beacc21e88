"""RevmChain, on which contract tests run in process: it says and undoes what anvil says and undoes."""

from __future__ import annotations

import pytest
from eth_abi.abi import encode

from huizhen.chain.calls import encode_call
from huizhen.domain.chain_ids import Hash32
from huizhen.errors import CallReverted, FatalNodeError
from tests.support.anvil_chain import Refused
from tests.support.refusals import refuses
from tests.support.revm_chain import RevmChain
from tests.support.revm_node import ACCOUNTS, START

ADMIN, STRANGER = ACCOUNTS[:2]
ALLOW = encode_call("setBooker(address,bool)", ADMIN, True)
RESERVE = encode_call("reserve(uint32[],uint32,uint8)", [7], 100, 4)


@pytest.fixture
def chain() -> RevmChain:
    return RevmChain()


@pytest.fixture
def slots(chain: RevmChain) -> str:
    return chain.deploy(
        "SlotBook", encode(["address"], [chain.deploy("AccessManager", encode(["address"], [ADMIN]))])
    )


def test_send__accepted__has_a_block_and_a_second_of_its_own(chain: RevmChain, slots: str) -> None:
    assert (chain.now(), chain.node.block) == (START + 2, 2)
    receipt = chain.send(slots, ALLOW)
    assert (receipt.succeeded, receipt.block_number, chain.now()) == (True, 3, START + 3)
    assert chain.node.receipt(receipt.tx_hash) == receipt
    assert len(chain.node.mined(receipt).logs) == 1
    assert chain.read("SlotBook", slots, "isBooker", ADMIN) is True
    chain.send(slots, RESERVE, at=START + 1000)
    assert chain.now() == chain.node.head().time == START + 1000


def test_send__refused__names_the_error_and_leaves_only_the_time(chain: RevmChain, slots: str) -> None:
    with refuses("AccessManagedUnauthorized", caller=STRANGER):
        chain.send(slots, ALLOW, sender=STRANGER)
    assert chain.now() == START + 3
    assert chain.read("SlotBook", slots, "isBooker", ADMIN) is False


def test_send__into_the_past__is_a_mistake_of_the_test(chain: RevmChain, slots: str) -> None:
    with pytest.raises(ValueError, match="not after"):
        chain.send(slots, ALLOW, at=chain.now())


def test_send_together__shares_a_block(chain: RevmChain, slots: str) -> None:
    chain.send_together([(slots, ALLOW), (slots, RESERVE)])
    assert chain.now() == START + 3
    assert chain.read("SlotBook", slots, "isTaken", 7, 100) is True
    with refuses("SlotTaken", doctor=7, slot=100):
        chain.send_together([(slots, RESERVE)])


def test_read__of_what_would_write__changes_nothing(chain: RevmChain, slots: str) -> None:
    chain.send(slots, ALLOW)
    chain.node.call_many([(slots, RESERVE)])
    assert chain.read("SlotBook", slots, "isTaken", 7, 100) is False


def test_revert__goes_back_in_state_time_and_receipts_however_deep(chain: RevmChain, slots: str) -> None:
    outer = chain.snapshot()
    chain.send(slots, ALLOW)
    inner = chain.snapshot()
    chain.send(slots, RESERVE, at=START + 500)
    chain.revert(inner)
    assert chain.read("SlotBook", slots, "isTaken", 7, 100) is False
    assert chain.read("SlotBook", slots, "isBooker", ADMIN) is True
    assert chain.now() == START + 3
    chain.revert(outer)
    assert chain.read("SlotBook", slots, "isBooker", ADMIN) is False
    assert (chain.now(), chain.node.block) == (START + 2, 2)


def test_node__asked_for_more_than_it_has__says_so(chain: RevmChain, slots: str) -> None:
    with pytest.raises(FatalNodeError, match="anvil"):
        chain.node.call("anvil_reset")
    with pytest.raises(FatalNodeError, match="anvil"):
        chain.node.call_many([(slots, ALLOW)], block=1)
    with pytest.raises(CallReverted):
        chain.node.call_many([(slots, RESERVE)])


def test_deploy__refused_by_the_constructor__names_the_error(chain: RevmChain) -> None:
    with pytest.raises(Refused):
        chain.deploy("AccessManager", encode(["address"], [f"0x{0:040x}"]))
    assert chain.node.receipt(Hash32(f"0x{1:064x}")) is not None
