"""Views asked together give what they give one by one; a node that cannot is asked in batches."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from eth_abi.abi import encode

from huizhen.chain.artifacts import Artifacts
from huizhen.chain.client import Node
from huizhen.chain.many_calls import call_together
from huizhen.chain.state_reader import StateReader
from huizhen.chain.views import View
from huizhen.domain.contract_reads import Read
from huizhen.errors import CallReverted, FatalNodeError
from tests.support.chain_setup import ChainSetup

READS = [
    Read("CredentialRegistry", "partyCount"),
    Read("CredentialRegistry", "partyOf", (1,)),
    Read("CredentialRegistry", "signerOf", (1, 0)),
    Read("CredentialRegistry", "registrationOf", (2,)),
    Read("RevenueLedger", "payoutAccountOf", (1,)),
    Read("SlotBook", "wordOf", (1, 7_000)),
    Read("BankRail", "isUsed", ("0x" + "ab" * 32,)),
    Read("RevenueLedger", "isBooker", ("0x" + "cd" * 20,)),
]


def reader(setup: ChainSetup, node: Node | None = None) -> StateReader:
    return StateReader(node or setup.node, setup.artifacts, setup.deployment.addresses)


def calls_of(setup: ChainSetup, reads: Sequence[Read]) -> list[tuple[str, bytes]]:
    return [
        (
            setup.deployment.addresses[read.contract],
            View.of(setup.artifacts.function(read.contract, read.function)).calldata(read.arguments),
        )
        for read in reads
    ]


def test_call_together__many_kinds__equals_one_by_one(setup: ChainSetup) -> None:
    calls = calls_of(setup, READS)
    block = setup.node.head().number
    together = call_together(setup.node, calls * 300, block)
    assert together == setup.node.call_many(calls, block) * 300


def test_call_together__none__asks_nothing(setup: ChainSetup) -> None:
    assert call_together(setup.node, [], "latest") == []


def test_call_together__a_view_reverts__is_said_with_what_it_says(setup: ChainSetup) -> None:
    address = setup.deployment.addresses["CredentialRegistry"]
    with pytest.raises(CallReverted):
        call_together(setup.node, [*calls_of(setup, READS), (address, b"\xff\xff\xff\xff")], "latest")


def test_call_together__too_much_for_one_call__is_split(setup: ChainSetup) -> None:
    """Twenty thousand views cost more gas than a block has."""
    calls = calls_of(setup, READS[:2]) * 10_000
    answers = call_together(setup.node, calls, "latest")
    assert len(answers) == 20_000
    assert set(answers) == set(setup.node.call_many(calls[:2]))


class OldNode(Node):
    """One that knows two parameters of eth_call, and how often it was asked for three."""

    overrides = 0

    def call(self, method: str, *parameters: object) -> Any:
        if method == "eth_call" and len(parameters) == 3:
            self.overrides += 1
            raise FatalNodeError("参数过多", "too many arguments, want at most 2")
        return super().call(method, *parameters)


class DeafNode(Node):
    """One that ignores the override: nothing stands at the reader's address."""

    def call(self, method: str, *parameters: object) -> Any:
        return super().call(method, *parameters[:2])


def test_read_many__node_without_overrides__asks_in_batches(setup: ChainSetup) -> None:
    block = setup.node.head().number
    wanted = reader(setup).read_many(READS, block)
    old = OldNode(setup.node.urls)
    slow = reader(setup, old)
    assert slow.read_many(READS, block) == wanted
    asked = old.overrides
    assert slow.read_many(READS, block) == wanted
    assert old.overrides == asked, "once it is known, it is not tried again"
    assert reader(setup, DeafNode(setup.node.urls)).read_many(READS, block) == wanted


def test_view__every_view_of_verify__round_trips_its_arguments() -> None:
    """Words made here are those that eth_abi makes."""
    for read in READS:
        view = View.of(Artifacts().function(read.contract, read.function))
        values = [
            bytes.fromhex(each[2:]) if isinstance(each, str) and kind != "address" else each
            for kind, each in zip(view.inputs, read.arguments, strict=True)
        ]
        assert view.calldata(read.arguments) == view.selector + encode(view.inputs, values)


def test_view__answer_of_another_length__is_refused() -> None:
    view = View.of(Artifacts().function("CredentialRegistry", "partyOf"))
    with pytest.raises(ValueError, match="words"):
        view.answer(b"\0" * 31)
