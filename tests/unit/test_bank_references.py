from __future__ import annotations

import pytest

from huizhen.domain.bank_references import item_reference, reference_digest, return_reference, tidy_reference
from huizhen.domain.commitments import commit, document_digest
from huizhen.errors import InvalidInput


def test_references__name_batch_and_item_as_people_count() -> None:
    assert (item_reference(12, 2), return_reference(12, 2)) == ("HZ000012-03", "HZ000012-03-R")


@pytest.mark.parametrize("text", ["T2026 03", " t202603", "Ｔ２０２６０３", "T2026\t03"])
def test_digest__of_one_reference_typed_differently__is_one(text: str) -> None:
    assert reference_digest(text) == reference_digest("T202603")


@pytest.mark.parametrize("text", ["", "  ", "x" * 65])
def test_reference__empty_or_overlong__is_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        tidy_reference(text)


def test_commitment__facts__do_not_run_into_each_other() -> None:
    key = b"k" * 32
    assert commit(key, "ab", "c") != commit(key, "a", "bc")
    assert commit(key, "ab") != commit(b"l" * 32, "ab")
    assert document_digest("{}") != document_digest("{ }")
