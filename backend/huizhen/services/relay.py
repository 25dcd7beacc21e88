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
from huizhen.db.session import Store
from huizhen.domain.chain_ids import Hash32
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
        """The node is asked while nothing is locked: one that hangs must not keep people from writing."""
        known = self._read(statement)
        if known is None or known.tx_hash is None:
            return False
        receipt = self._receipt(known)
        if receipt is None:
            return self._send_again(known)
        refusal = None if receipt.succeeded else self._refusal(known)
        with self.office.writing() as session:
            row = repository.find(session, statement, locking=True)
            if row is None:
                return False
            row.tx_hash = receipt.tx_hash
            if receipt.succeeded:
                row.block_number = receipt.block_number
                is_final = receipt.block_number <= final
                row.status = StatementStatus.FINAL if is_final else StatementStatus.CONFIRMING
            elif refusal is not None:
                refuse(row, refusal)
            else:
                # It would pass now: whatever stood in its way has gone again.
                _start_over(row)
            return row.status is not known.status

    def _read(self, statement: int) -> StatementRow | None:
        with self.office.reading() as session:
            return repository.find(session, statement)

    def _receipt(self, row: StatementRow) -> Receipt | None:
        """Of whichever of the statement's transactions was mined."""
        for tx_hash in filter(None, (row.tx_hash, *row.replaced)):
            receipt = self.chain.receipt(Hash32(tx_hash))
            if receipt is not None:
                return receipt
        return None

    def _send_again(self, known: StatementRow) -> bool:
        """Of one that is in no block. The bytes of a replacement are committed before the node has them, too."""
        if known.raw is None or known.sent_at is None or known.nonce is None:
            return False
        waited = self.moment() - known.sent_at
        due = waited >= self.rebroadcast_after
        lost = due and self.chain.nonce() > known.nonce
        if lost and self._receipt(known) is not None:
            # It was mined after the first look: the next round sees it.
            return False
        stuck = due and not lost and waited >= self.raise_fee_after * known.attempts
        raised = (known.fee or 0) * FEE_STEP[0] // FEE_STEP[1] + 1
        fee = max(self.chain.fee(), raised) if stuck else 0
        with self.office.writing() as session:
            row = repository.find(session, known.id, locking=True)
            if row is None:
                return False
            row.status, row.block_number = StatementStatus.SUBMITTED, None
            if lost:
                # Another transaction took the nonce and this one can never be mined.
                _start_over(row)
            elif stuck:
                self._sign(row, known.nonce, fee)
        if due and not lost:
            self.chain.broadcast(bytes.fromhex(row.raw or ""))
        return row.status is not known.status

    def _refusal(self, known: StatementRow) -> ChainRefusal | None:
        """Why it was mined and reverted: something else came first. None where it would pass by now."""
        try:
            self.chain.dry_run(known.contract, bytes.fromhex(known.calldata or ""))
        except ChainRefusal as refusal:
            return refusal
        return None

    def _send(self) -> int:
        with self.office.reading() as session:
            ids = [row.id for row in repository.in_status(session, [StatementStatus.QUEUED])]
        return sum(self._send_one(statement) for statement in ids)

    def _send_one(self, statement: int) -> bool:
        known = self._read(statement)
        if known is None or known.status is not StatementStatus.QUEUED:
            return False
        refusal, gas = None, 0
        try:
            gas = self.chain.dry_run(known.contract, bytes.fromhex(known.calldata or ""))
        except ChainRefusal as said:
            refusal = said
        mined, fee = self.chain.nonce(), self.chain.fee()
        with self.office.writing() as session:
            row = repository.find(session, statement, locking=True)
            if row is None or row.status is not StatementStatus.QUEUED:
                return False
            if refusal is not None:
                refuse(row, refusal)
                return True
            row.status, row.gas = StatementStatus.SUBMITTED, gas
            self._sign(row, max(mined, repository.free_nonce(session)), fee)
        self.chain.broadcast(bytes.fromhex(row.raw or ""))
        return True

    def _sign(self, row: StatementRow, nonce: int, fee: int) -> None:
        gas = (row.gas or 0) * GAS_MARGIN[0] // GAS_MARGIN[1]
        if row.tx_hash is not None:
            row.replaced = [*row.replaced, row.tx_hash]
        calldata = bytes.fromhex(row.calldata or "")
        sent = self.chain.sign_transaction(row.contract, calldata, gas, nonce, fee, len(row.replaced))
        row.nonce, row.fee, row.raw, row.tx_hash = sent.nonce, sent.fee, sent.raw.hex(), sent.tx_hash
        row.sent_at = self.moment()
        row.attempts += 1


def _start_over(row: StatementRow) -> None:
    row.status, row.nonce, row.raw, row.tx_hash, row.replaced = StatementStatus.QUEUED, None, None, None, []
    row.attempts = 0
