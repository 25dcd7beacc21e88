"""New heads as the node announces them over WebSocket: a bell that says when to look, never what is there.

Whoever is woken reads the chain over HTTP as ever, so a node that announces wrongly can only wake in vain; and while
there is no subscription, everybody looks at the chain every so often as if there were no bell.
"""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from collections.abc import Callable
from typing import Any

import orjson
from websockets.exceptions import WebSocketException
from websockets.sync.client import connect
from websockets.sync.connection import Connection

_CONNECT_SECONDS = 5
_PING_SECONDS = 10
_FIRST_PAUSE, _LONGEST_PAUSE = 1.0, 60.0

log = logging.getLogger(__name__)


def websocket_of(url: str) -> str:
    """Where most nodes listen: the same address by ws or wss."""
    return "ws" + url.removeprefix("http") if url.startswith("http") else url


class Heads:
    """Follows one node in a thread of its own from `start` to `stop`; a lost connection is made anew."""

    def __init__(self, url: str, *, wake: Callable[[], object] = lambda: None) -> None:
        self._url = url
        self._wake = wake
        self._news = threading.Event()
        self._stopped = threading.Event()
        self._connection: Connection | None = None
        self._thread = threading.Thread(target=self._run, name="heads", daemon=True)
        self.subscribed = False

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopped.set()
        if self._connection is not None:
            self._connection.close()
        self._thread.join()

    def arrived(self) -> bool:
        """Whether a head was announced since this was last asked."""
        found = self._news.is_set()
        self._news.clear()
        return found

    def _run(self) -> None:
        pause, said = _FIRST_PAUSE, ""
        while not self._stopped.is_set():
            began = time.monotonic()
            try:
                self._follow()
            except (OSError, WebSocketException, ValueError) as error:
                if type(error).__name__ != said and not self._stopped.is_set():
                    said = type(error).__name__
                    log.info("no new heads from the node (%s): it is asked every so often instead", said)
            self.subscribed = False
            if time.monotonic() - began > _LONGEST_PAUSE:
                pause, said = _FIRST_PAUSE, ""
            self._stopped.wait(pause)
            pause = min(pause * 2, _LONGEST_PAUSE)

    def _follow(self) -> None:
        """Until the connection ends. Raises ValueError where the node does not offer heads."""
        with connect(
            self._url, open_timeout=_CONNECT_SECONDS, ping_interval=_PING_SECONDS, proxy=None
        ) as connection:
            self._connection = connection
            request = {"jsonrpc": "2.0", "id": 1, "method": "eth_subscribe", "params": ["newHeads"]}
            connection.send(orjson.dumps(request).decode())
            if "result" not in _object(connection.recv(_CONNECT_SECONDS)):
                raise ValueError("the node does not offer newHeads")
            self.subscribed = True
            self._ring()  # a block may have come before the subscription
            for message in connection:
                if _object(message).get("method") == "eth_subscription":
                    self._ring()

    def _ring(self) -> None:
        self._news.set()
        self._wake()


def _object(message: str | bytes) -> dict[str, Any]:
    with contextlib.suppress(orjson.JSONDecodeError):
        parsed = orjson.loads(message)
        if isinstance(parsed, dict):
            return parsed
    raise ValueError("the node sends what is no JSON object")
