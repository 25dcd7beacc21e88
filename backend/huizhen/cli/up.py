"""`huizhen up`: everything on one machine, from nothing to pages that have something to show."""

from __future__ import annotations

import contextlib
import signal
import time
from collections.abc import Iterator
from contextlib import closing

from huizhen.bootstrap import Operator, anvil_of, fresh_genesis, prepared_stores
from huizhen.chain.client import Node
from huizhen.chain.compiler import compile_contracts
from huizhen.chain.deployer import load_deployment
from huizhen.chain.dev_chain import DevChain
from huizhen.chain.shared_dev_node import OwnChain, own_chain
from huizhen.cli.contracts import deploy, require_chain
from huizhen.cli.serving import require_web_settings
from huizhen.cli.supervisor import Supervisor
from huizhen.cli.welcome import welcome
from huizhen.cli.words import step
from huizhen.cli.world import begin_world, ensure_world, forget_half_a_world
from huizhen.settings import Settings

_READY_SECONDS = 60.0
_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def run_up(settings: Settings) -> None:
    """Until interrupted. Raises ConfigurationError before anything has begun, where the web could not start."""
    require_web_settings(settings)
    with _interruptible():
        began = time.monotonic()
        with _chain(settings) as (url, chain):
            _prepare(settings, url)
            supervisor = Supervisor(settings, chain)
            try:
                with step("后台与网页", "worker and web"):
                    supervisor.start()
                    supervisor.wait_until("/readyz" if settings.demo else "/healthz", _READY_SECONDS)
                welcome(settings, time.monotonic() - began)
                supervisor.attend()
            finally:
                _ignore_signals()
                supervisor.end()


@contextlib.contextmanager
def _interruptible() -> Iterator[None]:
    """Being told to end is how `up` ends: whatever it was doing, its children are ended, and nothing is said."""
    # SIGINT too: a shell's background job is started with it ignored.
    for number in _ENDING:
        signal.signal(number, signal.default_int_handler)
    with contextlib.suppress(KeyboardInterrupt):
        yield


def _ignore_signals() -> None:
    """A second Ctrl-C must not leave half of the children running."""
    for number in _ENDING:
        signal.signal(number, signal.SIG_IGN)


@contextlib.contextmanager
def _chain(settings: Settings) -> Iterator[tuple[str, OwnChain | None]]:
    if settings.rpc_url is not None:
        yield settings.rpc_url, None
        return
    with contextlib.ExitStack() as stack:
        with step("开发链", "development chain"):
            chain = stack.enter_context(
                own_chain(
                    settings.state_dir,
                    anvil=anvil_of(settings),
                    genesis_time=fresh_genesis(),
                    before=lambda: forget_half_a_world(settings),
                )
            )
        yield chain.url, chain


def _prepare(settings: Settings, url: str) -> None:
    with step("合约", "contracts"):
        compile_contracts(settings.checkout)
        with closing(Node(url)) as node:
            require_chain(settings, node)
            if settings.demo:
                begin_world(settings)
            if settings.development_chain:
                deploy(settings, node, settings.demo_seed)
            else:
                load_deployment(settings.deployments, settings.chain_id)
    with step("数据库", "databases"):
        prepared_stores(settings).close()
    if not settings.development_chain:
        return
    with closing(Operator.at(settings, url)) as parts:
        if settings.demo:
            with step("演示世界", "demo world"):
                ensure_world(parts)
        # A simulated past, or the time while nothing ran: from here on the chain lives in the present. A node that
        # was restarted knows the state of its newest block alone: soon a final one is among those that it knows.
        chain = DevChain(parts.node)
        chain.advance_to(int(time.time()))
        chain.mine(settings.finality or 0)
