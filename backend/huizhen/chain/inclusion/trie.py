"""The Merkle-Patricia trie of one block's receipts: built to make a proof, walked to check one.

Its keys are the RLP of transaction indices. No such key is the beginning of another one, so a value stands in
leaves alone (Ethereum yellow paper, appendix D).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import rlp
from eth_utils.crypto import keccak
from rlp.exceptions import RLPException

from huizhen.errors import ProofBroken

_HASH_BYTES = 32
_BRANCHES = 16
EMPTY_ROOT = keccak(rlp.encode(b""))

Nibbles = tuple[int, ...]


def root_of(values: Sequence[bytes]) -> tuple[bytes, Mapping[bytes, bytes]]:
    """Root of the trie of `values` by their places, and its nodes by hash."""
    nodes: dict[bytes, bytes] = {}
    if not values:
        return EMPTY_ROOT, nodes
    top = rlp.encode(_node([(_key(place), value) for place, value in enumerate(values)], 0, nodes))
    root = keccak(top)
    nodes[root] = top
    return root, nodes


def path_to(root: bytes, place: int, nodes: Mapping[bytes, bytes]) -> list[bytes]:
    """The nodes that a walk from the root to the value at `place` opens, root first."""
    opened: list[bytes] = []
    _walk(root, place, nodes, opened)
    return opened


def value_at(root: bytes, place: int, proof: Sequence[bytes]) -> bytes:
    """The value at `place` of the trie with this root. Raises ProofBroken where the nodes do not lead to one,
    or where there are nodes besides.
    """
    opened: list[bytes] = []
    value = _walk(root, place, {keccak(node): node for node in proof}, opened)
    if opened != list(proof):
        raise _broken("多余的节点", "it has nodes that the walk does not open")
    return value


def _node(items: Sequence[tuple[Nibbles, bytes]], depth: int, nodes: dict[bytes, bytes]) -> list[Any]:
    """The node below which `items` lie; their keys agree up to `depth`."""
    first, value = items[0]
    if len(items) == 1:
        return [_packed(first[depth:], leaf=True), value]
    shared = _shared(min(items)[0][depth:], max(items)[0][depth:])
    if shared:
        below = _reference(_node(items, depth + shared, nodes), nodes)
        return [_packed(first[depth : depth + shared], leaf=False), below]
    branches = [[item for item in items if item[0][depth] == nibble] for nibble in range(_BRANCHES)]
    return [_reference(_node(each, depth + 1, nodes), nodes) if each else b"" for each in branches] + [b""]


def _shared(lowest: Nibbles, highest: Nibbles) -> int:
    """How many nibbles the lowest and the highest of some keys begin with, and so all between them."""
    pairs = enumerate(zip(lowest, highest, strict=False))
    return next((place for place, (low, high) in pairs if low != high), min(len(lowest), len(highest)))


def _reference(node: list[Any], nodes: dict[bytes, bytes]) -> Any:
    """A short node stands inside the one above it, any other behind its hash."""
    encoded = rlp.encode(node)
    if len(encoded) < _HASH_BYTES:
        return node
    nodes[keccak(encoded)] = encoded
    return keccak(encoded)


def _walk(root: bytes, place: int, nodes: Mapping[bytes, bytes], opened: list[bytes]) -> bytes:
    left = _key(place)
    node = _opened(root, nodes, opened)
    while True:
        if len(node) == _BRANCHES + 1:
            if not left:
                raise _broken("路径在分支处中断", "the path ends in a branch")
            below, left = node[left[0]], left[1:]
        elif len(node) == 2 and isinstance(node[0], bytes):
            path, leaf = _unpacked(node[0])
            if left[: len(path)] != path or (leaf and left != path) or not (leaf or path):
                raise _broken("路径通向别处", "the path leads elsewhere")
            below, left = node[1], left[len(path) :]
            if leaf:
                if not isinstance(below, bytes):
                    raise _broken("叶子没有值", "the leaf holds no value")
                return below
        else:
            raise _broken("节点无法识别", "a node is none of this trie")
        node = _opened(below, nodes, opened) if isinstance(below, bytes) else below


def _opened(hash_: bytes, nodes: Mapping[bytes, bytes], opened: list[bytes]) -> list[Any]:
    encoded = nodes.get(hash_)
    if encoded is None:
        raise _broken(f"缺少节点 0x{hash_.hex()}", f"node 0x{hash_.hex()} is missing")
    opened.append(encoded)
    node = decoded(encoded)
    if not isinstance(node, list):
        raise _broken("节点不是列表", "a node is no list")
    return node


def decoded(encoded: bytes) -> Any:
    """Nested lists of bytes. Raises ProofBroken for what is not RLP, or nested deeper than any node is."""
    try:
        return _lists(rlp.decode(encoded))
    except (RLPException, RecursionError) as error:
        raise _broken("RLP 无法读取", "it is no RLP") from error


def _lists(item: Any) -> Any:
    return item if isinstance(item, bytes) else [_lists(each) for each in item]


def _key(place: int) -> Nibbles:
    return tuple(nibble for byte in rlp.encode(place) for nibble in (byte >> 4, byte & 15))


def _packed(path: Nibbles, *, leaf: bool) -> bytes:
    """Hex-prefix encoding: the first nibble tells leaf from extension and odd from even."""
    flag = 2 * leaf + len(path) % 2
    nibbles = (flag, *path) if len(path) % 2 else (flag, 0, *path)
    return bytes(16 * high + low for high, low in zip(nibbles[::2], nibbles[1::2], strict=True))


def _unpacked(packed: bytes) -> tuple[Nibbles, bool]:
    nibbles = tuple(nibble for byte in packed for nibble in (byte >> 4, byte & 15))
    if not nibbles or nibbles[0] > 3 or (nibbles[0] % 2 == 0 and nibbles[1] != 0):
        raise _broken("路径编码有误", "a path is written wrongly")
    return nibbles[1:] if nibbles[0] % 2 else nibbles[2:], nibbles[0] >= 2


def _broken(zh: str, en: str) -> ProofBroken:
    return ProofBroken(f"收据证明无效：{zh}。", f"The proof of the receipt does not hold: {en}.")
