"""What a node answers, sorted by what helps: asking again, asking for less, or a person."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

import orjson
import pytest
import urllib3

from huizhen.chain.client import BATCH, Node
from huizhen.errors import CallReverted, FatalNodeError, NodeError, RangeTooLarge

Answer = Callable[[Any], tuple[int, object]]


@dataclass
class Reply:
    status: int
    data: bytes


class FakeNodes:
    """Answers by address, and remembers who was asked what."""

    def __init__(self, **answers: Answer) -> None:
        self.answers = answers
        self.asked: list[tuple[str, Any]] = []

    def post(self, url: str, body_: bytes) -> Reply:
        body = orjson.loads(body_)
        self.asked.append((url, body))
        status, content = self.answers[url](body)
        return Reply(status, content if isinstance(content, bytes) else orjson.dumps(content))


@pytest.fixture
def serve(monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[Node, FakeNodes]]:
    def with_answers(**answers: Answer) -> tuple[Node, FakeNodes]:
        nodes = FakeNodes(**answers)
        monkeypatch.setattr(
            urllib3.PoolManager, "request", lambda _pool, _method, url, **rest: nodes.post(url, rest["body"])
        )
        return Node(list(answers)), nodes

    return with_answers


def result(value: object) -> Answer:
    def answer(body: Any) -> tuple[int, object]:
        if isinstance(body, list):
            return 200, [{"id": each["id"], "result": value} for each in reversed(body)]
        return 200, {"id": body["id"], "result": value}

    return answer


def failure(code: int, message: str, **more: object) -> Answer:
    def answer(body: Any) -> tuple[int, object]:
        first = body[0] if isinstance(body, list) else body
        return 200, {"id": first["id"], "error": {"code": code, "message": message, **more}}

    return answer


def down(_body: Any) -> tuple[int, object]:
    raise urllib3.exceptions.ProtocolError


def slow(_body: Any) -> tuple[int, object]:
    raise urllib3.exceptions.ReadTimeoutError(cast(Any, None), "", "")


def test_call_all__more_than_a_batch__keeps_the_order(serve: Any) -> None:
    def answer(body: Any) -> tuple[int, object]:
        return 200, [{"id": each["id"], "result": each["params"][0]} for each in reversed(body)]

    node, nodes = serve(a=answer)
    assert node.call_all([("echo", (number,)) for number in range(450)]) == list(range(450))
    assert [len(body) for _, body in nodes.asked] == [200, 200, 50]


def test_call__first_node_down__the_next_one_answers_and_stays(serve: Any) -> None:
    node, nodes = serve(a=down, b=result("0x7a69"))
    assert node.chain_id() == 31337
    assert node.chain_id() == 31337
    assert [url for url, _ in nodes.asked] == ["a", "b", "b"]


def test_call__first_node_hangs__the_next_one_answers(serve: Any) -> None:
    """Only a query of logs can be asked for less."""
    node, nodes = serve(a=slow, b=result("0x7a69"))
    assert node.chain_id() == 31337
    assert [url for url, _ in nodes.asked] == ["a", "b"]


@pytest.mark.parametrize(
    "answer",
    [
        lambda _body: (200, b'{"jsonrpc":"2.0","id":1,"res'),
        lambda _body: (200, []),
        lambda body: (200, {"id": body["id"], "error": "busy"}),
        lambda body: (200, {"id": body["id"] + 1, "result": "0x1"}),
    ],
)
def test_call__answer_that_is_not_whole__asks_the_next_node(serve: Any, answer: Answer) -> None:
    node, nodes = serve(a=answer, b=result("0x7a69"))
    assert node.chain_id() == 31337
    assert [url for url, _ in nodes.asked] == ["a", "b"]


@pytest.mark.parametrize("answer", [[None], [[]], "text", 7])
def test_call__json_that_is_no_answer__is_not_a_node(serve: Any, answer: object) -> None:
    node, _ = serve(a=lambda _body: (200, answer))
    with pytest.raises(FatalNodeError, match="not a node"):
        node.chain_id()


def test_call__error_that_is_null__is_none(serve: Any) -> None:
    node, _ = serve(a=lambda body: (200, {"id": body["id"], "result": "0x7a69", "error": None}))
    assert node.chain_id() == 31337


def test_headers__too_many_at_once__are_asked_for_in_smaller_batches(serve: Any) -> None:
    def answer(body: Any) -> tuple[int, object]:
        if len(body) > BATCH:
            return 200, {"id": None, "error": {"code": -32600, "message": "the batch is too large"}}
        return 200, [{"id": each["id"], "result": header(each["params"][0])} for each in body]

    node, nodes = serve(a=answer)
    assert [each.number for each in node.headers(range(450))] == list(range(450))
    assert [len(body) for _, body in nodes.asked] == [450, 200, 200, 50]


def header(number: str) -> dict[str, object]:
    return {"number": number, "hash": number, "parentHash": "0x", "timestamp": "0x1", "transactions": []}


@pytest.mark.parametrize("answer", [down, lambda _body: (503, b"busy"), lambda _body: (429, b"slow down")])
def test_call__no_node_answers__may_be_tried_again(serve: Any, answer: Answer) -> None:
    node, _ = serve(a=answer, b=answer)
    with pytest.raises(NodeError):
        node.chain_id()


@pytest.mark.parametrize(
    "answer",
    [
        failure(-32005, "query returned more than 10000 results"),
        failure(-32000, "block range too large"),
        slow,
    ],
)
def test_logs__too_many__asks_for_less(serve: Any, answer: Answer) -> None:
    node, _ = serve(a=answer)
    with pytest.raises(RangeTooLarge):
        node.logs(1, 100_000, ["0xabc"])


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (failure(-32601, "no such method"), "does not offer eth_chainId"),
        (failure(-32602, "invalid argument"), "refuses eth_chainId"),
        (lambda _body: (200, b"<html>"), "not a node"),
        (lambda _body: (404, b"nothing here"), "not a node"),
    ],
)
def test_call__what_no_retry_changes__is_fatal(serve: Any, answer: Answer, sentence: str) -> None:
    node, _ = serve(a=answer)
    with pytest.raises(FatalNodeError, match=sentence):
        node.chain_id()


def test_estimate__revert__carries_what_the_contract_said(serve: Any) -> None:
    node, _ = serve(a=failure(3, "execution reverted", data="0x12345678"))
    with pytest.raises(CallReverted) as reverted:
        node.estimate("0x1", "0x2", b"")
    assert reverted.value.revert == b"\x12\x34\x56\x78"


def test_header__not_there_yet__may_be_tried_again(serve: Any) -> None:
    node, _ = serve(a=result(None))
    with pytest.raises(NodeError, match="does not have block 9"):
        node.header(9)


def test_call_all__an_answer_left_out__may_be_tried_again(serve: Any) -> None:
    node, _ = serve(a=lambda body: (200, [{"id": body[0]["id"], "result": 1}]))
    with pytest.raises(NodeError):
        node.call_all([("one", ()), ("two", ())])
