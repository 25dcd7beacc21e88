"""A chain of many events of the real contracts, simulated once and kept under build/: what bench/index.py reads."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path

from tqdm import tqdm

from bench._figures import ANVIL, CHECKOUT
from huizhen.chain.artifacts import Artifacts
from huizhen.chain.client import Node, Receipt, read_receipt
from huizhen.chain.decoder import CONTRACTS
from huizhen.chain.deployer import Deployer
from huizhen.chain.dev_chain import DevChain
from huizhen.chain.dev_node import DevNode
from huizhen.chain.sender import Sender, transaction
from huizhen.chain.statements import Statements
from huizhen.simulation.people import imagine
from huizhen.simulation.script import SPAN, Simulation, Size
from huizhen.simulation.stage import GAS, Stage
from tests.support.chain_setup import CHAIN_ID, DEPLOYER, SEED

PRESENT = 1_795_000_000
DOCTORS, HOSPITALS, GROUPS = 600, 40, 50
FOUNDING_EVENTS, EVENTS_A_CASE = 6_000, 8.8
FEE = 10**10
NEVER = 10**6
PATIENCE = 900


@dataclass(frozen=True, slots=True)
class Kept:
    """What is known of a chain once it is there; `events` are the logs of our contracts on it."""

    addresses: Mapping[str, str]
    first_block: int
    head: int
    events: int


@dataclass(slots=True)
class SyncSender(Sender):
    """A moment and a transaction in one round trip, which ends when the block is mined."""

    def send(self, to: str, calldata: bytes, gas: int | None = None) -> Receipt:
        if self._nonce is None:
            self._nonce = self.node.nonce(self.address)
        fields = transaction(self.chain_id, to, calldata, gas or GAS, self._nonce, FEE)
        raw, _ = self.key.sign_transaction(fields)
        mined = self.node.call("eth_sendRawTransactionSync", "0x" + raw.hex())
        self._nonce += 1
        receipt = read_receipt(mined)
        assert receipt is not None
        return receipt


@contextmanager
def simulated_chain(events: int) -> Iterator[tuple[str, Kept]]:
    """(url, what is on it) of a node with about so many events; made at the first time, which takes minutes."""
    folder = CHECKOUT / "build" / "bench-chain" / f"{events}-{_contracts()}"
    kept = folder / "kept.json"
    if not kept.exists():
        shutil.rmtree(folder, ignore_errors=True)
        made = _make(folder, events)
        kept.write_text(json.dumps(asdict(made)), encoding="utf-8")
    node = DevNode.start(folder, anvil=ANVIL, dump_seconds=NEVER)
    try:
        yield node.url, Kept(**json.loads(kept.read_text(encoding="utf-8")))
    finally:
        node.process.kill()
        node.process.wait()


def _make(folder: Path, events: int) -> Kept:
    # A fork does not compute the root of its whole state at every block, which takes ever longer.
    base = DevNode.start(folder / "base", anvil=ANVIL, genesis_time=PRESENT - SPAN)
    child = DevNode.start(
        folder,
        anvil=ANVIL,
        genesis_time=PRESENT - SPAN,
        dump_seconds=NEVER,
        options=["--prune-history", "--fork-url", base.url, "--no-storage-caching"],
    )
    with closing(Node(child.url)) as node:
        officials = imagine(SEED, 1, 1, 1).officials
        authority, tax = (officials[name].key.signer for name in ("authority", "tax_authority"))
        artifacts = Artifacts()
        deployment = Deployer(
            node, Sender(node, DEPLOYER, CHAIN_ID), artifacts, folder / "deployments", authority, tax
        ).deploy()
        statements = Statements(CHAIN_ID, deployment.addresses, artifacts)
        stage = Stage(
            node, DevChain(node), SyncSender(node, DEPLOYER, CHAIN_ID), statements, node.head().time + 1
        )
        consultations = max(int((events - FOUNDING_EVENTS) / EVENTS_A_CASE), 0)
        with tqdm(desc="simulating", unit=" steps", mininterval=5, file=sys.stderr) as bar:

            def show(done: int, total: int) -> None:
                bar.total = total
                bar.update(done - bar.n)

            size = Size(DOCTORS, HOSPITALS, GROUPS, consultations, SEED)
            Simulation(stage, size, PRESENT).run(show)
        head, addresses = node.head().number, list(deployment.addresses.values())
        found = sum(
            len(node.logs(first, min(first + 4_999, head), addresses)) for first in range(1, head + 1, 5_000)
        )
    child.stop(PATIENCE)
    base.stop()
    ours = {name: address for name, address in deployment.addresses.items() if name in CONTRACTS}
    return Kept(ours, deployment.first_block, head, found)


def _contracts() -> str:
    """Other contracts make another chain."""
    digest = sha256()
    for file in sorted((CHECKOUT / "build" / "contracts").glob("*.json")):
        digest.update(file.read_bytes())
    return digest.hexdigest()[:12]
