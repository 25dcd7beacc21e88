"""docs/contracts.md names every function that changes state, and no test that does not exist."""

from __future__ import annotations

import re

import pytest

from tests.unit.test_contract_matrix import FUNCTIONS, ROOT, TESTS, Function

DOCUMENT = (ROOT / "docs" / "contracts.md").read_text(encoding="utf-8")
SECTIONS = {part.split("\n", 1)[0]: part for part in re.split(r"^## ", DOCUMENT, flags=re.MULTILINE)[1:]}
TOGETHER = {
    "InstitutionAccount": "InstitutionAccount and InstitutionAccounts",
    "InstitutionAccounts": "InstitutionAccount and InstitutionAccounts",
}
REFERENCES = sorted(set(re.findall(r"`([\w./]+)::(\w+)`", DOCUMENT)))


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda each: f"{each.contract}.{each.name}")
def test_docs__each_function__stands_in_the_table_of_its_contract(function: Function) -> None:
    section = SECTIONS[TOGETHER.get(function.contract, function.contract)]
    assert f"\n| `{function.name}` |" in section


@pytest.mark.parametrize(("file", "test"), REFERENCES, ids=lambda part: part)
def test_docs__each_test_that_is_named__exists(file: str, test: str) -> None:
    path = ROOT / file if file.startswith("tests/") else TESTS / file
    assert re.search(rf"(def|function) {test}\b", path.read_text(encoding="utf-8")), f"no {test} in {file}"
