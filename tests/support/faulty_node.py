"""Two nodes on HTTP that show one chain in memory, and whatever goes wrong with them while there is trouble.

`/honest` is merely unreliable; `/liar` also hides logs, shows those of other blocks, goes backwards, and lags.
"""

from __future__ import annotations

import socketserver
import threading
import time
from http.server import BaseHTTPRequestHandler
from typing import Any

import orjson

from tests.support.replay_chain import ReplayChain, answer_all
from tests.support.trouble import BROKEN, SHORT, SLOW, TOO_LARGE, Body, Trouble

TIMEOUT = 0.5
"""Seconds that a client waits which wants to meet a slow answer."""


class _Connection(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    server: FaultyNode

    def do_POST(self) -> None:
        asked = orjson.loads(self.rfile.read(int(self.headers["Content-Length"])))
        single = isinstance(asked, dict)
        fault, answers = self.server.answer(self.path, [asked] if single else asked)
        content = orjson.dumps(answers[0] if single else answers)
        if fault == SLOW:
            time.sleep(TIMEOUT * 1.3)
        status = int(fault[5:]) if fault and fault.startswith("HTTP") else 200
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content[: len(content) // 2] if fault == BROKEN else content)
        self.close_connection = fault in (BROKEN, SLOW)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the name in http.server)
        """Nobody reads along."""


class FaultyNode(socketserver.ThreadingTCPServer):
    """Serves until it is closed; `lock` is held by whoever changes the chain."""

    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, chain: ReplayChain, lock: threading.RLock) -> None:
        super().__init__(("127.0.0.1", 0), _Connection)
        self.chain, self.lock = chain, lock
        self.trouble: Trouble | None = None
        self.silent = False
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()

    @property
    def liar(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/liar"

    @property
    def honest(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/honest"

    def answer(self, path: str, body: Body) -> tuple[str | None, list[Any]]:
        """The fault that comes with the answers, and one answer for each request, or fewer."""
        with self.lock:
            trouble, lying = self.trouble, path == "/liar"
            if self.silent:
                return "HTTP 503", [{}]
            if trouble is None:
                return None, _answers(self.chain, body)
            trouble.happen(body)
            dice = trouble.dice(path, body)
            fault = trouble.fault(dice, body)
            if fault == TOO_LARGE:
                error = {"code": -32005, "message": "query returned more than 10000 results"}
                return fault, [{"jsonrpc": "2.0", "id": each["id"], "error": error} for each in body]
            chain = trouble.view(self.chain) if lying else self.chain
            answers = _answers(chain, body)
            if lying:
                for request, answer in zip(body, answers, strict=True):
                    trouble.lie(dice, chain, request, answer)
            return fault, answers[:-1] if fault == SHORT else answers

    def close(self) -> None:
        self.shutdown()
        self.server_close()

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that was killed has hung up."""


def _answers(chain: ReplayChain, body: Body) -> list[Any]:
    answers: list[Any] = orjson.loads(answer_all(chain, body))
    return answers
