"""Statements: what a person proposes, who has signed, and what became of it on the chain."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from huizhen.db.office import statements as repository
from huizhen.db.office.statements import SignatureRow, StatementRow, StatementStatus
from huizhen.db.session import Store
from huizhen.domain.chain_ids import Hash32, hex32
from huizhen.domain.ids import PartyId
from huizhen.domain.sentence import Sentence
from huizhen.domain.statement import Signature, Statement, from_json, to_json
from huizhen.errors import ChainRefusal, Forbidden, InvalidInput, NodeError, NotFound
from huizhen.services.ports import ChainGateway, Clock, Keys
from huizhen.services.statement_rows import deadline_of, enough, may_say_no, signature_of, values_of

NOBODY = PartyId(0)


@dataclass(frozen=True, slots=True)
class SignerView:
    """`signed_at` is None while the party has not signed."""

    party: PartyId
    signed_at: int | None


@dataclass(frozen=True, slots=True)
class StatementView:
    """`refusal` is what a contract said; `reason` what a signer or the proposer said. Times are chain time."""

    id: int
    contract: str
    function: str
    values: Mapping[str, Any]
    digest: Hash32
    proposer: PartyId
    subject: str
    status: StatementStatus
    created_at: int
    deadline: int | None
    signers: tuple[SignerView, ...]
    tx_hash: Hash32 | None
    block_number: int | None
    refusal_name: str | None
    refusal_arguments: Mapping[str, Any] = field(default_factory=dict)
    refusal: Sentence | None = None
    reason: str | None = None
    needed: int | None = None

    @property
    def open(self) -> bool:
        return self.status is StatementStatus.GATHERING

    @property
    def pending(self) -> bool:
        """On its way: a page that shows it should look again."""
        return self.status in (
            StatementStatus.QUEUED,
            StatementStatus.SUBMITTED,
            StatementStatus.CONFIRMING,
        )

    def awaits(self, party: PartyId) -> bool:
        return self.open and any(s.party == party and s.signed_at is None for s in self.signers)


@dataclass(frozen=True, slots=True)
class StatementService:
    office: Store
    chain: ChainGateway
    keys: Keys
    clock: Clock

    def propose(
        self, statement: Statement, *, proposer: PartyId, subject: str, needed: int | None = None
    ) -> StatementView:
        """Put a statement before its signers; nobody has signed it yet. Raises InvalidInput past its deadline.

        With `needed`, so many of its consenters are enough; those who signed by then are the ones it names.
        """
        row = self._row(statement, proposer, subject, needed)
        with self.office.writing() as session:
            return view_of(repository.add(session, row))

    def submit(self, statement: Statement, *, proposer: PartyId, subject: str) -> StatementView:
        """Propose, and sign as the proposer; with one signer that queues it."""
        proposed = self.propose(statement, proposer=proposer, subject=subject)
        return self.sign(proposed.id, proposer)

    def submit_unsigned(self, statement: Statement, *, proposer: PartyId, subject: str) -> StatementView:
        """What anyone may call (acceptByTime, expire, removeSigner): it is queued at once."""
        return self._queue(self._row(statement, proposer, subject), ())

    def submit_signed_elsewhere(
        self, statement: Statement, signature: bytes, *, subject: str
    ) -> StatementView:
        """For a signer who is no party: an applicant's new key, a patient's one-time key."""
        return self._queue(self._row(statement, NOBODY, subject), (Signature(0, signature),))

    def sign(self, statement: int, party: PartyId) -> StatementView:
        """Sign with the party's key; the last signature queues the statement. Signing twice changes nothing."""
        with self.office.reading() as session:
            row = self._signable(repository.find(session, statement), party)
            digest = bytes.fromhex(row.digest[2:])
        return self.add_signature(statement, party, self.keys.sign(party, digest))

    def add_signature(self, statement: int, party: PartyId, signature: Signature) -> StatementView:
        """A signature that was made elsewhere. The contract judges it when all are there."""
        with self.office.writing() as session:
            row = self._signable(repository.find(session, statement, locking=True), party)
            for seat in row.signatures:
                if seat.party == party and seat.signature is None:
                    seat.signer_index = signature.index
                    seat.signature = signature.value.hex()
                    seat.signed_at = self.clock.now()
            if row.status is StatementStatus.GATHERING and enough(row):
                self._complete(row, [signature_of(seat) for seat in row.signatures if seat.signature])
        return self._judged(row)

    def decline(self, statement: int, party: PartyId, reason: str) -> StatementView:
        """A signer says no; the statement ends, unless enough others may still sign."""
        with self.office.writing() as session:
            row = self._signable(repository.find(session, statement, locking=True), party)
            _require_gathering(row)
            row.signatures = [s for s in row.signatures if not (s.optional and s.party == party)]
            row.reason = reason
            if party in {s.party for s in row.signatures} or may_say_no(row) < 0:
                row.status = StatementStatus.DECLINED
            return view_of(row)

    def withdraw(self, statement: int, proposer: PartyId) -> StatementView:
        """The proposer takes back what is not complete yet."""
        with self.office.writing() as session:
            row = _found(repository.find(session, statement, locking=True))
            if row.proposer != proposer:
                raise _unknown()
            _require_gathering(row)
            row.status = StatementStatus.WITHDRAWN
            return view_of(row)

    def awaiting(self, party: PartyId) -> tuple[StatementView, ...]:
        with self.office.reading() as session:
            return tuple(view_of(row) for row in repository.awaiting(session, party))

    def of_subject(self, subject: str) -> tuple[StatementView, ...]:
        """Newest first. The caller has checked that the asker may see the subject."""
        with self.office.reading() as session:
            return tuple(view_of(row) for row in repository.of_subject(session, subject))

    def of_proposer(self, proposer: PartyId, limit: int = 50) -> tuple[StatementView, ...]:
        with self.office.reading() as session:
            return tuple(view_of(row) for row in repository.of_proposer(session, proposer, limit))

    def view(self, statement: int, party: PartyId) -> StatementView:
        """Raises NotFound for whoever neither proposed it nor signs it."""
        with self.office.reading() as session:
            row = _found(repository.find(session, statement, locking=True))
            if row.proposer != party and party not in {seat.party for seat in row.signatures}:
                raise _unknown()
            return view_of(row)

    def typed_data(self, statement: int, party: PartyId) -> dict[str, object]:
        """The document as wallets sign it."""
        view = self.view(statement, party)
        return self.chain.typed_data(
            Statement(view.contract, view.function, view.values, tuple(s.party for s in view.signers))
        )

    def _signable(self, row: StatementRow | None, party: PartyId) -> StatementRow:
        found = _found(row)
        if party not in {seat.party for seat in found.signatures}:
            raise _unknown()
        if any(seat.party == party and seat.signature is None for seat in found.signatures):
            _require_gathering(found)
        return found

    def _row(
        self, statement: Statement, proposer: PartyId, subject: str, needed: int | None = None
    ) -> StatementRow:
        deadline = deadline_of(statement)
        now = self.clock.now()
        if deadline is not None and deadline < now:
            raise InvalidInput(
                "签署期限已过，请重新填写。", "The time to sign this has passed. Fill it in again."
            )
        may_sign = () if needed is None else cast("Sequence[PartyId]", statement.values["consenters"])
        return StatementRow(
            contract=statement.contract,
            function=statement.function,
            content=cast("dict[str, Any]", to_json(statement.values)),
            digest=hex32(self.chain.digest(statement)) if statement.signers else hex32(bytes(32)),
            proposer=proposer,
            subject=subject,
            status=StatementStatus.GATHERING,
            created_at=now,
            deadline=deadline,
            needed=needed,
            signatures=[
                SignatureRow(position=position, party=party, optional=party in may_sign)
                for position, party in enumerate(statement.signers)
            ],
        )

    def _queue(self, row: StatementRow, signatures: Sequence[Signature]) -> StatementView:
        """Whole from the first: a crash leaves nothing that waits for a signature which nobody gives."""
        with self.office.writing() as session:
            repository.add(session, row)
            self._complete(row, signatures)
        return self._judged(row)

    def _complete(self, row: StatementRow, signatures: Sequence[Signature]) -> None:
        """All have signed."""
        if row.needed is not None:
            signed = [seat.party for seat in row.signatures if seat.optional and seat.signature]
            row.content = {**row.content, "consenters": signed}
        statement = Statement(row.contract, row.function, values_of(row))
        row.calldata = self.chain.calldata(statement, signatures).hex()
        row.status = StatementStatus.QUEUED

    def _judged(self, row: StatementRow) -> StatementView:
        """What a contract would refuse is said at once; a node that is down only delays, and locks nobody out."""
        if row.status is not StatementStatus.QUEUED:
            return view_of(row)
        try:
            self.chain.dry_run(row.contract, bytes.fromhex(row.calldata or ""))
        except NodeError:
            return view_of(row)
        except ChainRefusal as refusal:
            with self.office.writing() as session:
                row = _found(repository.find(session, row.id, locking=True))
                if row.status is StatementStatus.QUEUED:
                    refuse(row, refusal)
        return view_of(row)


def refuse(row: StatementRow, refusal: ChainRefusal) -> None:
    """Keep a contract's reason with the statement, for the person who signed it."""
    row.status = StatementStatus.REFUSED
    row.refusal_name = refusal.name
    row.refusal = {
        "zh": refusal.sentence.zh,
        "en": refusal.sentence.en,
        "arguments": to_json(refusal.arguments),
    }


def view_of(row: StatementRow) -> StatementView:
    refusal = row.refusal
    return StatementView(
        id=row.id,
        contract=row.contract,
        function=row.function,
        values=values_of(row),
        digest=row.digest,
        proposer=row.proposer,
        subject=row.subject,
        status=row.status,
        created_at=row.created_at,
        deadline=row.deadline,
        signers=tuple(SignerView(seat.party, seat.signed_at) for seat in row.signatures),
        tx_hash=row.tx_hash,
        block_number=row.block_number,
        refusal_name=row.refusal_name,
        refusal_arguments=cast("Mapping[str, Any]", from_json(refusal["arguments"])) if refusal else {},
        refusal=Sentence(refusal["zh"], refusal["en"]) if refusal else None,
        reason=row.reason,
        needed=row.needed,
    )


def _found(row: StatementRow | None) -> StatementRow:
    if row is None:
        raise _unknown()
    return row


def _require_gathering(row: StatementRow) -> None:
    if row.status is not StatementStatus.GATHERING:
        raise Forbidden(
            "这份声明已不再等待签署，请刷新页面查看结果。",
            "This statement no longer waits for signatures. Reload the page to see what became of it.",
        )


def _unknown() -> NotFound:
    return NotFound("没有这份声明，或与您无关。", "There is no such statement, or it does not concern you.")
