"""A small world of money without a node: events go through the real projector, statements become events at once.

Tests of finance, bank, authority and audit stand on it, and so can a scratch site that is looked at by eye.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

from huizhen.db.base import IndexBase, OfficeBase
from huizhen.db.index.bulk import insert_values, run
from huizhen.db.index.chain import Block, Cursor
from huizhen.db.index.loading import load
from huizhen.db.office import statements as statement_rows
from huizhen.db.office.bank import remember_reference
from huizhen.db.office.payout_destinations import PayoutDestination
from huizhen.db.office.statements import StatementStatus
from huizhen.db.session import Stores, open_stores
from huizhen.domain import chain_events as on
from huizhen.domain.bank_references import reference_digest
from huizhen.domain.chain_events import ChainEvent, LogPosition
from huizhen.domain.chain_ids import ConsultationId, Hash32, hex32
from huizhen.domain.commitments import commit
from huizhen.domain.ids import PartyId
from huizhen.domain.money import Fen
from huizhen.domain.split import Leg, LegKind
from huizhen.domain.statement import Signature, Statement, to_json
from huizhen.finance.bank_reader import BankFileReader
from huizhen.finance.bank_writer import Holder
from huizhen.finance.payment_instruction import InstructionWriter
from huizhen.finance.simulated_bank import SimulatedBankWriter
from huizhen.indexer.batch import row_steps
from huizhen.indexer.projector import Projector
from huizhen.indexer.rows import RowSet
from huizhen.services.clock import IndexClock
from huizhen.services.offices import BankFormats, Offices
from huizhen.services.profiles import Profiles
from huizhen.services.statements import StatementService, StatementView
from tests.support.chain_events import stored_log
from tests.support.ledger_events import NOWHERE, TAX, booked, contract_of, events_of, fake_hash

START = 1_772_500_000
DAY = 24 * 3600
HOLDER = Holder("110900000000888", "会诊平台客户资金存管专户", "海澜结算银行（模拟）")


class FakeChain:
    """Implements what StatementService asks of a chain and of keys; nothing is ever refused."""

    def digest(self, statement: Statement) -> bytes:
        text = json.dumps([statement.function, to_json(statement.values)], sort_keys=True)
        return sha256(text.encode()).digest()

    def calldata(self, statement: Statement, signatures: Sequence[Signature]) -> bytes:
        return self.digest(statement) + bytes([len(signatures)])

    def dry_run(self, _contract: str, _calldata: bytes) -> int:
        return 100_000

    def sign(self, party: PartyId, digest: bytes) -> Signature:
        return Signature(0, sha256(bytes([party]) + digest).digest() * 2)

    def custody_at(self, _block: int) -> Fen:
        return self.custody

    custody = Fen(0)


@dataclass(slots=True)
class LedgerWorld:
    """`now` is the time of the next block; all blocks but the last two are final."""

    folder: Path
    stores: Stores = field(init=False)
    chain: FakeChain = field(default_factory=FakeChain)
    statements: StatementService = field(init=False)
    offices: Offices = field(init=False)
    profiles: Profiles = field(init=False)
    now: int = START
    block: int = 0

    def __post_init__(self) -> None:
        self.stores = open_stores(
            f"sqlite:///{self.folder}/index.sqlite", f"sqlite:///{self.folder}/office.sqlite"
        )
        self.stores.index.create(IndexBase.metadata)
        self.stores.office.create(OfficeBase.metadata)
        clock = IndexClock(self.stores.index)
        fake: Any = self.chain
        self.profiles = Profiles(self.stores.office)
        self.statements = StatementService(self.stores.office, fake, fake, clock)
        formats = BankFormats(BankFileReader(), InstructionWriter(), SimulatedBankWriter(HOLDER))
        self.offices = Offices.of(self.stores, self.statements, self.profiles, clock, self.chain, formats)

    # Blocks

    def mine(self, *events: ChainEvent, after: int = 60) -> Hash32:
        """One block with one transaction of these events (their positions are set here)."""
        self.now, self.block = self.now + after, self.block + 1
        tx_hash = fake_hash("tx", self.block)
        header = fake_hash("block", self.block)
        placed = [self._placed(event, place, tx_hash, header) for place, event in enumerate(events)]
        with self.stores.index.writing() as session:
            rows = RowSet(partial(load, session.connection()))
            Projector(TAX).project_all(rows, placed, images_above=self.block)
            logs = insert_values("sqlite", "log", list(map(stored_log, placed)))
            run(session.connection(), [*logs, *row_steps("sqlite", rows)])
            session.merge(self._cursor(header))
            session.flush()
            self._header(session, header)
        return tx_hash

    def settle(self) -> None:
        """Two empty blocks: all before them is final."""
        self.mine()
        self.mine()

    def _placed(self, event: ChainEvent, place: int, tx_hash: Hash32, header: Hash32) -> ChainEvent:
        at = LogPosition(self.block, header, self.now, tx_hash, 0, place, contract_of(event))
        values = {name: getattr(event, name) for name in event.__dataclass_fields__ if name != "at"}
        return type(event)(at=at, **values)

    def _cursor(self, header: Hash32) -> Cursor:
        return Cursor(
            id=1,
            projection_version=1,
            chain_id=31337,
            first_block=1,
            tax_authority=TAX,
            block_number=self.block,
            block_hash=header,
            block_time=self.now,
            final_number=max(self.block - 2, 0),
            undo_floor=max(self.block - 2, 0),
            head_number=self.block,
            head_time=self.now,
            followed_at=datetime.now(UTC),
            halted_zh=None,
            halted_en=None,
        )

    def _header(self, session: Any, header: Hash32) -> None:
        parent = fake_hash("block", self.block - 1)
        session.add(Block(number=self.block, hash=header, parent_hash=parent, time=self.now))

    # Statements

    def carry(self) -> int:
        """Every queued statement becomes the events that its contract would emit, in a block of its own."""
        with self.stores.office.reading() as session:
            queued = statement_rows.in_status(session, [StatementStatus.QUEUED])
        for row in queued:
            view = self.statements.view(row.id, row.proposer)
            tx_hash = self.mine(*events_of(self, view))
            with self.stores.office.writing() as session:
                kept = session.get_one(statement_rows.StatementRow, row.id)
                kept.status, kept.tx_hash, kept.block_number = StatementStatus.FINAL, tx_hash, self.block
        return len(queued)

    def sign(self, view: StatementView, party: PartyId) -> None:
        self.statements.sign(view.id, party)
        self.carry()

    # What happens in it

    def deposit(self, hospital: PartyId, amount: int, reference: str) -> Hash32:
        """As if the bank had typed the reference here."""
        with self.stores.office.writing() as session:
            remember_reference(session, hex32(reference_digest(reference)), reference)
        return self.mine(*self.deposited(hospital, amount, hex32(reference_digest(reference))))

    def deposited(self, hospital: PartyId, amount: int, reference: Hash32) -> list[ChainEvent]:
        self.chain.custody = Fen(self.chain.custody + amount)
        collected = on.Collected(NOWHERE, reference, Fen(amount), self.chain.custody)
        return [on.Deposited(NOWHERE, hospital, Fen(amount), reference), collected]

    def name_account(self, party: PartyId, number: str, holder: str, *, waits: bool = False) -> Hash32:
        """In force at once unless it `waits` for its 48 hours."""
        commitment = hex32(commit(b"k" * 32, "中国工商银行", number))
        with self.stores.office.writing() as session:
            session.add(
                PayoutDestination(
                    commitment=commitment,
                    party=party,
                    bank="中国工商银行",
                    account=number,
                    holder=holder,
                    key=(b"k" * 32).hex(),
                    created_at=self.now,
                )
            )
        effective_at = self.now + (2 * DAY if waits else 0)
        return self.mine(on.PayoutAccountSet(NOWHERE, party, commitment, effective_at, 1))

    def earn(self, consultation: int, hospital: PartyId, legs: Mapping[PartyId, tuple[LegKind, int]]) -> None:
        """A booking, and its settlement."""
        total = Fen(sum(amount for _, amount in legs.values()))
        number = ConsultationId(consultation)
        found = tuple(Leg(kind, party, Fen(amount)) for party, (kind, amount) in legs.items())
        self.mine(booked(number, hospital, total, self.now), on.Escrowed(NOWHERE, number, hospital, total))
        self.mine(
            on.EscrowReleased(NOWHERE, number, hospital, total, found), on.Settled(NOWHERE, number, True)
        )
