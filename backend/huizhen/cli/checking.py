"""`huizhen check`: each part in turn, with what is wrong and what to do. It starts nothing and changes nothing."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import click

from huizhen.bootstrap import Operator, anvil_of, artifacts_of, relay_key
from huizhen.chain.client import Node
from huizhen.chain.deployer import CONTRACTS, load_deployment
from huizhen.chain.shared_dev_node import running_chain
from huizhen.cli.contracts import require_chain
from huizhen.cli.words import say, spoken
from huizhen.domain.sentence import Sentence
from huizhen.errors import ConfigurationError, DeploymentError, HuizhenError, NodeError
from huizhen.settings import Settings

_PROBES = {
    "database": Sentence("数据库", "database"),
    "index": Sentence("索引", "index"),
    "node": Sentence("跟随", "following"),
    "opening_page": Sentence("首页", "opening page"),
}


def run_check(settings: Settings) -> None:
    """Exits 1 where anything is wrong."""
    well = True
    for name, said, fault in _checks(settings):
        click.echo(f"{'✓' if not fault else '✗'} {spoken(name)}{say('：', ': ')}{spoken(said)}")
        well = well and not fault
    if not well:
        sys.exit(1)


def _checks(settings: Settings) -> Iterator[tuple[Sentence, Sentence, bool]]:
    """Name, what there is to say, and whether it is a fault."""
    for name, look in (
        (Sentence("配置", "settings"), _settings),
        (Sentence("编译", "compiled contracts"), _artifacts),
        (Sentence("节点", "node"), _node),
        (Sentence("部署", "deployment"), _deployment),
    ):
        yield name, *_looked(look, settings)
    yield from _stores(settings)


def _looked(look: Callable[[Settings], Sentence], settings: Settings) -> tuple[Sentence, bool]:
    try:
        return look(settings), False
    except HuizhenError as refusal:
        return refusal.sentence, True


def _settings(settings: Settings) -> Sentence:
    relay_key(settings)
    if not settings.demo and not settings.development_chain:
        settings.session_key()
    if settings.embedded_chain and not anvil_of(settings).exists():
        raise ConfigurationError(
            "找不到 anvil，请先运行 make setup。", "anvil is missing: run make setup first."
        )
    return Sentence(f"状态在 {settings.state_dir}。", f"State lives in {settings.state_dir}.")


def _artifacts(settings: Settings) -> Sentence:
    artifacts = artifacts_of(settings)
    for artefact in CONTRACTS.values():
        artifacts.artifact(artefact)
    return Sentence(f"{len(CONTRACTS)} 个合约。", f"{len(CONTRACTS)} contracts.")


def _node(settings: Settings) -> Sentence:
    with closing(Node(_address(settings))) as node:
        require_chain(settings, node)
        number = node.head().number
    return Sentence(f"链 {settings.chain_id}，区块 {number}。", f"Chain {settings.chain_id}, block {number}.")


def _address(settings: Settings) -> str:
    address = settings.rpc_url or running_chain(settings.state_dir)
    if address is None:
        raise NodeError(
            "内置开发链没有运行：请运行 huizhen up，或设置 HUIZHEN_RPC_URL。",
            "The embedded development chain does not run: start huizhen up, or set HUIZHEN_RPC_URL.",
        )
    return address


def _deployment(settings: Settings) -> Sentence:
    deployment = load_deployment(settings.deployments, settings.chain_id)
    with closing(Node(_address(settings))) as node:
        if node.header(0).hash != deployment.genesis:
            raise DeploymentError(
                "部署记录属于另一条链（创世块不同）：请检查 HUIZHEN_RPC_URL 与部署记录。",
                "The deployment file describes another chain (its first block differs): "
                "check HUIZHEN_RPC_URL and the file.",
            )
        empty = [name for name, there in deployment.addresses.items() if not node.code(there)]
    if empty:
        raise DeploymentError(
            f"链上没有 {', '.join(empty)}：请重新部署全部合约。",
            f"The chain has no {', '.join(empty)}: deploy all contracts again.",
        )
    return Sentence(
        f"{len(deployment.contracts)} 个合约，自区块 {deployment.first_block} 起。",
        f"{len(deployment.contracts)} contracts, from block {deployment.first_block} on.",
    )


def _stores(settings: Settings) -> Iterator[tuple[Sentence, Sentence, bool]]:
    """Database, index and its lag, as /readyz sees them; nothing is opened that is not there."""
    name = Sentence("数据库", "database")
    for url in (settings.index_url, settings.office_url):
        if url.startswith("sqlite:///") and not Path(url.removeprefix("sqlite:///")).exists():
            yield name, Sentence("尚未建立：请运行 huizhen up。", "It is not made yet: run huizhen up."), True
            return
    try:
        parts = Operator.at(settings, settings.rpc_url or "")
    except HuizhenError as refusal:
        yield name, refusal.sentence, True
        return
    with closing(parts):
        for check in parts.probes().readiness().checks:
            yield _PROBES.get(check.name, Sentence(check.name, check.name)), check.sentence, not check.ok
