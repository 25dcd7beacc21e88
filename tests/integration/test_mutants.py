"""The mutator of `make mutants`, on a contract that has something for every operator."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

from tools.mutation.child import Child
from tools.mutation.compiler import compiler
from tools.mutation.mutants import Mutant, all_mutants, drawn
from tools.mutation.operators import OPERATORS
from tools.mutation.source import Source

CHECKOUT = Path(__file__).resolve().parents[2]
NAME = "contracts/Till.sol"
TILL = """// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

contract Till {
    uint256 private constant MOST = 24 hours;
    mapping(address => uint256) public held;
    bool public open;

    error TooMuch(uint256 asked, uint256 allowed);
    event Paid(address indexed to, uint256 amount);

    modifier whenOpen() {
        if (!open) revert TooMuch(0, MOST);
        _;
    }

    /// @dev 会诊: offsets count bytes.
    function pay(address to, uint256 amount) external whenOpen {
        if (amount > MOST) revert TooMuch(amount, MOST);
        held[to] += amount;
        _note(to);
        emit Paid(to, amount);
    }

    function half(uint256 amount) external pure returns (uint256 half_) {
        assembly ("memory-safe") {
            half_ := div(amount, 2)
        }
    }

    function _note(address to) private {
        open = to == address(0) ? true : open;
    }
}
"""


@pytest.fixture(scope="module")
def solc() -> Iterator[Child]:
    child = compiler(CHECKOUT)
    yield child
    child.close()


def read(solc: Child, content: str) -> Source:
    settings = {"outputSelection": {"*": {"": ["ast"]}}}
    asked = {"language": "Solidity", "sources": {NAME: {"content": content}}, "settings": settings}
    return Source(NAME, content.encode(), solc.ask(asked)["sources"][NAME]["ast"])


@pytest.fixture(scope="module")
def mutants(solc: Child) -> list[Mutant]:
    return all_mutants([read(solc, TILL)])


def test_mutants__of_each_operator__are_what_it_says(mutants: list[Mutant]) -> None:
    found: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for mutant in mutants:
        found[mutant.operator].add((mutant.within, mutant.becomes))
    assert set(found) == set(OPERATORS)
    assert ("Till.pay", "{}") in found["delete guard"]
    assert ("Till.pay", "!(amount > MOST)") in found["negate condition"]
    assert ("Till.pay", "if (amount >= MOST) revert TooMuch(amount, MOST);") in found["move relation"]
    assert ("Till.pay", "held[to] -= amount;") in found["swap arithmetic"]
    assert ("Till.half", "half_ := mul(amount, 2)") in found["swap in assembly"]
    assert ("Till.half", "half_ := div(amount, 3)") in found["shift constant"]
    assert ("Till.MOST", "uint256 private constant MOST = (24 hours + 1);") in found["shift constant"]
    assert ("Till._note", "open = to == address(0) ? false : open;") in found["flip boolean"]
    assert ("Till.pay", "MOST, amount") in found["swap neighbours"]
    assert ("Till.half", "{}") in found["delete assignment"]
    deleted = ("delete assignment", "delete call", "delete event")
    assert all(("Till.pay", "{}") in found[operator] for operator in deleted)
    dropped = "function pay(address to, uint256 amount) external {"
    assert found["drop modifier"] == {("Till.pay", dropped)}
    assert ("Till.pay", f"{dropped[:-1]}whenOpen {{ return;") in found["return early"]


def test_mutants__all__change_the_text_and_are_known_apart(mutants: list[Mutant]) -> None:
    changed = [mutant.source.changed(mutant.change) for mutant in mutants]
    assert len(set(changed)) == len(mutants)
    assert TILL not in changed
    assert len({mutant.identity for mutant in mutants}) == len(mutants)


def test_identity__when_lines_move__stays(solc: Child, mutants: list[Mutant]) -> None:
    moved = TILL.replace("    error TooMuch", "    // A line more.\n\n    error TooMuch")
    identities = {mutant.identity for mutant in all_mutants([read(solc, moved)])}
    assert identities == {mutant.identity for mutant in mutants}


def test_drawn__by_one_seed__is_one_order_and_even(mutants: list[Mutant]) -> None:
    order = list(drawn(mutants, "seed"))
    assert order == list(drawn(list(reversed(mutants)), "seed"))
    assert order != list(drawn(mutants, "another"))
    assert sorted(mutant.identity for mutant in order) == sorted(mutant.identity for mutant in mutants)
    first = order[: len(OPERATORS)]
    assert {mutant.operator for mutant in first} == set(OPERATORS)
