"""Back to the last block that the index and the chain have in common."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from huizhen.chain.client import Node
from huizhen.db.index import progress
from huizhen.db.index.bulk import delete_rows, insert_rows, run, update_rows
from huizhen.db.index.loading import load_all
from huizhen.db.index.row_store import Key, Row, delete_above
from huizhen.db.session import Connection
from huizhen.domain.chain_ids import Hash32
from huizhen.errors import ReorgTooDeep
from huizhen.indexer.cursor import Cursor
from huizhen.indexer.rows import APPEND_ONLY

_AT_ONCE = 64

Numbered = tuple[int, Hash32]
"""A block by number and hash."""


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


def deepest_common(node: Node, newest_at: Callable[[int], Numbered | None]) -> Numbered | None:
    """The same among all stored blocks, however many: what an old block proves of its ancestors saves most questions.

    `newest_at` gives the last stored block up to a number. Blocks above the chain's head are not on it.
    """
    low, middle = 0, node.head().number
    high, found = middle, None
    while low <= high:
        block = newest_at(middle)
        if block is None or (found is not None and block[0] <= found[0]):
            low = middle + 1
        elif node.header(block[0]).hash == block[1]:
            low, found = middle + 1, block
        else:
            high = block[0] - 1
        middle = (low + high) // 2
    return found


def rewind(connection: Connection, cursor: Cursor, ancestor: tuple[int, Hash32]) -> None:
    """Puts every row back as it was after the ancestor."""
    number, _ = ancestor
    if number < cursor.undo_floor:
        raise too_deep(cursor)
    images: dict[str, dict[Key, Row | None]] = {}
    for (name, key), row in progress.images_above(connection, number).items():
        images.setdefault(name, {})[key] = row
    for name, of_table in images.items():
        _put_back(connection, name, of_table)
    progress.delete_undo_above(connection, number)
    delete_above(connection, (*APPEND_ONLY, "block"), number)


def _put_back(connection: Connection, name: str, images: Mapping[Key, Row | None]) -> None:
    dialect, present = connection.dialect.name, load_all(connection, name, list(images))
    before = {key: row for key, row in images.items() if row is not None}
    gone = delete_rows(dialect, name, [key for key in present if key not in before])
    missing = insert_rows(dialect, name, [row for key, row in before.items() if key not in present])
    changed = update_rows(dialect, name, [row for key, row in before.items() if key in present])
    run(connection, [*gone, *missing, *changed])


def too_deep(cursor: Cursor) -> ReorgTooDeep:
    return ReorgTooDeep(
        f"链在区块{cursor.undo_floor}以下发生了重组，超出可回退的范围，索引已停止。"
        "请确认节点可信，然后运行 huizhen index --rebuild。",
        f"The chain turned below block {cursor.undo_floor}, deeper than the index goes back, so it has stopped. "
        "Make sure that the node can be trusted, then run huizhen index --rebuild.",
    )
