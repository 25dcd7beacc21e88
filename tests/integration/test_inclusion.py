"""Inclusion proofs of real blocks: made from a node, checked without one, refused after any change."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
import rlp
from click.testing import CliRunner
from sqlalchemy import select
from trie import HexaryTrie

from huizhen.chain.client import BATCH, Node
from huizhen.chain.inclusion.evidence import Evidence, evidence_of, prove
from huizhen.chain.inclusion.money_events import money_event
from huizhen.cli.commands import huizhen
from huizhen.cli.proof_file import Document, check, document_of
from huizhen.db.index.chain import Log
from huizhen.db.index.payouts import PayoutItem
from huizhen.db.session import Store
from huizhen.domain.chain_ids import Hash32
from huizhen.domain.statuses import ItemStatus
from huizhen.errors import HuizhenError, InvalidInput, NodeError, NotFound, ProofBroken
from huizhen.services.inclusion import PayoutLine, ProofFinder, subject_of
from tests.support.chain_setup import CHAIN_ID
from tests.support.indexing import IndexedWorld, indexed_world


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[IndexedWorld]:
    with indexed_world(tmp_path_factory.mktemp("world")) as standing:
        yield standing


@pytest.fixture(scope="module")
def index(world: IndexedWorld) -> Iterator[Store]:
    store = world.store()
    world.indexer(store).once()
    yield store
    store.close()


@pytest.fixture(scope="module")
def paid(index: Store) -> PayoutLine:
    with index.reading() as session:
        row = session.scalars(select(PayoutItem).where(PayoutItem.status == ItemStatus.CONFIRMED)).first()
    assert row is not None
    return PayoutLine(row.batch, row.item)


@pytest.fixture(scope="module")
def document(world: IndexedWorld, index: Store, paid: PayoutLine) -> Document:
    return made(world.setup.node, index, paid)


def made(node: Node, index: Store, line: PayoutLine) -> Document:
    places = ProofFinder(index).logs_of(line)
    evidence = [evidence_of(node, place.block_hash, place.log_index) for place in places]
    written = json.dumps(document_of(line, CHAIN_ID, evidence))
    read: Document = json.loads(written)
    return read


def leaves(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    inside: Sequence[tuple[str | int, Any]]
    if isinstance(value, Mapping):
        inside = list(value.items())
    elif isinstance(value, list):
        inside = list(enumerate(value))
    else:
        yield path
        return
    for key, each in inside:
        yield from leaves(each, (*path, key))


def altered(document: Document, path: Sequence[str | int]) -> Document:
    changed = copy.deepcopy(document)
    at: Any = changed
    for key in path[:-1]:
        at = at[key]
    value = at[path[-1]]
    if isinstance(value, int):
        at[path[-1]] = value + 1
    elif isinstance(value, str) and value.startswith("0x") and len(value) > 2:
        at[path[-1]] = value[:-1] + ("0" if value[-1] != "0" else "1")
    else:
        at[path[-1]] = f"{value}."
    return changed


# What is proven


def test_proof__of_a_paid_item__says_who_got_what(index: Store, paid: PayoutLine, document: Document) -> None:
    with index.reading() as session:
        row = session.get_one(PayoutItem, (paid.batch, paid.item))
    right = check(document)
    assert right == document
    assert [entry["event"] for entry in right["logs"]][:2] == ["PayoutPrepared", "PayoutApproved"]
    assert "PayoutConfirmed" in [entry["event"] for entry in right["logs"]]
    assert f"Payout {paid}: party {row.party}," in right["says"]["en"]
    assert row.account in right["says"]["zh"]
    assert "结算银行确认已付" in right["says"]["zh"]


def test_proof__of_every_event_of_the_ledger__holds(world: IndexedWorld, index: Store) -> None:
    with index.reading() as session:
        events = session.scalars(select(Log).where(Log.contract == "RevenueLedger").limit(60)).all()
    for event in events:
        subject = subject_of(f"{event.block_number}:{event.log_index}")
        (place,) = ProofFinder(index).logs_of(subject)
        evidence = evidence_of(world.setup.node, place.block_hash, place.log_index)
        proven = prove(evidence)
        told = money_event(proven.log)
        assert (told[0] if told else event.name) == event.name
        assert check(document_of(subject, CHAIN_ID, [evidence]))["proves"] == str(subject)


@pytest.mark.parametrize("count", [2, 3, 17, 20])
def test_proof__in_a_block_of_several_transactions__holds_for_each(world: IndexedWorld, count: int) -> None:
    """Transactions of several types, some of which fail; the root is that of the Foundation's trie as well."""
    block = block_of_many(world, count)
    node, hash_ = world.setup.node, block["hash"]
    logs = node.call("eth_getLogs", {"blockHash": hash_})
    assert len({log["transactionIndex"] for log in logs}) > 1
    for log in logs:
        evidence = evidence_of(node, hash_, int(log["logIndex"], 16))
        proven = prove(evidence)
        assert proven.block_hash == hash_
        assert evidence.transaction == int(log["transactionIndex"], 16)
        assert proven.log.data.hex() == log["data"][2:]
        assert [topic.hex() for topic in proven.log.topics] == [topic[2:] for topic in log["topics"]]
        root = bytes.fromhex(block["receiptsRoot"][2:])
        nodes = [rlp.decode(each) for each in evidence.receipt_proof]
        key = rlp.encode(evidence.transaction)
        assert HexaryTrie.get_from_proof(root, key, nodes)


def block_of_many(world: IndexedWorld, count: int) -> dict[str, Any]:
    """Deposits, of which every third is a legacy transaction, and every fifth one repeats the one before: it fails."""
    node = world.setup.node
    node.call("evm_setAutomine", False)
    request: dict[str, str] = {}
    try:
        for number in range(count):
            if number % 5 != 4:
                request = world.deposit_request(100 + number)
            typed = {"gasPrice": hex(10**10)} if number % 3 == 2 else {"maxFeePerGas": hex(10**10)}
            node.call("eth_sendTransaction", request | {"gas": hex(400_000)} | typed)
        node.call("evm_mine")
    finally:
        node.call("evm_setAutomine", True)
    block: dict[str, Any] = node.call("eth_getBlockByNumber", "latest", False)
    assert len(block["transactions"]) == count
    return block


# What is refused


def test_check__any_field_altered__is_refused(document: Document) -> None:
    """All that follows from the evidence, and the evidence itself; of the chain's number only a node knows."""
    paths = [path for path in leaves(document) if path != ("chain_id",)]
    assert len(paths) > 100
    survived = []
    for path in paths:
        try:
            check(altered(document, path))
        except (ProofBroken, InvalidInput):
            continue
        survived.append(path)
    assert survived == []


def test_check__field_missing_or_added__is_refused(document: Document) -> None:
    for key in document:
        with pytest.raises(HuizhenError):
            check({name: value for name, value in document.items() if name != key})
    with pytest.raises(ProofBroken, match="extra"):
        check(document | {"extra": 1})
    for key in document["logs"][0]:
        shorter = copy.deepcopy(document)
        del shorter["logs"][0][key]
        with pytest.raises(HuizhenError):
            check(shorter)


def test_check__evidence_of_another_payout__is_refused(
    world: IndexedWorld, index: Store, paid: PayoutLine, document: Document
) -> None:
    stolen = copy.deepcopy(document)
    stolen["proves"] = str(PayoutLine(paid.batch, 63))
    with pytest.raises(ProofBroken, match="not those of"):
        check(stolen)


def test_check__first_step_left_out__is_refused(document: Document) -> None:
    with pytest.raises(ProofBroken, match="first one is missing"):
        check(document | {"logs": document["logs"][1:]})


@pytest.mark.parametrize("file", [None, 1, [], {}, {"format": "huizhen inclusion proof 2"}])
def test_check__another_file__is_said_to_be_none(file: object) -> None:
    with pytest.raises(InvalidInput, match="no inclusion proof"):
        check(file)


class Liar(Node):
    """Answers like the real node, but for what `lie` makes of an answer."""

    def __init__(self, real: Node, lie: Mapping[str, Any]) -> None:
        super().__init__(real.urls)
        self._lie = lie

    def call(self, method: str, *parameters: object) -> Any:
        answer = super().call(method, *parameters)
        return self._lie[method](answer) if method in self._lie else answer

    def call_all(self, requests: Sequence[tuple[str, Sequence[object]]], at_once: int = BATCH) -> list[Any]:
        answers = super().call_all(requests, at_once)
        return [
            self._lie[method](answer) if method in self._lie else answer
            for (method, _), answer in zip(requests, answers, strict=True)
        ]


def _richer(receipt: dict[str, Any]) -> dict[str, Any]:
    for log in receipt["logs"]:
        log["data"] = log["data"][:-1] + "f"
    return receipt


LIES: Mapping[str, Mapping[str, Any]] = {
    "receipts that are not those of the header": {"eth_getTransactionReceipt": _richer},
    "a header with the root of the false receipts": {
        "eth_getBlockByHash": lambda block: block | {"receiptsRoot": "0x" + "12" * 32}
    },
    "a header with another time": {"eth_getBlockByHash": lambda block: block | {"timestamp": "0x1"}},
    "another block": {"eth_getBlockByHash": lambda block: block | {"hash": "0x" + "ab" * 32}},
    "fewer transactions": {
        "eth_getBlockByHash": lambda block: block | {"transactions": block["transactions"][1:]}
    },
    "receipts without logs": {"eth_getTransactionReceipt": lambda receipt: receipt | {"logs": []}},
}


@pytest.mark.parametrize("lie", LIES)
def test_proof__from_a_node_that_lies__is_refused(
    world: IndexedWorld, index: Store, paid: PayoutLine, lie: str
) -> None:
    with pytest.raises(ProofBroken):
        made(Liar(world.setup.node, LIES[lie]), index, paid)


def test_proof__of_a_block_that_is_gone__asks_to_try_later(world: IndexedWorld) -> None:
    with pytest.raises(NodeError):
        evidence_of(world.setup.node, Hash32("0x" + "77" * 32), 0)


def test_logs_of__unknown_payout__is_not_found(index: Store) -> None:
    for text in ("HZ099999-01", "999999:0"):
        with pytest.raises(NotFound, match="knows no"):
            ProofFinder(index).logs_of(subject_of(text))


def test_evidence__log_beyond_the_receipt__is_refused(document: Document) -> None:
    entry = document["logs"][0]
    header = bytes.fromhex(entry["header_rlp"][2:])
    nodes = tuple(bytes.fromhex(node[2:]) for node in entry["receipt_proof"])
    with pytest.raises(ProofBroken, match="has no log"):
        prove(Evidence(header, entry["transaction"], 1_000, nodes))


# The command


def test_command__check__needs_the_file_alone(document: Document, tmp_path: Path) -> None:
    file = tmp_path / "paid.proof.json"
    file.write_text(json.dumps(document))
    hashes = [entry["block_hash"] for entry in document["logs"]]
    plain = CliRunner().invoke(huizhen, ["verify", "--check", str(file)])
    assert plain.exit_code == 0
    assert plain.output.splitlines()[0] in document["says"].values()
    assert all(hash_ in plain.output for hash_ in hashes)
    wanted = [word for hash_ in hashes for word in ("--block-hash", hash_.upper().replace("0X", "0x"))]
    sure = CliRunner().invoke(huizhen, ["verify", "--check", str(file), *wanted])
    assert sure.exit_code == 0
    assert len(sure.output.splitlines()) == len(plain.output.splitlines()) - 1
    other = CliRunner().invoke(huizhen, ["verify", "--check", str(file), "--block-hash", "0x" + "00" * 32])
    assert isinstance(other.exception, ProofBroken)
