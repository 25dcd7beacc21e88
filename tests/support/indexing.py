"""A simulated world on a chain, indexers that follow it, and deposits as the smallest act that moves money."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from huizhen.chain.decoder import LogDecoder
from huizhen.chain.deployer import TAX_AUTHORITY
from huizhen.chain.state_reader import StateReader
from huizhen.chain.statements import Statements
from huizhen.db.index.row_store import canonical_dump
from huizhen.db.session import Store, open_index
from huizhen.domain import acts
from huizhen.domain.ids import PartyId
from huizhen.domain.money import Fen
from huizhen.domain.statement import Signature
from huizhen.indexer.cursor import Ground
from huizhen.indexer.replay import Replay
from huizhen.indexer.runner import Indexer
from huizhen.services.verify import Verifier, VerifyReport
from huizhen.simulation.script import SPAN, Simulation, Size
from huizhen.simulation.stage import DAY, Stage
from tests.support.chain_setup import CHAIN_ID, SEED, ChainSetup, deployed_chain
from tests.support.postgres import Postgres

PRESENT = 1_795_000_000
GAS = 4_000_000
DATABASES = ("sqlite", "postgresql")
WINDOW = 24


def dump(store: Store) -> list[str]:
    with store.reading() as session:
        return list(canonical_dump(session.connection()))


@dataclass(slots=True)
class IndexedWorld:
    setup: ChainSetup
    simulation: Simulation
    folder: Path
    postgres: Postgres | None = None
    _names: count[int] = field(default_factory=count)
    _references: count[int] = field(default_factory=lambda: count(1))

    @property
    def ground(self) -> Ground:
        return Ground(CHAIN_ID, self.setup.deployment.first_block, PartyId(TAX_AUTHORITY))

    @property
    def decoder(self) -> LogDecoder:
        return LogDecoder(self.setup.artifacts, self.setup.deployment.addresses)

    def store(self, database: str = "sqlite") -> Store:
        """A new index, empty; on PostgreSQL in a database of its own."""
        if database == "postgresql":
            assert self.postgres is not None
            return open_index(self.postgres.database())
        return open_index(f"sqlite:///{self.folder / f'index-{next(self._names)}.sqlite'}")

    def indexer(self, store: Store, *, window: int = WINDOW, decoder: LogDecoder | None = None) -> Indexer:
        decoder = decoder or self.decoder
        return Indexer(store, self.setup.node, decoder, self.ground, confirmations=2, window=window)

    def fresh_dump(self) -> list[str]:
        """What an index of the chain as it is now looks like when it is built in one go."""
        store = self.store()
        self.indexer(store).once()
        lines = dump(store)
        store.close()
        return lines

    def verify(self, store: Store) -> VerifyReport:
        state = StateReader(self.setup.node, self.setup.artifacts, self.setup.deployment.addresses)
        return Verifier(store, state, Replay(self.setup.node, self.decoder, self.ground)).run()

    def deposit_request(self, amount: int) -> dict[str, str]:
        """A transaction, not sent yet, that brings a hospital money under a reference of its own."""
        node, people = self.setup.node, self.simulation.people
        bank, hospital = people.officials["bank"], people.hospitals[0]
        reference = next(self._references).to_bytes(32, "big")
        statements = Statements(CHAIN_ID, self.setup.deployment.addresses, self.setup.artifacts)
        deadline = node.head().time + 30 * DAY
        statement = acts.deposit(hospital.id, Fen(amount), reference, bank.id, deadline)
        signature = Signature(0, bank.key.sign(statements.digest(statement)))
        calldata = statements.calldata(statement, [signature])
        return {
            "from": node.call("eth_accounts")[3],
            "to": self.setup.deployment.addresses["RevenueLedger"],
            "data": "0x" + calldata.hex(),
            "gas": hex(GAS),
        }

    def deposit(self, amount: int) -> None:
        """Mined in a block of its own."""
        mined = self.setup.node.call("eth_sendTransactionSync", self.deposit_request(amount))
        assert mined["status"] == "0x1"


@contextmanager
def indexed_world(folder: Path, consultations: int = 12) -> Iterator[IndexedWorld]:
    with deployed_chain(folder, genesis_time=PRESENT - SPAN) as setup:
        statements = Statements(CHAIN_ID, setup.deployment.addresses, setup.artifacts)
        stage = Stage(setup.node, setup.chain, setup.sender(), statements, setup.node.head().time + 1)
        simulation = Simulation(stage, Size(12, 4, 2, consultations, SEED), PRESENT)
        simulation.run()
        yield IndexedWorld(setup, simulation, folder)
