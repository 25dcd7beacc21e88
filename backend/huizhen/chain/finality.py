"""Which block counts as final."""

from __future__ import annotations

from huizhen.chain.client import Node
from huizhen.errors import FatalNodeError


def final_number(node: Node, head: int, confirmations: int | None) -> int:
    """By so many blocks upon it; None: as the node says by its `finalized` tag. Raises NodeError, and FatalNodeError
    where a node knows no such tag.
    """
    if confirmations is not None:
        return max(head - confirmations, 0)
    try:
        return min(node.header("finalized").number, head)
    except FatalNodeError as error:
        raise FatalNodeError(
            "节点不说明哪个区块已最终确定：请设置 HUIZHEN_CONFIRMATIONS（多少个区块之后视为最终）。",
            "The node does not say which block is final: set HUIZHEN_CONFIRMATIONS, how many blocks upon a block "
            "make it final.",
        ) from error
