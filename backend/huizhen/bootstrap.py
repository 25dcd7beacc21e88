"""Composition root: from settings to the parts of one operator, wired. Commands and the web UI begin here."""

from __future__ import annotations

import contextlib
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from alembic import command
from alembic.config import Config
from pydantic import SecretStr

from huizhen.chain.artifacts import Artifacts
from huizhen.chain.client import Node
from huizhen.chain.decoder import LogDecoder
from huizhen.chain.deployer import TAX_AUTHORITY, Deployment, load_deployment
from huizhen.chain.dev_chain import DevChain
from huizhen.chain.gateway import Gateway
from huizhen.chain.refusals import Refusals
from huizhen.chain.shared_dev_node import find_chain, reach_chain
from huizhen.chain.signer import SoftwareKey, SoftwareKeys
from huizhen.chain.state_reader import StateReader
from huizhen.chain.statements import Statements
from huizhen.db.base import IndexBase
from huizhen.db.session import Stores, open_stores
from huizhen.domain.contract_reads import Read
from huizhen.domain.ids import PartyId
from huizhen.domain.money import Fen
from huizhen.errors import ConfigurationError, FatalNodeError, NodeError
from huizhen.finance.bank_reader import BankFileReader
from huizhen.finance.payment_instruction import InstructionWriter
from huizhen.finance.simulated_bank import SimulatedBankWriter
from huizhen.indexer.cursor import Ground
from huizhen.indexer.replay import Replay
from huizhen.indexer.runner import Indexer
from huizhen.services.applications import Applications
from huizhen.services.bookings import Bookings
from huizhen.services.clock import IndexClock
from huizhen.services.demo_keys import DemoKeys, NoKeys
from huizhen.services.freshness import FreshnessReader
from huizhen.services.home import HomeReader
from huizhen.services.offices import BankFormats, Offices
from huizhen.services.profiles import Profiles
from huizhen.services.readiness import Probes
from huizhen.services.relay import Relay
from huizhen.services.statements import StatementService
from huizhen.services.verify import Verifier
from huizhen.settings import Settings
from huizhen.simulation.bank import HOLDER
from huizhen.simulation.script import SPAN

# The first two accounts of every anvil: rich there, known to the whole world, and worth nothing elsewhere.
ANVIL_DEPLOYER = "ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80"
ANVIL_RELAY = "59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d"
_INDEX_SECONDS = 3.0


@dataclass(frozen=True, slots=True)
class Operator:
    """What the use cases of one operator are made of. No part needs a live node to be made."""

    settings: Settings
    stores: Stores
    node: Node
    artifacts: Artifacts
    deployment: Deployment
    gateway: Gateway
    clock: IndexClock
    keys: DemoKeys | NoKeys
    statements: StatementService

    @classmethod
    def at(cls, settings: Settings, node_url: str) -> Operator:
        """Raises DeploymentError where nothing is deployed, ConfigurationError where a key is missing."""
        artifacts = artifacts_of(settings)
        deployment = load_deployment(settings.deployments, settings.chain_id)
        stores = open_stores(settings.index_url, settings.office_url)
        node = Node(node_url)
        gateway = Gateway(
            node,
            Statements(settings.chain_id, deployment.addresses, artifacts),
            relay_key(settings),
            settings.finality,
            Refusals.of_contracts(artifacts).of,
        )
        clock = IndexClock(stores.index)
        keys = DemoKeys(stores.office, SoftwareKeys()) if settings.demo else NoKeys()
        statements = StatementService(stores.office, gateway, keys, clock)
        return cls(settings, stores, node, artifacts, deployment, gateway, clock, keys, statements)

    def relay(self) -> Relay:
        patience = timedelta(seconds=self.settings.relay_resubmit_seconds)
        return Relay(self.stores.office, self.gateway, self.clock, raise_fee_after=patience)

    def indexer(self) -> Indexer:
        return Indexer(
            self.stores.index,
            self.node,
            self._decoder(),
            self._ground(),
            confirmations=self.settings.finality,
            window=self.settings.reorg_window,
        )

    def applications(self) -> Applications:
        home = PartyId(self.settings.operator_party or 0)
        return Applications(self.stores, self.statements, self.gateway, self.keys, self.clock, home)

    def bookings(self) -> Bookings:
        return Bookings(self.stores, self.statements, self.clock)

    def state(self) -> StateReader:
        return StateReader(self.node, self.artifacts, self.deployment.addresses)

    def verifier(self) -> Verifier:
        replay = Replay(self.node, self._decoder(), self._ground())
        return Verifier(self.stores.index, self.state(), replay)

    def offices(self) -> Offices:
        bank = SimulatedBankWriter(HOLDER) if self.settings.demo else None
        formats = BankFormats(BankFileReader(), InstructionWriter(), bank)
        custody = RailCustody(self.state())
        return Offices.of(self.stores, self.statements, self.profiles(), self.clock, custody, formats)

    def probes(self) -> Probes:
        fresh = FreshnessReader(self.stores.index, lambda: datetime.now(UTC))
        return Probes(self.stores, fresh, HomeReader(self.stores.index))

    def _ground(self) -> Ground:
        return Ground(self.settings.chain_id, self.deployment.first_block, PartyId(TAX_AUTHORITY))

    def _decoder(self) -> LogDecoder:
        return LogDecoder(self.artifacts, self.deployment.addresses)

    def profiles(self) -> Profiles:
        return Profiles(self.stores.office)

    def close(self) -> None:
        self.node.close()
        self.stores.close()


@dataclass(frozen=True, slots=True)
class RailCustody:
    """What the rail contract itself holds (services.balance_proof.CustodyReader)."""

    state: StateReader

    def custody_at(self, block: int) -> Fen:
        try:
            (amount,) = self.state.read_many([Read("IRail", "custody")], block)
        except FatalNodeError as refusal:
            # A node that was restarted may have forgotten the state of the blocks before.
            raise NodeError(
                f"节点没有区块 {block} 的状态，稍后会重试。",
                f"The node does not have the state of block {block}; it is asked again later.",
            ) from refusal
        return Fen(amount)


@dataclass(frozen=True, slots=True)
class DemoClock:
    """Moves the development chain's time. Made without a node at hand; needs one when it is turned."""

    node: Node
    clock: IndexClock

    def advance(self, seconds: int) -> None:
        """Returns when the index has seen the new time, or after a few seconds in vain."""
        moved = DevChain(self.node).advance(seconds)
        until = time.monotonic() + _INDEX_SECONDS
        while self.clock.now() < moved.time and time.monotonic() < until:
            time.sleep(0.05)


@contextlib.contextmanager
def operator(settings: Settings) -> Iterator[Operator]:
    """For a command: on the embedded chain it joins the one that runs, or runs it itself meanwhile."""
    with node_address(settings) as url:
        prepared_stores(settings).close()
        parts = Operator.at(settings, url)
        try:
            yield parts
        finally:
            parts.close()


def joined_operator(settings: Settings) -> Operator:
    """For a process whose parent runs the embedded chain."""
    return Operator.at(settings, settings.rpc_url or find_chain(settings.state_dir))


@contextlib.contextmanager
def node_address(settings: Settings) -> Iterator[str]:
    if settings.rpc_url is not None:
        yield settings.rpc_url
        return
    with reach_chain(settings.state_dir, anvil=anvil_of(settings), genesis_time=fresh_genesis()) as url:
        yield url


def fresh_genesis() -> int:
    """An embedded chain begins in the past, so that a simulated world can end in the present."""
    return int(time.time()) - SPAN


def anvil_of(settings: Settings) -> Path:
    return settings.checkout / "node_modules" / ".bin" / "anvil"


def artifacts_of(settings: Settings) -> Artifacts:
    return Artifacts(settings.checkout / "build" / "contracts")


def prepared_stores(settings: Settings) -> Stores:
    """Both stores with their tables as this version of the code wants them."""
    for url in (settings.index_url, settings.office_url):
        _make_folder(url)
    stores = open_stores(settings.index_url, settings.office_url)
    stores.index.create(IndexBase.metadata)
    _migrate(settings)
    return stores


def _migrate(settings: Settings) -> None:
    migrations = Config()
    migrations.set_main_option("script_location", str(settings.checkout / "migrations"))
    migrations.attributes["url"] = settings.office_url
    command.upgrade(migrations, "head")


def relay_key(settings: Settings) -> SoftwareKey:
    return _key(settings, settings.relay_key, ANVIL_RELAY, "HUIZHEN_RELAY_KEY")


def deployer_key(settings: Settings) -> SoftwareKey:
    return _key(settings, settings.deployer_key, ANVIL_DEPLOYER, "HUIZHEN_DEPLOYER_KEY")


def _key(settings: Settings, given: SecretStr | None, well_known: str, name: str) -> SoftwareKey:
    if given is None and not settings.development_chain:
        raise ConfigurationError(
            f"没有设置 {name}：请设为支付 gas 的账户私钥（十六进制）。",
            f"{name} is not set: set it to the private key (hex) of an account that pays for gas.",
        )
    secret = well_known if given is None else given.get_secret_value()
    digits = secret.removeprefix("0x")
    if not re.fullmatch("[0-9a-fA-F]{64}", digits):
        raise ConfigurationError(
            f"{name} 不是私钥：应为 64 个十六进制字符。",
            f"{name} is not a private key: it has 64 hexadecimal characters.",
        )
    return SoftwareKey(bytes.fromhex(digits))


def _make_folder(url: str) -> None:
    """SQLite makes its file, but not the folder for it."""
    if url.startswith("sqlite:///"):
        Path(url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
