"""A simulated world: its acts on the chain, its papers in the office, its bank's statement as files."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import click
from tqdm import tqdm

from huizhen.bootstrap import Operator, deployer_key, node_address, prepared_stores
from huizhen.chain.calls import decode_answer, encode_call
from huizhen.chain.client import Node
from huizhen.chain.dev_chain import DevChain
from huizhen.chain.sender import Sender
from huizhen.cli.contracts import deploy
from huizhen.cli.words import say
from huizhen.errors import ConfigurationError
from huizhen.settings import Settings
from huizhen.simulation.bank import statement_files
from huizhen.simulation.papers import profile_digest
from huizhen.simulation.people import imagine
from huizhen.simulation.records import Records
from huizhen.simulation.script import SPAN, Simulation, Size
from huizhen.simulation.stage import DAY, Stage

# The authority and the tax authority, who come with the contracts.
GENESIS_PARTIES = 2


def run_simulate(settings: Settings, size: Size) -> None:
    if not settings.development_chain:
        raise ConfigurationError(
            "模拟只在本机开发链上进行：请清除 HUIZHEN_RPC_URL 与 HUIZHEN_CHAIN_ID。",
            "Worlds are simulated on the local development chain only: unset HUIZHEN_RPC_URL and HUIZHEN_CHAIN_ID.",
        )
    with node_address(settings) as url, closing(Node(url)) as node:
        deploy(settings, node, size.seed)
        prepared_stores(settings).close()
        with closing(Operator.at(settings, url)) as parts:
            world = make_world(parts, size)
    stage = world.stage
    click.echo(
        say(
            f"完成：{stage.sent} 笔交易上链，{stage.refused} 次尝试如期被合约拒绝。",
            f"Done: {stage.sent} transactions on chain, {stage.refused} attempts refused as they should be.",
        )
    )
    counted = sorted(stage.performed.items(), key=lambda pair: (-pair[1], pair[0]))
    click.echo(", ".join(f"{function} {count}" for function, count in counted))


def make_world(parts: Operator, size: Size) -> Simulation:
    """Runs the world, writes what the office knows of it, and indexes all of it. See `require_fresh`."""
    require_fresh(parts, size.seed)
    settings, genesis = parts.settings, parts.node.header(0).time
    sender = Sender(parts.node, deployer_key(settings), settings.chain_id)
    now = parts.node.head().time + 1
    stage = Stage(parts.node, DevChain(parts.node), sender, parts.gateway.statements, now)
    world = Simulation(stage, size, genesis + SPAN, profile_digest)
    _run(world)
    Records(parts.stores.office, world).write()
    _write_files(settings.state_dir / "bank", statement_files(world))
    parts.indexer().once()
    return world


def require_fresh(parts: Operator, seed: int) -> None:
    """Raises ConfigurationError where anybody has acted on the chain, or time has passed there."""
    lived_on = parts.node.head().time > parts.node.header(0).time + DAY
    if lived_on or party_count(parts) > GENESIS_PARTIES:
        raise ConfigurationError(
            "这条链上已有内容，模拟需要一条新链：请先运行 make clean（或移走状态目录）。",
            "This chain has been lived on, and a simulation needs a fresh one: run make clean first "
            "(or move the state directory away).",
        )
    _require_officials(parts, seed)


def party_count(parts: Operator) -> int:
    call = (parts.gateway.address("CredentialRegistry"), encode_call("partyCount()"))
    (answer,) = parts.node.call_many([call])
    return int(decode_answer(["uint32"], answer)[0])


def _require_officials(parts: Operator, seed: int) -> None:
    """The world's authority must be the one that the registry was deployed with."""
    call = (parts.gateway.address("CredentialRegistry"), encode_call("signerOf(uint32,uint8)", 1, 0))
    (answer,) = parts.node.call_many([call])
    (signer,) = decode_answer(["bytes"], answer)
    if signer != imagine(seed, 0, 0, 0).officials["authority"].key.signer:
        raise ConfigurationError(
            f"合约部署时用的不是种子 {seed} 的认证机构：请用部署时的种子，或先运行 make clean。",
            f"The contracts were deployed with another authority than that of seed {seed}: "
            "use the seed of the deployment, or run make clean first.",
        )


def _run(world: Simulation) -> None:
    with tqdm(desc=say("模拟", "simulating"), unit=say(" 步", " steps"), mininterval=0.5) as bar:

        def show(done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)

        world.run(show)


def _write_files(folder: Path, files: dict[str, bytes]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)
