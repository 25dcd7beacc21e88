"""Evidence that a log stands in a block: made from what a node answers, checked without any."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from eth_utils.crypto import keccak

from huizhen.chain.client import Node
from huizhen.chain.inclusion.headers import HeaderFields, fields_of, preimage
from huizhen.chain.inclusion.receipts import ReceiptLog, encode_receipt, logs_of
from huizhen.chain.inclusion.trie import path_to, root_of, value_at
from huizhen.domain.chain_ids import Hash32, hex32
from huizhen.errors import NodeError, ProofBroken


@dataclass(frozen=True, slots=True)
class Evidence:
    """`header` is the RLP of the block's header, `receipt_proof` the trie's nodes from its receipts root down to the
    receipt of the transaction at `transaction`; the log is the one at `log` in that receipt, both from zero.
    """

    header: bytes
    transaction: int
    log: int
    receipt_proof: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class ProvenLog:
    """What evidence shows: in the block with this hash, and under these header fields, stands this log."""

    block_hash: Hash32
    header: HeaderFields
    log: ReceiptLog


def evidence_of(node: Node, block_hash: Hash32, log_index: int) -> Evidence:
    """Of the log that the node counts as `log_index` in the block.

    Raises ProofBroken where the node contradicts itself: a header that does not have the hash, receipts that are not
    those of the header. Raises NodeError where it does not have the block.
    """
    block = node.call("eth_getBlockByHash", block_hash, False)
    if block is None:
        raise NodeError(
            f"节点没有区块 {block_hash}，稍后再试。",
            f"The node does not have block {block_hash}; try again later.",
        )
    if block["hash"] != block_hash:
        raise _lies(
            f"索要区块 {block_hash}，却得到 {block['hash']}",
            f"asked for {block_hash}, it sent {block['hash']}",
        )
    header = preimage(block)
    receipts = node.call_all([("eth_getTransactionReceipt", (hash_,)) for hash_ in block["transactions"]])
    transaction, log = _place(receipts, block_hash, log_index)
    root, nodes = root_of([encode_receipt(receipt) for receipt in receipts])
    if hex32(root) != block["receiptsRoot"]:
        raise _lies(
            f"区块 {block_hash} 的收据与区块头不符",
            f"the receipts of block {block_hash} are not those of its header",
        )
    return Evidence(header, transaction, log, tuple(path_to(root, transaction, nodes)))


def _place(receipts: list[dict[str, Any] | None], block_hash: Hash32, log_index: int) -> tuple[int, int]:
    """(place of the transaction in the block, place of the log in its receipt)."""
    found = None
    for transaction, receipt in enumerate(receipts):
        if receipt is None or receipt["blockHash"] != block_hash:
            raise NodeError(
                "读取期间链发生了重组，请再试一次。", "The chain turned while it was read; try once more."
            )
        for place, log in enumerate(receipt["logs"]):
            if int(log["logIndex"], 16) == log_index:
                found = transaction, place
    if found is None:
        raise _lies(
            f"区块 {block_hash} 没有第 {log_index} 条日志",
            f"block {block_hash} has no log {log_index} any more",
        )
    return found


def prove(evidence: Evidence) -> ProvenLog:
    """Checks all of it by hashing alone. Raises ProofBroken."""
    fields = fields_of(evidence.header)
    root = bytes.fromhex(str(fields["receiptsRoot"])[2:])
    logs = logs_of(value_at(root, evidence.transaction, evidence.receipt_proof))
    if evidence.log >= len(logs):
        raise ProofBroken(
            f"收据中没有第 {evidence.log} 条日志（共 {len(logs)} 条）。",
            f"The receipt has no log {evidence.log}; it has {len(logs)}.",
        )
    return ProvenLog(hex32(keccak(evidence.header)), fields, logs[evidence.log])


def _lies(zh: str, en: str) -> ProofBroken:
    return ProofBroken(
        f"节点自相矛盾：{zh}。请换一个节点。", f"The node contradicts itself: {en}. Use another node."
    )
