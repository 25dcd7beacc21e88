"""A node that hides logs of ours is found out by the filter in the header and convicted by its own receipts."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from huizhen.chain.artifacts import Artifacts
from huizhen.chain.client import Node
from huizhen.chain.decoder import LogDecoder
from huizhen.chain.plain_logs import plain_logs
from huizhen.chain.transport import Transport
from huizhen.errors import FatalNodeError, NodeDistrusted
from huizhen.indexer.witness import Witness
from tests.support.log_encoding import LogEncoder
from tests.support.replay_chain import ReplayChain, answer_all
from tests.support.replay_server import ADDRESSES

JOINED = ("DoctorGroups", "MemberJoined", (20, 7, 1))
LEFT = ("DoctorGroups", "MemberLeft", (20, 7, 1))
TOPICS = LogDecoder(Artifacts(), ADDRESSES).first_topics


class Answers(Transport):
    """`receipts` False: the node does not offer them."""

    def __init__(self, chain: ReplayChain, *, receipts: bool = True) -> None:
        super().__init__(["http://first", "http://second"], 1.0)
        self.chain, self.receipts = chain, receipts

    def _answers(self, _url: str, body: list[dict[str, Any]]) -> list[Any]:
        if body[0]["method"] == "eth_getBlockReceipts" and not self.receipts:
            raise FatalNodeError("无", "does not offer eth_getBlockReceipts")
        return [each["result"] for each in orjson.loads(answer_all(self.chain, body))]


def seen(*, receipts: bool = True) -> tuple[Witness, Any, list[Any], Node]:
    """A witness, a header and the logs of its block: two of ours."""
    chain = ReplayChain(LogEncoder(Artifacts(), ADDRESSES))
    block = chain.mine([[JOINED], [LEFT]])
    node = Node(["http://first", "http://second"], transport=Answers(chain, receipts=receipts))
    (logs,) = node.logs_of_blocks([block.hash], list(TOPICS))  # type: ignore[list-item]
    return Witness(node, TOPICS), node.header(block.number), logs, node


def test_require_whole__all_logs__is_content() -> None:
    witness, header, logs, _ = seen()
    witness.require_whole([header], [logs])
    witness.require_likely_whole([header], plain_logs(logs))


@pytest.mark.parametrize("kept", [0, 1])
def test_require_whole__hidden_log__turns_away_from_the_node(kept: int) -> None:
    witness, header, logs, node = seen()
    with pytest.raises(NodeDistrusted, match="http://first") as distrusted:
        witness.require_whole([header], [logs[:kept]])
    assert "2 in the receipts" in distrusted.value.sentence.en
    assert node.turn_away() == "http://second"


@pytest.mark.parametrize("kept", [0, 1])
def test_require_likely_whole__kind_of_event_hidden__is_seen(kept: int) -> None:
    witness, header, logs, _ = seen()
    with pytest.raises(NodeDistrusted):
        witness.require_likely_whole([header], plain_logs(logs[:kept]))


def test_require_whole__altered_log__is_seen() -> None:
    witness, header, logs, _ = seen()
    logs[0]["topics"][1] = "0x" + "00" * 31 + "15"
    with pytest.raises(NodeDistrusted):
        witness.require_whole([header], [logs])


def test_require_whole__log_of_another_block__is_seen() -> None:
    witness, header, logs, _ = seen()
    logs[1]["blockHash"] = "0x" + "66" * 32
    with pytest.raises(NodeDistrusted, match="another block"):
        witness.require_whole([header], [logs])


def test_require_whole__node_without_receipts__cannot_be_convicted() -> None:
    witness, header, logs, _ = seen(receipts=False)
    witness.require_whole([header], [logs[:1]])


@pytest.mark.parametrize(
    "spoilt",
    [
        lambda logs: logs[::-1],
        lambda logs: [*logs, logs[-1]],
        lambda logs: [{**logs[0], "blockNumber": "0x9"}, *logs[1:]],
        lambda logs: [{**logs[0], "logIndex": None}, *logs[1:]],
        lambda logs: [{"address": logs[0]["address"]}],
        lambda _logs: [None],
    ],
    ids=["order", "twice", "another block", "no number", "half a log", "no log"],
)
def test_plain__not_the_logs_of_these_blocks__is_seen(spoilt: Any) -> None:
    witness, header, logs, node = seen()
    assert len(witness.plain(logs, header.number, header.number)) == 2
    with pytest.raises(NodeDistrusted):
        witness.plain(spoilt(logs), header.number, header.number)
    assert node.turn_away() == "http://second"
