"""The replay chain as a node in a process of its own, on HTTP: `python -m tests.support.replay_server EVENTS SEED`.

It prints its address in one line, and ends with the process that started it (its standard input closes).
"""

from __future__ import annotations

import socketserver
import sys
import threading
import time
from itertools import cycle

import orjson

from huizhen.chain.artifacts import Artifacts
from huizhen.chain.decoder import CONTRACTS
from huizhen.chain.rails import RAILS
from tests.support.imagined_world import ImaginedWorld
from tests.support.log_encoding import Emitted, LogEncoder
from tests.support.replay_chain import ReplayChain, answer_all


def addresses(rail: str) -> dict[str, str]:
    """Of a deployment with this rail."""
    return {
        name: f"0x{number:040x}"
        for number, name in enumerate(CONTRACTS, start=0xC0)
        if name not in RAILS or name == rail
    }


ADDRESSES = addresses("BankRail")
DOCTORS, HOSPITALS, GROUPS = 600, 40, 50
TRANSACTIONS = (1, 1, 1, 2, 0)
"""Block after block, again and again."""

LIVE_EVENTS, LIVE_SECONDS = 50, 1.0


def imagined_chain(events: int, seed: int) -> tuple[ReplayChain, ImaginedWorld]:
    """As many events as asked for, or a few more: mostly a transaction a block, some blocks empty."""
    chain = ReplayChain(LogEncoder(Artifacts(), ADDRESSES))
    world, made, transactions = ImaginedWorld(DOCTORS, HOSPITALS, GROUPS, seed), 0, cycle(TRANSACTIONS)
    while made < events:
        made += chain.mine([world.act() for _ in range(next(transactions))]).count
    return chain, world


class _Connection(socketserver.StreamRequestHandler):
    """HTTP/1.1 kept alive, and nothing more of it than a JSON-RPC client uses."""

    disable_nagle_algorithm = True
    wbufsize = -1

    def handle(self) -> None:
        while self.rfile.readline():
            length = 0
            while line := self.rfile.readline().strip():
                if line.lower().startswith(b"content-length:"):
                    length = int(line.split(b":")[1])
            body = orjson.loads(self.rfile.read(length))
            content = answer_all(self.server.chain, body)  # type: ignore[attr-defined]
            head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
            self.wfile.write(head % len(content) + content)
            self.wfile.flush()


class ReplayServer(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, chain: ReplayChain) -> None:
        super().__init__(("127.0.0.1", 0), _Connection)
        self.chain = chain

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


def go_on(chain: ReplayChain, world: ImaginedWorld, blocks: int) -> None:
    """A block of 50 events a second; tells of each when it was there."""
    made = []
    for _ in range(blocks):
        transactions: list[list[Emitted]] = []
        while sum(map(len, transactions)) < LIVE_EVENTS:
            transactions.append(world.act())
        time.sleep(LIVE_SECONDS)
        made.append((chain.mine(transactions).number, time.time()))
    print("\n".join(f"{number} {at}" for number, at in made), flush=True)


def main() -> None:
    """The third argument is how many blocks are mined live, after a line on standard input."""
    chain, world = imagined_chain(int(sys.argv[1]), int(sys.argv[2]))
    server = ReplayServer(chain)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    events = sum(block.count for block in chain.blocks)
    print(f"{server.url} {chain.head.number} {events}", flush=True)
    live = int(sys.argv[3]) if len(sys.argv) > 3 else 0
    if live and sys.stdin.readline():
        go_on(chain, world, live)
    sys.stdin.read()


if __name__ == "__main__":
    main()
