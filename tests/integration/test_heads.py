"""New heads by WebSocket from a real node, and what happens without."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable

import pytest
from websockets.sync.server import ServerConnection, serve

from huizhen.chain.heads import Heads, websocket_of
from tests.support.chain_setup import ChainSetup


def until(condition: Callable[[], bool], seconds: float = 10.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.01)


def test_heads__new_block__rings_within_a_moment(setup: ChainSetup) -> None:
    rung = threading.Event()
    heads = Heads(websocket_of(setup.node.urls[0]), wake=rung.set)
    heads.start()
    until(lambda: heads.subscribed)
    assert heads.arrived(), "a block may have come before the subscription"
    rung.clear()
    assert not heads.arrived()
    began = time.monotonic()
    setup.node.call("evm_mine")
    assert rung.wait(5)
    assert time.monotonic() - began < 1
    assert heads.arrived()
    heads.stop()


def _refusing(connection: ServerConnection) -> None:
    connection.recv()
    connection.send('{"jsonrpc":"2.0","id":1,"error":{"code":-32601,"message":"no such method"}}')


def _closing(connection: ServerConnection) -> None:
    connection.recv()
    connection.send('{"jsonrpc":"2.0","id":1,"result":"0x1"}')


def _babbling(connection: ServerConnection) -> None:
    connection.recv()
    connection.send("hello")


@pytest.mark.parametrize("answer", [_refusing, _babbling])
def test_heads__node_without_subscriptions__leaves_everybody_to_ask(
    answer: Callable[[ServerConnection], None],
) -> None:
    with serve(answer, "127.0.0.1", 0) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        heads = Heads(f"ws://127.0.0.1:{server.socket.getsockname()[1]}")
        heads.start()
        time.sleep(0.3)
        assert not heads.subscribed
        heads.stop()
        server.shutdown()


def test_heads__connection_lost__is_made_anew() -> None:
    rings: list[float] = []
    with serve(_closing, "127.0.0.1", 0) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"ws://127.0.0.1:{server.socket.getsockname()[1]}"
        heads = Heads(url, wake=lambda: rings.append(time.monotonic()))
        heads.start()
        until(lambda: len(rings) >= 2)
        heads.stop()
        server.shutdown()


def test_heads__nobody_there__stops_at_once() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    heads = Heads(f"ws://127.0.0.1:{port}")
    heads.start()
    time.sleep(0.1)
    began = time.monotonic()
    heads.stop()
    assert time.monotonic() - began < 1
    assert not heads.subscribed


def test_websocket_of__keeps_the_address() -> None:
    assert websocket_of("http://127.0.0.1:8545") == "ws://127.0.0.1:8545"
    assert websocket_of("https://node.example/key") == "wss://node.example/key"
