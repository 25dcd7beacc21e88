"""Index, relay and worker: the processes that follow the chain."""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from collections.abc import Iterator

import click

from huizhen.bootstrap import Operator, operator
from huizhen.chain.dev_chain import DevChain, Ticker
from huizhen.chain.heads import Heads, websocket_of
from huizhen.cli.contracts import require_chain
from huizhen.cli.duties import Duty, attend, until_told
from huizhen.cli.log import begin_log, fact
from huizhen.cli.words import say
from huizhen.indexer.runner import Indexer, Progress
from huizhen.settings import Settings

_POLL_SECONDS = 0.25
_SILENCE_SECONDS = 2.0
"""After so long without a word the node is asked all the same."""

log = logging.getLogger(__name__)


def run_index(settings: Settings, *, once: bool, rebuild: bool) -> None:
    with operator(settings) as parts:
        require_chain(settings, parts.node)
        indexer = parts.indexer()
        if rebuild or once:
            _say(indexer.rebuild() if rebuild else indexer.once())
            return
        begin_log(settings)
        with _heads(parts) as (heads, wake):
            attend([_indexing(indexer, heads)], until_told(), wake)


def run_relay(settings: Settings) -> None:
    with operator(settings) as parts:
        require_chain(settings, parts.node)
        begin_log(settings)
        attend([_relaying(parts)], until_told())


def run_worker(settings: Settings) -> None:
    """Starts while the node is down as well, and goes on when it answers."""
    begin_log(settings)
    with operator(settings) as parts:
        fact(log, "begins", chain=settings.chain_id)
        stop = until_told()
        with _heads(parts) as (heads, wake):
            # In a thread of its own: what pages show must not wait for a bank file that is being read.
            index = [_indexing(parts.indexer(), heads)]
            following = threading.Thread(target=attend, args=(index, stop, wake), name="index")
            following.start()
            attend(duties(parts), stop)
            following.join()
        fact(log, "ends")


def duties(parts: Operator) -> list[Duty]:
    found = [
        Duty("applications", parts.applications().adopt, every=1.0),
        _relaying(parts),
        Duty("bank files", parts.offices().files.work, every=2.0),
        Duty("due consultations", parts.bookings().settle_due, every=5.0),
    ]
    if parts.settings.development_chain:
        found.append(_ticking(parts))
    return found


@contextlib.contextmanager
def _heads(parts: Operator) -> Iterator[tuple[Heads, threading.Event]]:
    """The node's announcements, and the event that they set."""
    wake = threading.Event()
    heads = Heads(parts.settings.ws_url or websocket_of(parts.node.urls[0]), wake=wake.set)
    heads.start()
    try:
        yield heads, wake
    finally:
        heads.stop()


def _indexing(indexer: Indexer, heads: Heads) -> Duty:
    """Looks at the chain when a head is announced; every quarter of a second where nobody announces any."""
    looked_at = -_SILENCE_SECONDS

    def step() -> None:
        nonlocal looked_at
        news = heads.arrived()
        rest = _SILENCE_SECONDS if heads.subscribed else _POLL_SECONDS
        if not news and time.monotonic() - looked_at < rest:
            return
        looked_at = time.monotonic()
        reached = indexer.once()
        if reached.events or reached.rewinds:
            fact(log, "indexed", block=reached.block_number, events=reached.events, rewinds=reached.rewinds)

    return Duty("index", step, every=0.02)


def _relaying(parts: Operator) -> Duty:
    relay = parts.relay()

    def step() -> None:
        moved = relay.once()
        if moved:
            fact(log, "relayed", statements=moved)

    return Duty("relay", step)


def _ticking(parts: Operator) -> Duty:
    """The development chain mines for a transaction alone; time and finality need blocks without any."""

    def step() -> None:
        Ticker(DevChain(parts.node), parts.settings.finality or 0).tick()

    return Duty("ticker", step, every=1.0)


def _say(reached: Progress) -> None:
    click.echo(
        say(
            f"已索引到区块 {reached.block_number}，新事件 {reached.events} 条。",
            f"Indexed up to block {reached.block_number}, {reached.events} new events.",
        )
    )
