"""A fresh chain with all contracts, and the parts that stand between it and the use cases."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from huizhen.chain.artifacts import Artifacts
from huizhen.chain.client import Node
from huizhen.chain.deployer import Deployer, Deployment
from huizhen.chain.dev_chain import DevChain
from huizhen.chain.dev_node import running
from huizhen.chain.gateway import Gateway
from huizhen.chain.refusals import Refusals
from huizhen.chain.sender import Sender
from huizhen.chain.signer import SoftwareKey
from huizhen.chain.statements import Statements
from huizhen.simulation.people import imagine

CHAIN_ID = 31337
CHECKOUT = Path(__file__).resolve().parents[2]
ANVIL = CHECKOUT / "node_modules" / ".bin" / "anvil"
SEED = 7
# anvil's own first accounts: known to everybody, and rich on its chain only
DEPLOYER = SoftwareKey(bytes.fromhex("ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80"))
RELAY = SoftwareKey(bytes.fromhex("59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d"))


@dataclass(frozen=True, slots=True)
class ChainSetup:
    node: Node
    chain: DevChain
    deployment: Deployment
    gateway: Gateway
    artifacts: Artifacts

    def sender(self) -> Sender:
        return Sender(self.node, DEPLOYER, CHAIN_ID)


@contextmanager
def deployed_chain(folder: Path, *, genesis_time: int | None = None) -> Iterator[ChainSetup]:
    """The first two parties are those of `imagine(SEED, ...)`."""
    with running(folder, anvil=ANVIL, genesis_time=genesis_time) as child:
        node, artifacts = Node(child.url), Artifacts()
        officials = imagine(SEED, 1, 1, 1).officials
        deployment = Deployer(
            node,
            Sender(node, DEPLOYER, CHAIN_ID),
            artifacts,
            folder / "deployments",
            officials["authority"].key.signer,
            officials["tax_authority"].key.signer,
        ).deploy()
        statements = Statements(CHAIN_ID, deployment.addresses, artifacts)
        gateway = Gateway(node, statements, RELAY, 2, Refusals.of_contracts(artifacts).of)
        yield ChainSetup(node, DevChain(node), deployment, gateway, artifacts)
