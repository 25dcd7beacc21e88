"""Index, relay and worker: the processes that follow the chain."""

from __future__ import annotations

import logging

import click

from huizhen.bootstrap import Operator, operator
from huizhen.chain.dev_chain import DevChain, Ticker
from huizhen.cli.contracts import require_chain
from huizhen.cli.duties import Duty, attend, until_told
from huizhen.cli.log import begin_log, fact
from huizhen.cli.words import say
from huizhen.indexer.runner import Indexer, Progress
from huizhen.settings import Settings

log = logging.getLogger(__name__)


def run_index(settings: Settings, *, once: bool, rebuild: bool) -> None:
    with operator(settings) as parts:
        require_chain(settings, parts.node)
        indexer = parts.indexer()
        if rebuild or once:
            _say(indexer.rebuild() if rebuild else indexer.once())
            return
        begin_log(settings)
        attend([_indexing(indexer)], until_told())


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
        attend(duties(parts), until_told())
        fact(log, "ends")


def duties(parts: Operator) -> list[Duty]:
    found = [
        _indexing(parts.indexer()),
        Duty("applications", parts.applications().adopt, every=1.0),
        _relaying(parts),
        Duty("bank files", parts.offices().files.work, every=2.0),
        Duty("due consultations", parts.bookings().settle_due, every=5.0),
    ]
    if parts.settings.development_chain:
        found.append(_ticking(parts))
    return found


def _indexing(indexer: Indexer) -> Duty:
    def step() -> None:
        reached = indexer.once()
        if reached.events or reached.rewinds:
            fact(log, "indexed", block=reached.block_number, events=reached.events, rewinds=reached.rewinds)

    return Duty("index", step, every=0.25)


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
        Ticker(DevChain(parts.node), parts.settings.confirmations).tick()

    return Duty("ticker", step, every=1.0)


def _say(reached: Progress) -> None:
    click.echo(
        say(
            f"已索引到区块 {reached.block_number}，新事件 {reached.events} 条。",
            f"Indexed up to block {reached.block_number}, {reached.events} new events.",
        )
    )
