"""The commands and what their --help teaches; what they do stands in the modules beside this one.

Those are imported when a command runs, so that --help answers at once.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from huizhen.cli.words import say
from huizhen.settings import Settings, load

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
WRITTEN = click.Path(dir_okay=False, writable=True, path_type=Path)
Command = Callable[..., None]


def _given(**options: Any) -> Settings:
    """Settings of the environment, and over them what the command line says."""
    return load(**{name: value for name, value in options.items() if value})


def _taught(group: click.Group, zh: str, en: str, *examples: str, **more: Any) -> Callable[[Command], Any]:
    """A command named like its function, with its help and examples, one a line."""
    lines = "\n".join(("\b", say("示例：", "Examples:"), *(f"  {example}" for example in examples)))
    return group.command(help=say(zh, en), epilog=lines, **more)


class _InOrder(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 (click's signature)
        """As declared here: what a newcomer needs first comes first."""
        return list(self.commands)


@click.group(
    cls=_InOrder,
    help=say(
        "会诊：跨城市专家会诊的组队、预约与逐分结算。\n\n"
        "一条命令即可看到全部：huizhen up --demo。设置来自 HUIZHEN_* 环境变量，状态保存在 var/。",
        "Huizhen: cross-city specialist consultations, booked as teams and settled to the fen.\n\n"
        "One command shows all of it: huizhen up --demo. Settings come from HUIZHEN_* variables, "
        "state lives in var/.",
    ),
    context_settings={"help_option_names": ["-h", "--help"]},
)
def huizhen() -> None:
    pass


PORT = click.option("--port", type=click.IntRange(1, 65535), help=say("网页端口", "port of the web pages"))


@_taught(
    huizhen,
    "启动一切：链、合约、索引、中继、网页。Ctrl-C 停止，状态保留。",
    "Start everything: chain, contracts, index, relay, web. Ctrl-C stops it and keeps the state.",
    "huizhen up --demo",
    "huizhen up --demo --port 8080",
)
@click.option("--demo", is_flag=True, help=say("空链时建一个演示世界", "make a demo world on an empty chain"))
@PORT
def up(demo: bool, port: int | None) -> None:
    settings = _given(demo=demo, port=port)
    from huizhen.cli.up import run_up

    run_up(settings)


@_taught(
    huizhen,
    "编译 contracts/ 到 build/contracts/；没有改动则什么都不做。",
    "Compile contracts/ into build/contracts/; does nothing where nothing changed.",
    "huizhen compile",
)
def compile() -> None:  # noqa: A001 (the command's name)
    settings = _given()
    from huizhen.cli.contracts import run_compile

    run_compile(settings)


@_taught(
    huizhen,
    "部署合约一次并记下地址；已部署的会核对后保留。",
    "Deploy the contracts once and note where they stand; what stands is checked and kept.",
    "huizhen deploy",
    "HUIZHEN_RPC_URL=https://node.example HUIZHEN_CHAIN_ID=2026 HUIZHEN_DEPLOYER_KEY=… huizhen deploy",
)
def deploy() -> None:
    settings = _given()
    from huizhen.cli.contracts import run_deploy

    run_deploy(settings)


@_taught(
    huizhen,
    "跟随链建立索引，直到中断。",
    "Follow the chain into the index until interrupted.",
    "huizhen index",
    "huizhen index --once",
    "huizhen index --rebuild",
)
@click.option("--once", is_flag=True, help=say("只追到当前链头", "up to the present head, then end"))
@click.option(
    "--rebuild", is_flag=True, help=say("丢弃索引并重放整条链", "drop the index, replay the chain, then end")
)
def index(once: bool, rebuild: bool) -> None:
    settings = _given()
    from huizhen.cli.following import run_index

    run_index(settings, once=once, rebuild=rebuild)


@_taught(
    huizhen,
    "把签署完毕的声明送上链，直到中断。",
    "Send fully signed statements to the chain until interrupted.",
    "huizhen relay",
)
def relay() -> None:
    settings = _given()
    from huizhen.cli.following import run_relay

    run_relay(settings)


@_taught(
    huizhen,
    "索引、中继与日常事务合为一个进程；由 up 启动。",
    "Index, relay and what else goes on by itself, in one process; started by up.",
    "huizhen worker",
    hidden=True,
)
def worker() -> None:
    settings = _given()
    from huizhen.cli.following import run_worker

    run_worker(settings)


@_taught(
    huizhen,
    "只提供网页；索引与中继另行运行。",
    "Serve the web pages alone; index and relay run elsewhere.",
    "huizhen web",
    "HUIZHEN_HOST=0.0.0.0 huizhen web --port 8080",
)
@PORT
def web(port: int | None) -> None:
    settings = _given(port=port)
    from huizhen.cli.serving import run_web

    run_web(settings)


@_taught(
    huizhen,
    "在同一区块比较索引与合约存储；逐项报告，不一致时退出码为 1 并指出行。"
    "--proof 为一笔付款生成陌生人可核对的包含证明，--check 只凭文件核对它。",
    "Compare the index with contract storage at one block; names each row that differs and then exits 1. "
    "--proof makes an inclusion proof of one payout for a stranger, --check checks it with the file alone.",
    "huizhen verify",
    "huizhen verify --proof HZ000012-03",
    "huizhen verify --check HZ000012-03.proof.json --block-hash 0x…",
)
@click.option(
    "--proof",
    metavar="ID",
    help=say("付款编号（HZ000012-03）或“区块:日志”", "a payout (HZ000012-03), or any event as BLOCK:LOG"),
)
@click.option("--to", type=WRITTEN, metavar="FILE", help=say("证明写入此文件", "where to write the proof"))
@click.option("--check", type=FILE, metavar="FILE", help=say("核对证明文件", "check the file of a proof"))
@click.option(
    "--block-hash",
    multiple=True,
    metavar="HASH",
    help=say("自己得知的区块哈希，可重复", "hash of a block as you know it; may be repeated"),
)
def verify(proof: str | None, to: Path | None, check: Path | None, block_hash: tuple[str, ...]) -> None:
    if check is not None:
        from huizhen.cli.proving import run_check

        run_check(check, block_hash)
        return
    settings = _given()
    if proof is not None:
        from huizhen.cli.proving import run_proof

        run_proof(settings, proof, to)
        return
    from huizhen.cli.verifying import run_verify

    run_verify(settings)


@_taught(
    huizhen,
    "在新链上用真实合约模拟完整的会诊往来；同样的数目与种子得到同样的世界。",
    "Drive whole lifecycles through the real contracts on a fresh chain; "
    "the same numbers and seed give the same world.",
    "huizhen simulate --doctors 60 --hospitals 12 --groups 8 --consultations 200 --seed 7",
)
@click.option("--doctors", type=click.IntRange(6), default=60, show_default=True)
@click.option("--hospitals", type=click.IntRange(2), default=12, show_default=True)
@click.option("--groups", type=click.IntRange(1), default=8, show_default=True)
@click.option("--consultations", type=click.IntRange(0), default=200, show_default=True)
@click.option("--seed", type=int, default=7, show_default=True)
def simulate(doctors: int, hospitals: int, groups: int, consultations: int, seed: int) -> None:
    settings = _given()
    from huizhen.cli.simulating import run_simulate
    from huizhen.simulation.script import Size

    run_simulate(settings, Size(doctors, hospitals, groups, consultations, seed))


@_taught(
    huizhen,
    "读一份声明（JSON），列出它所说的每一项，并重新计算要签署的摘要。",
    "Read a statement (JSON), list all that it says, and compute anew the digest that is signed.",
    "huizhen show statement.json",
)
@click.argument("file", type=FILE)
def show(file: Path) -> None:
    settings = _given()
    from huizhen.cli.showing import run_show

    run_show(settings, file)


@_taught(
    huizhen,
    "检查配置、节点、合约、数据库与索引：哪里不对，该怎么办。",
    "Look at configuration, node, contracts, database and index: what is wrong, and what to do.",
    "huizhen check",
)
def check() -> None:
    settings = _given()
    from huizhen.cli.checking import run_check

    run_check(settings)


@huizhen.group(help=say("财务：导入银行对账单，与账本匹配。", "Finance: import bank statements, match them."))
def finance() -> None:
    pass


@_taught(
    finance,
    "导入银行对账单（CSV 或 XLSX）；坏行按行号报告，其余保留。",
    "Import a bank statement (CSV or XLSX); broken rows are reported by line, the others are kept.",
    "huizhen finance import statement.csv",
    name="import",
)
@click.argument("file", type=FILE)
def import_(file: Path) -> None:
    settings = _given()
    from huizhen.cli.accounting import run_import

    run_import(settings, file)


@_taught(
    finance,
    "把账本与银行流水重新匹配一遍。",
    "Match the ledger against the bank's lines once more.",
    "huizhen finance match",
)
def match() -> None:
    settings = _given()
    from huizhen.cli.accounting import run_match

    run_match(settings)
