"""Back to the last block that the index and the chain have in common."""

from __future__ import annotations

from collections.abc import Sequence

from huizhen.chain.client import Node
from huizhen.db.index import progress
from huizhen.db.index.row_store import delete_above, delete_rows, insert_rows, load, update_rows
from huizhen.db.session import Connection
from huizhen.domain.chain_ids import Hash32
from huizhen.errors import ReorgTooDeep
from huizhen.indexer.cursor import Cursor
from huizhen.indexer.rows import APPEND_ONLY

_AT_ONCE = 64


def common_ancestor(node: Node, stored: Sequence[tuple[int, Hash32]], head: int) -> tuple[int, Hash32] | None:
    """The newest stored (number, hash) that is still on the chain; `stored` is newest first."""
    within = [(number, hash_) for number, hash_ in stored if number <= head]
    for first in range(0, len(within), _AT_ONCE):
        some = within[first : first + _AT_ONCE]
        headers = node.headers([number for number, _ in some])
        for (number, hash_), header in zip(some, headers, strict=True):
            if header.hash == hash_:
                return number, hash_
    return None


def rewind(connection: Connection, cursor: Cursor, ancestor: tuple[int, Hash32]) -> None:
    """Puts every row back as it was after the ancestor, newest change first."""
    number, _ = ancestor
    if number < cursor.undo_floor:
        raise too_deep(cursor)
    for name, key, row in progress.undo_images(connection, number):
        if row is None:
            delete_rows(connection, name, [key])
        elif load(connection, name, key) is None:
            insert_rows(connection, name, [row])
        else:
            update_rows(connection, name, [row])
    progress.delete_undo_above(connection, number)
    delete_above(connection, (*APPEND_ONLY, "block"), number)


def too_deep(cursor: Cursor) -> ReorgTooDeep:
    return ReorgTooDeep(
        f"链在区块{cursor.undo_floor}以下发生了重组，超出可回退的范围，索引已停止。"
        "请确认节点可信，然后运行 huizhen index --rebuild。",
        f"The chain turned below block {cursor.undo_floor}, deeper than the index goes back, so it has stopped. "
        "Make sure that the node can be trusted, then run huizhen index --rebuild.",
    )
