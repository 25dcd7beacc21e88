"""What counts as final: confirmations where they are set, else the node's own word."""

from __future__ import annotations

from typing import Any, cast

import pytest

from huizhen.chain.client import Header, Node
from huizhen.chain.finality import final_number
from huizhen.domain.chain_ids import NO_HASH
from huizhen.errors import FatalNodeError


class Says:
    """A node whose `finalized` block has this number; None: it knows no such tag."""

    def __init__(self, finalized: int | None) -> None:
        self.finalized = finalized

    def header(self, tag: str) -> Header:
        if self.finalized is None:
            raise FatalNodeError("不支持", f"no block {tag}")
        return Header(self.finalized, NO_HASH, NO_HASH, 0, 0, 0)


def final(finalized: int | None, head: int, confirmations: int | None) -> int:
    return final_number(cast(Node, cast(Any, Says(finalized))), head, confirmations)


def test_final_number__confirmations__count_from_the_head() -> None:
    assert [final(90, 100, confirmations) for confirmations in (0, 2, 101)] == [100, 98, 0]


def test_final_number__the_nodes_word__is_never_above_the_head_that_was_seen() -> None:
    assert (final(36, 100, None), final(101, 100, None)) == (36, 100)


def test_final_number__node_without_the_tag__says_what_to_set() -> None:
    with pytest.raises(FatalNodeError, match="HUIZHEN_CONFIRMATIONS"):
        final(None, 100, None)
