"""`huizhen show`: a statement's fields and digest, computed from its file alone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from huizhen.chain.statements import digest_of
from huizhen.cli.showing import run_show
from huizhen.errors import InvalidInput
from huizhen.settings import load

DOCUMENT: dict[str, Any] = {
    "types": {
        "EIP712Domain": [
            {"name": "name", "type": "string"},
            {"name": "version", "type": "string"},
            {"name": "chainId", "type": "uint256"},
            {"name": "verifyingContract", "type": "address"},
        ],
        "Leave": [
            {"name": "group", "type": "uint32"},
            {"name": "doctor", "type": "uint32"},
            {"name": "spell", "type": "uint32"},
            {"name": "deadline", "type": "uint40"},
        ],
    },
    "primaryType": "Leave",
    "domain": {
        "name": "Huizhen",
        "version": "1",
        "chainId": 31337,
        "verifyingContract": "0x5FbDB2315678afecb367f032d93F642f64180aa3",
    },
    "message": {"group": 5, "doctor": 17, "spell": 1, "deadline": 1_800_000_000},
}
DIGEST = "0x" + digest_of(DOCUMENT).hex()


def shown(tmp_path: Path, content: object) -> None:
    file = tmp_path / "statement.json"
    file.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    run_show(load(state_dir=tmp_path), file)


@pytest.mark.parametrize("content", [DOCUMENT, {"typed_data": DOCUMENT, "digest": DIGEST}])
def test_show__statement__lists_fields_and_digest(
    content: object, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shown(tmp_path, content)
    said = capsys.readouterr().out
    assert ".leave" in said
    assert DIGEST in said
    assert [line.split() for line in said.splitlines() if "doctor" in line] == [["doctor", "17"]]


def test_show__altered_after_it_was_digested__warns_not_to_sign(tmp_path: Path) -> None:
    altered = DOCUMENT | {"message": DOCUMENT["message"] | {"doctor": 18}}
    with pytest.raises(InvalidInput, match="do not sign"):
        shown(tmp_path, {"typed_data": altered, "digest": DIGEST})


@pytest.mark.parametrize(
    "content", ["not json", "[]", {}, DOCUMENT | {"message": {}}, DOCUMENT | {"types": {}}]
)
def test_show__no_statement__says_what_is_expected(content: object, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="EIP-712"):
        shown(tmp_path, content)
