"""How fast an empty database becomes a whole index, beside the floor and beside a plain web3.py loop.

The chain is a simulated world of the real contracts (`huizhen simulate`) on a real node, made once and kept under
build/. All ways are measured in turns in one run, `--rounds` times, and the medians are shown. Headers and raw logs are
stored; nothing is left out. Memory is that of the index and its children together. The largest chain, and the one that
goes on while it is followed, are imagined: ABI-encoded logs of whole lifecycles, served by a replay node.
"""

from __future__ import annotations

import argparse
import json
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench._figures import CHECKOUT, print_figures
from bench._memory import PeakMemory
from bench._simulated_chain import simulated_chain
from huizhen.chain.deployer import TAX_AUTHORITY
from tests.support import postgres
from tests.support.imagined_world import TAX
from tests.support.replay_server import ADDRESSES

SEED = 7
CHILD = Path(__file__).with_name("_index_child.py")
PATIENCE_SECONDS = 3600


@dataclass(frozen=True, slots=True)
class Chain:
    """A node with a chain, as _index_child.py takes it."""

    url: str
    addresses: dict[str, str]
    first_block: int
    head: int
    tax_authority: int


@contextmanager
def replay_node(events: int, live: int = 0) -> Iterator[tuple[Chain, subprocess.Popen[str]]]:
    """A node with so many events; it goes on for `live` blocks, one a second, when told."""
    command = [sys.executable, "-m", "tests.support.replay_server", str(events), str(SEED), str(live)]
    with subprocess.Popen(
        command, cwd=CHECKOUT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as node:
        assert node.stdin is not None
        assert node.stdout is not None
        url, head, _count = node.stdout.readline().split()
        yield Chain(url, ADDRESSES, 1, int(head), int(TAX)), node
        node.stdin.close()


def measure(mode: str, chain: Chain, database: str) -> dict[str, Any]:
    command = [sys.executable, str(CHILD), mode, json.dumps(asdict(chain)), database]
    with subprocess.Popen(command, cwd=CHECKOUT, stdout=subprocess.PIPE, text=True) as child:
        with PeakMemory(child.pid) as memory:
            said, _ = child.communicate(timeout=PATIENCE_SECONDS)
        if child.returncode:
            raise SystemExit(f"{mode} failed: {said}")
    taken: dict[str, Any] = json.loads(said.splitlines()[-1]) | {"peak_mb": memory.peak_mb}
    rate = taken["events"] / taken["seconds"]
    print(
        f"{mode:8} {database.split(':')[0]:11} {taken['events']:8} events {taken['seconds']:7.2f} s "
        f"({taken['cpu']:.2f} s of CPU) {rate:9.0f}/s {taken['peak_mb']:5.0f} MB",
        flush=True,
    )
    return taken


def backfills(events: int, rounds: int, server: postgres.Postgres) -> dict[str, float]:
    """Floor, SQLite, PostgreSQL, rebuild, verify and the plain loop, in turns."""
    taken: dict[str, list[dict[str, Any]]] = {}
    with simulated_chain(events) as (url, kept):
        chain = Chain(url, dict(kept.addresses), kept.first_block, kept.head, int(TAX_AUTHORITY))
        for _ in range(rounds):
            with tempfile.TemporaryDirectory() as folder:
                file = f"sqlite:///{folder}/index.sqlite"
                turns = [
                    ("floor", "floor", "none:"),
                    ("sqlite", "index", file),
                    ("rebuild", "rebuild", file),
                    ("verify", "verify", file),
                    ("postgres", "index", server.database()),
                    ("plain", "plain", f"sqlite:///{folder}/plain.sqlite"),
                ]
                for name, mode, database in turns:
                    taken.setdefault(name, []).append(measure(mode, chain, database))
    rate = {
        name: statistics.median(each["events"] / each["seconds"] for each in runs)
        for name, runs in taken.items()
    }
    cpu = {
        name: statistics.median(each["cpu"] / each["events"] for each in runs) * 1e6
        for name, runs in taken.items()
    }
    return {
        "sqlite_events_per_s": round(rate["sqlite"]),
        "postgres_events_per_s": round(rate["postgres"]),
        "floor_events_per_s": round(rate["floor"]),
        "plain_web3_events_per_s": round(rate["plain"]),
        "sqlite_over_floor": round(rate["floor"] / rate["sqlite"], 2),
        "postgres_over_floor": round(rate["floor"] / rate["postgres"], 2),
        "plain_web3_over_sqlite": round(rate["sqlite"] / rate["plain"], 1),
        "rebuild_events_per_s": round(rate["rebuild"]),
        "verify_seconds_100k": round(statistics.median(each["seconds"] for each in taken["verify"]), 1),
        "peak_mb_100k": round(
            max(each["peak_mb"] for name in ("sqlite", "postgres") for each in taken[name])
        ),
        "sqlite_cpu_us_per_event": round(cpu["sqlite"], 1),
        "postgres_cpu_us_per_event": round(cpu["postgres"], 1),
        "rebuild_cpu_us_per_event": round(cpu["rebuild"], 1),
    }


def large(events: int) -> dict[str, float]:
    """Memory must not grow with the chain."""
    with replay_node(events) as (chain, _node), tempfile.TemporaryDirectory() as folder:
        taken = measure("index", chain, f"sqlite:///{folder}/index.sqlite")
    return {
        "peak_mb_1m": round(taken["peak_mb"]),
        "events_per_s_1m": round(taken["events"] / taken["seconds"]),
    }


def head_latency(blocks: int) -> dict[str, float]:
    """From a block of 50 events to the first row of it that another connection sees, 95th percentile."""
    seen: dict[int, float] = {}
    with replay_node(5_000, live=blocks) as (chain, node), tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "index.sqlite"
        measure("index", chain, f"sqlite:///{file}")
        later = Chain(chain.url, chain.addresses, 1, chain.head + blocks, chain.tax_authority)
        follower = threading.Thread(target=measure, args=("follow", later, f"sqlite:///{file}"))
        follower.start()
        assert node.stdin is not None
        assert node.stdout is not None
        node.stdin.write("go\n")
        node.stdin.flush()
        with sqlite3.connect(file) as reader:
            while follower.is_alive():
                (newest,) = reader.execute("SELECT MAX(block_number) FROM log").fetchone()
                seen.setdefault(newest, time.time())
                time.sleep(0.004)
        mined = {
            int(number): float(at) for number, at in (node.stdout.readline().split() for _ in range(blocks))
        }
    lags = [min(at for block, at in seen.items() if block >= number) - at_ for number, at_ in mined.items()]
    # The first blocks meet an indexer that is still starting.
    return {"head_p95_ms": round(statistics.quantiles(lags[5:], n=20)[-1] * 1000)}


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--events", type=int, default=100_000)
    asked.add_argument("--rounds", type=int, default=5)
    asked.add_argument(
        "--large", type=int, default=1_000_000, help="events of the memory test; 0 leaves it out"
    )
    asked.add_argument("--live", type=int, default=60, help="blocks of the latency test; 0 leaves it out")
    sizes = asked.parse_args()
    figures: dict[str, float] = {}
    if sizes.rounds:
        with postgres.running() as server:
            figures |= backfills(sizes.events, sizes.rounds, server)
    figures |= head_latency(sizes.live) if sizes.live else {}
    figures |= large(sizes.large) if sizes.large else {}
    print_figures("index", figures, ("SQLAlchemy", "psycopg", "orjson", "urllib3", "web3"))


if __name__ == "__main__":
    main()
