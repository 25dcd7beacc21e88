"""The compiler on a small checkout of its own: what it writes, when it rests, what it says when it cannot."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from huizhen.chain.compiler import compile_contracts
from huizhen.errors import CompileError

CHECKOUT = Path(__file__).resolve().parents[2]
TILL = """// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";

contract Till is AccessManaged {
    uint256 public immutable limit = 7;
    uint128 public fen;

    constructor(address manager) AccessManaged(manager) {}
}
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    for shared in ("tools", "node_modules", "ape-config.yaml"):
        (tmp_path / shared).symlink_to(CHECKOUT / shared)
    (tmp_path / "contracts").mkdir()
    (tmp_path / "contracts" / "Till.sol").write_text(TILL, encoding="utf-8")
    return tmp_path


def test_compile__new_then_unchanged_then_broken__keeps_the_last_good_artefacts(checkout: Path) -> None:
    compilation = compile_contracts(checkout)
    assert compilation.fresh
    assert {"Till", "AccessManager", "ERC7913P256Verifier"} <= set(compilation.names)
    assert "AccessManaged" not in compilation.names

    artefact = json.loads((checkout / "build" / "contracts" / "Till.json").read_text(encoding="utf-8"))
    creation = bytes.fromhex(artefact["bytecode"].removeprefix("0x"))
    assert artefact["bytecodeSha256"] == hashlib.sha256(creation).hexdigest()
    assert artefact["methodIdentifiers"]["fen()"]
    assert [slot["label"] for slot in artefact["storageLayout"]["storage"]][-1] == "fen"
    assert artefact["immutableReferences"]

    assert not compile_contracts(checkout).fresh

    source = checkout / "contracts" / "Till.sol"
    source.write_text(TILL.replace("public fen;", "public fen"), encoding="utf-8")
    with pytest.raises(CompileError, match=r"contracts/Till\.sol"):
        compile_contracts(checkout)
    source.write_text(TILL, encoding="utf-8")
    assert not compile_contracts(checkout).fresh


def test_compile__two_contracts_of_one_name__names_both_files(checkout: Path) -> None:
    (checkout / "contracts" / "mocks").mkdir()
    (checkout / "contracts" / "mocks" / "Other.sol").write_text(TILL, encoding="utf-8")
    with pytest.raises(CompileError, match=r"contracts/Till\.sol, contracts/mocks/Other\.sol"):
        compile_contracts(checkout)


def test_compile__before_setup__says_what_to_run(checkout: Path) -> None:
    (checkout / "node_modules").unlink()
    with pytest.raises(CompileError, match="make setup"):
        compile_contracts(checkout)
