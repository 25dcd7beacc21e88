"""The relay: pays the gas of statements that are fully signed, and never sends one twice.

A statement's nonce and signed transaction are committed before it is broadcast. After a crash, a reorganisation
or a forgetful node the same bytes are sent again; after a while without a block, the same nonce with a higher fee.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from huizhen.db.office import statements as repository
from huizhen.db.office.statements import StatementRow, StatementStatus
from huizhen.db.session import Session, Store
from huizhen.domain.chain_ids import Hash32
from huizhen.domain.signed_transaction import SignedTransaction
from huizhen.errors import ChainRefusal
from huizhen.services.ports import ChainGateway, Clock, Receipt
from huizhen.services.statements import refuse

# Nodes accept a replacement only from a tenth more; an eighth is the usual step.
FEE_STEP = (9, 8)
# The dry run stands on an earlier state than the block that includes the call.
GAS_MARGIN = (6, 5)


def wall_clock() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Relay:
    """`rebroadcast_after` is how long a transaction may be unknown before it is sent again, `raise_fee_after`
    how long before it is replaced with a higher fee. Both are wall time: they watch the network, not the chain.
    """

    office: Store
    chain: ChainGateway
    clock: Clock
    rebroadcast_after: timedelta = timedelta(seconds=3)
    raise_fee_after: timedelta = timedelta(seconds=30)
    moment: Callable[[], datetime] = wall_clock

    def once(self) -> int:
        """One round; answers how many statements moved. Raises NodeError where the node is down."""
        return self._lapse() + self._follow() + self._send()

    def _lapse(self) -> int:
        now = self.clock.now()
        with self.office.writing() as session:
            rows = repository.overdue(session, now)
            for row in rows:
                row.status = StatementStatus.LAPSED
            return len(rows)

    def _follow(self) -> int:
        """Look at what was sent: mined, final, gone, or stuck."""
        with self.office.reading() as session:
            ids = [row.id for row in repository.in_status(session, repository.ON_CHAIN_SIDE)]
        if not ids:
            return 0
        final = self.chain.final()
        return sum(self._follow_one(statement, final) for statement in ids)

    def _follow_one(self, statement: int, final: int) -> bool:
        with self.office.writing() as session:
            row = repository.find(session, statement)
            if row is None or row.tx_hash is None:
                return False
            before = row.status
            receipt = self._receipt(row)
            if receipt is None:
                row.status, row.block_number = StatementStatus.SUBMITTED, None
                self._send_again(row)
            elif not receipt.succeeded:
                self._explain(row)
            else:
                row.block_number = receipt.block_number
                is_final = receipt.block_number <= final
                row.status = StatementStatus.FINAL if is_final else StatementStatus.CONFIRMING
            return row.status is not before

    def _receipt(self, row: StatementRow) -> Receipt | None:
        """Of whichever of the statement's transactions was mined."""
        for tx_hash in filter(None, (row.tx_hash, *row.replaced)):
            receipt = self.chain.receipt(Hash32(tx_hash))
            if receipt is not None:
                row.tx_hash = Hash32(tx_hash)
                return receipt
        return None

    def _send_again(self, row: StatementRow) -> None:
        if row.raw is None or row.sent_at is None or row.nonce is None:
            return
        waited = self.moment() - row.sent_at
        if waited < self.rebroadcast_after:
            return
        if self.chain.nonce() > row.nonce:
            # Another transaction took the nonce and this one can never be mined: it starts over.
            _start_over(row)
            return
        if waited >= self.raise_fee_after * row.attempts:
            self._sign(row, row.nonce, max(self.chain.fee(), (row.fee or 0) * FEE_STEP[0] // FEE_STEP[1] + 1))
        self.chain.broadcast(bytes.fromhex(row.raw or ""))

    def _explain(self, row: StatementRow) -> None:
        """It was mined and reverted, because something else came first: ask the contract why."""
        try:
            self.chain.dry_run(row.contract, bytes.fromhex(row.calldata or ""))
        except ChainRefusal as refusal:
            refuse(row, refusal)
            return
        # It would pass now: whatever stood in its way has gone again.
        _start_over(row)

    def _send(self) -> int:
        with self.office.reading() as session:
            ids = [row.id for row in repository.in_status(session, [StatementStatus.QUEUED])]
        return sum(self._send_one(statement) for statement in ids)

    def _send_one(self, statement: int) -> bool:
        with self.office.writing() as session:
            row = repository.find(session, statement)
            if row is None or row.status is not StatementStatus.QUEUED:
                return False
            try:
                row.gas = self.chain.dry_run(row.contract, bytes.fromhex(row.calldata or ""))
            except ChainRefusal as refusal:
                refuse(row, refusal)
                return True
            row.status = StatementStatus.SUBMITTED
            self._sign(row, self._next_nonce(session), self.chain.fee())
        self.chain.broadcast(bytes.fromhex(row.raw or ""))
        return True

    def _sign(self, row: StatementRow, nonce: int, fee: int) -> SignedTransaction:
        gas = (row.gas or 0) * GAS_MARGIN[0] // GAS_MARGIN[1]
        sent = self.chain.sign_transaction(row.contract, bytes.fromhex(row.calldata or ""), gas, nonce, fee)
        if row.tx_hash is not None:
            row.replaced = [*row.replaced, row.tx_hash]
        row.nonce, row.fee, row.raw, row.tx_hash = sent.nonce, sent.fee, sent.raw.hex(), sent.tx_hash
        row.sent_at = self.moment()
        row.attempts += 1
        return sent

    def _next_nonce(self, session: Session) -> int:
        highest = repository.highest_nonce(session)
        mined = self.chain.nonce()
        return mined if highest is None else max(mined, highest + 1)


def _start_over(row: StatementRow) -> None:
    row.status, row.nonce, row.raw, row.tx_hash, row.replaced = StatementStatus.QUEUED, None, None, None, []
    row.attempts = 0
