"""Which rail stands, and what the settings and the chain have to agree upon."""

from __future__ import annotations

from typing import Any

import pytest
from eth_abi.abi import encode

from huizhen.chain.client import Node
from huizhen.chain.rails import (
    BANK_RAIL,
    ERC20_RAIL,
    Token,
    rail_among,
    rail_arguments,
    require_same_rail,
    require_token,
)
from huizhen.errors import CallReverted, DeploymentError

ADDRESS, OTHER = "0x" + "ab" * 20, "0x" + "cd" * 20
TOKEN = Token(ADDRESS, 10_000)


class FakeNode:
    """Answers every call with the next of its answers; None reverts."""

    def __init__(self, *answers: bytes | None) -> None:
        self.answers = list(answers)

    def call_many(self, calls: list[tuple[str, bytes]]) -> list[bytes]:
        return [self._answer() for _ in calls]

    def _answer(self) -> bytes:
        answer = self.answers.pop(0)
        if answer is None:
            raise CallReverted("退回", "reverted", b"")
        return answer


def node(*answers: bytes | None) -> Node:
    fake: Any = FakeNode(*answers)
    found: Node = fake
    return found


def test_rail_among__names_of_contracts__is_the_one_that_stands() -> None:
    assert rail_among(["AccessManager", "Erc20Rail"]) == ERC20_RAIL
    assert rail_among(["AccessManager", "BankRail"]) == BANK_RAIL


def test_rail_arguments__with_a_token__name_it_and_its_unit() -> None:
    assert rail_arguments(OTHER, None) == encode(["address"], [OTHER])
    assert rail_arguments(OTHER, TOKEN) == encode(["address", "address", "uint128"], [OTHER, ADDRESS, 10_000])


@pytest.mark.parametrize("answer", [b"", None])
def test_require_token__where_none_stands__says_which_setting_to_check(answer: bytes | None) -> None:
    with pytest.raises(DeploymentError, match="HUIZHEN_RAIL_TOKEN"):
        require_token(node(answer), TOKEN)
    require_token(node(encode(["uint256"], [0])), TOKEN)


def test_require_same_rail__another_kind__is_refused() -> None:
    with pytest.raises(DeploymentError, match="BankRail"):
        require_same_rail(node(), {"BankRail": OTHER}, TOKEN)
    with pytest.raises(DeploymentError, match="Erc20Rail"):
        require_same_rail(node(), {"Erc20Rail": OTHER}, None)
    require_same_rail(node(), {"BankRail": OTHER}, None)


@pytest.mark.parametrize(("address", "unit"), [(OTHER, 10_000), (ADDRESS, 1)])
def test_require_same_rail__another_token_or_unit__is_refused(address: str, unit: int) -> None:
    answers = encode(["address"], [address]), encode(["uint128"], [unit])
    with pytest.raises(DeploymentError, match="HUIZHEN_RAIL_FEN_UNIT"):
        require_same_rail(node(*answers), {"Erc20Rail": OTHER}, TOKEN)


def test_require_same_rail__the_same_token__is_accepted() -> None:
    answers = encode(["address"], [ADDRESS]), encode(["uint128"], [10_000])
    require_same_rail(node(*answers), {"Erc20Rail": OTHER}, TOKEN)
