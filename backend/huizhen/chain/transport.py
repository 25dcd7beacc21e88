"""JSON-RPC over persistent HTTP connections to one of several nodes; errors are sorted by what helps."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from itertools import count
from typing import Any
from urllib.parse import unquote

import orjson
from urllib3 import PoolManager
from urllib3.exceptions import HTTPError, ReadTimeoutError
from urllib3.util import make_headers, parse_url

from huizhen.errors import CallReverted, FatalNodeError, NodeError, RangeTooLarge

Request = tuple[str, Sequence[object]]

CONNECTIONS = 8
"""Kept open to a node; a thread more than these opens one of its own."""


_OVERLOADED = {408, 425, 429, 500, 502, 503, 504}
_METHOD_MISSING = -32601
_LIMIT = -32005
_RANGE_WORDS = ("too many", "limit", "range", "response size", "more than", "exceed", "timed out")
_REVERT_WORDS = ("revert",)
_LATER_WORDS = ("not found", "unknown block", "outofrange", "out of bound", "busy", "unavailable", "syncing")


class Transport:
    """Stays with the node that answered last; the next one is asked when it does not."""

    def __init__(self, urls: Sequence[str], timeout: float) -> None:
        self._urls = list(urls)
        self._timeout = timeout
        self._current = 0
        self._ids = count(1)
        self._pool = PoolManager(maxsize=CONNECTIONS, retries=False)

    def one(self, method: str, parameters: Sequence[object]) -> Any:
        return self.many([(method, parameters)])[0]

    def many(self, calls: Sequence[Request]) -> list[Any]:
        if not calls:
            return []
        body = [
            {"jsonrpc": "2.0", "id": next(self._ids), "method": method, "params": list(parameters)}
            for method, parameters in calls
        ]
        return self._on_any_node(lambda url: self._answers(url, body))

    def turn_away(self) -> str:
        """From the node that answered last, for what it answered: returns its address."""
        distrusted = self._urls[self._current]
        self._current = (self._current + 1) % len(self._urls)
        return distrusted

    @property
    def urls_in_turn(self) -> list[str]:
        """From the one that is asked now."""
        return [*self._urls[self._current :], *self._urls[: self._current]]

    def close(self) -> None:
        self._pool.clear()

    def _on_any_node(self, ask: Callable[[str], list[Any]]) -> list[Any]:
        for turn in range(len(self._urls)):
            try:
                return ask(self._urls[self._current])
            except RangeTooLarge:
                raise
            except NodeError:
                self._current = (self._current + 1) % len(self._urls)
                if turn == len(self._urls) - 1:
                    raise
        raise FatalNodeError("没有配置节点地址。", "No address of a node is configured.")

    def _answers(self, url: str, body: list[dict[str, Any]]) -> list[Any]:
        logs = any(request["method"] == "eth_getLogs" for request in body)
        content = self._post(url, orjson.dumps(body[0] if len(body) == 1 else body), logs=logs)
        try:
            parsed = orjson.loads(content)
        except orjson.JSONDecodeError as error:
            begun = content.lstrip().startswith((b"{", b"["))
            raise (_cut_off() if begun else _not_a_node()) from error
        if isinstance(parsed, dict):
            parsed = [parsed]
        if not isinstance(parsed, list) or not all(isinstance(answer, dict) for answer in parsed):
            raise _not_a_node()
        if len(parsed) != len(body) and parsed and parsed[0].get("error"):
            raise _error(body[0]["method"], parsed[0]["error"])
        by_id = {answer.get("id"): answer for answer in parsed}
        return [_result(request["method"], by_id.get(request["id"])) for request in body]

    def _post(self, url: str, body: bytes, *, logs: bool) -> bytes:
        try:
            response = self._pool.request(
                "POST", url, body=body, headers=_headers(url), timeout=self._timeout
            )
        except HTTPError as error:
            if logs and isinstance(error, ReadTimeoutError):
                raise RangeTooLarge(
                    "节点超时，将减少查询量。", "The node took too long; it is asked for less."
                ) from error
            raise NodeError(
                "无法连接区块链节点，请检查节点是否在运行。",
                "The node of the chain does not answer; check that it is running.",
            ) from error
        content = response.data
        if response.status in _OVERLOADED:
            raise NodeError(
                f"节点暂时无法应答（HTTP {response.status}），稍后会重试。",
                f"The node cannot answer now (HTTP {response.status}); it is asked again later.",
            )
        if response.status == 413:
            raise RangeTooLarge("请求过大。", "The request is too large for the node; it is split.")
        if response.status >= 400 and not content.lstrip().startswith((b"{", b"[")):
            raise _not_a_node()
        return content


@cache
def _headers(url: str) -> dict[str, str]:
    """With the name and password that stand in an address."""
    auth = parse_url(url).auth
    return {"Content-Type": "application/json"} | (make_headers(basic_auth=unquote(auth)) if auth else {})


def _result(method: str, answer: Mapping[str, Any] | None) -> Any:
    if answer is None:
        raise NodeError(
            "节点漏答了一个请求，稍后会重试。", "The node left a request unanswered; it will be asked again."
        )
    if answer.get("error") is not None:
        raise _error(method, answer["error"])
    return answer.get("result")


def _error(method: str, error: Any) -> Exception:
    if not isinstance(error, Mapping):
        error = {"message": str(error)}
    code, message = error.get("code", 0), str(error.get("message", ""))
    words, bytes_ = message.lower(), error.get("data")
    if code == 3 or any(word in words for word in _REVERT_WORDS):
        revert = bytes.fromhex(bytes_[2:]) if isinstance(bytes_, str) and bytes_.startswith("0x") else b""
        return CallReverted(f"合约拒绝了调用：{message}", f"The contract refuses the call: {message}", revert)
    if code == _METHOD_MISSING:
        return FatalNodeError(
            f"节点不支持 {method}，请换一个节点。", f"The node does not offer {method}; use another node."
        )
    later = any(word in words for word in _LATER_WORDS)
    too_much = code == _LIMIT or any(word in words for word in _RANGE_WORDS)
    if method == "eth_getLogs" and too_much and not later:
        return RangeTooLarge(f"节点要求缩小范围：{message}", f"The node wants a smaller range: {message}")
    if later or code == _LIMIT:
        return NodeError(f"节点暂时无法应答：{message}", f"The node cannot answer now: {message}")
    return FatalNodeError(f"节点拒绝了 {method}：{message}", f"The node refuses {method}: {message}")


def _cut_off() -> NodeError:
    return NodeError(
        "节点的应答不完整，稍后会重试。", "The answer of the node is not whole; it is asked again."
    )


def _not_a_node() -> FatalNodeError:
    return FatalNodeError(
        "这个地址不是区块链节点，请检查设置。", "What answers here is not a node; check its address."
    )
