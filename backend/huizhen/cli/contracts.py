"""Compile and deploy."""

from __future__ import annotations

import click

from huizhen.bootstrap import artifacts_of, deployer_key, node_address
from huizhen.chain.client import Node
from huizhen.chain.compiler import compile_contracts
from huizhen.chain.deployer import Deployer, Deployment
from huizhen.chain.rails import Token
from huizhen.chain.sender import Sender
from huizhen.cli.words import say
from huizhen.errors import ConfigurationError
from huizhen.settings import Settings
from huizhen.simulation.people import imagine


def run_compile(settings: Settings) -> None:
    compiled = compile_contracts(settings.checkout)
    for warning in compiled.warnings:
        click.echo(warning, err=True)
    names = len(compiled.names)
    if compiled.fresh:
        click.echo(say(f"已编译 {names} 个合约与接口。", f"Compiled {names} contracts and interfaces."))
    else:
        click.echo(say("没有改动，无需编译。", "Nothing changed; nothing was compiled."))


def run_deploy(settings: Settings) -> None:
    with node_address(settings) as url:
        node = Node(url)
        try:
            deployment = deploy(settings, node, settings.demo_seed)
        finally:
            node.close()
    for name, address in deployment.addresses.items():
        click.echo(f"{name:20} {address}")


def deploy(settings: Settings, node: Node, seed: int) -> Deployment:
    """Raises DeploymentError, or ConfigurationError where a key or signer is missing or for another chain."""
    require_chain(settings, node)
    sender = Sender(node, deployer_key(settings), settings.chain_id)
    authority, tax_authority = _genesis_signers(settings, seed)
    return Deployer(
        node,
        sender,
        artifacts_of(settings),
        settings.deployments,
        authority,
        tax_authority,
        token=_token(settings),
    ).deploy()


def _token(settings: Settings) -> Token | None:
    """Settings name both or neither."""
    if settings.rail_token is None or settings.rail_fen_unit is None:
        return None
    return Token(settings.rail_token, settings.rail_fen_unit)


def require_chain(settings: Settings, node: Node) -> None:
    found = node.chain_id()
    if found != settings.chain_id:
        raise ConfigurationError(
            f"节点的链号是 {found}，设置的是 {settings.chain_id}：请改正 HUIZHEN_RPC_URL 或 HUIZHEN_CHAIN_ID。",
            f"The node is on chain {found}, the settings say {settings.chain_id}: "
            "correct HUIZHEN_RPC_URL or HUIZHEN_CHAIN_ID.",
        )


def _genesis_signers(settings: Settings, seed: int) -> tuple[bytes, bytes]:
    """Of the authority and the tax authority; on the development chain the simulated world's."""
    given = (settings.authority_signer, settings.tax_authority_signer)
    if settings.development_chain and given == (None, None):
        officials = imagine(seed, 0, 0, 0).officials
        return officials["authority"].key.signer, officials["tax_authority"].key.signer
    if given[0] is None or given[1] is None:
        raise ConfigurationError(
            "没有设置 HUIZHEN_AUTHORITY_SIGNER 与 HUIZHEN_TAX_AUTHORITY_SIGNER：请填入两家机构的签名公钥（十六进制）。",
            "HUIZHEN_AUTHORITY_SIGNER and HUIZHEN_TAX_AUTHORITY_SIGNER are not set: "
            "set them to the signers (hex) of the two authorities.",
        )
    return bytes.fromhex(given[0].removeprefix("0x")), bytes.fromhex(given[1].removeprefix("0x"))
