"""What anybody may read of the chain: transactions, blocks, one thing's whole story, and the way to each of them."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass, replace

from huizhen.db.index import audit_queries, ledger_queries, payout_queries
from huizhen.db.index.chain import Block
from huizhen.db.index.consultations import Consultation
from huizhen.db.office import statement_log
from huizhen.db.session import Session, Stores
from huizhen.domain.bank_references import reference_digest
from huizhen.domain.chain_ids import Hash32, hex32
from huizhen.domain.ids import PartyId
from huizhen.domain.sentence import Sentence
from huizhen.errors import InvalidInput, NotFound
from huizhen.services.chain_story import Entry, tell
from huizhen.services.profiles import Profiles
from huizhen.services.statements import StatementView, view_of
from huizhen.services.trace import finality

_HASH = re.compile(r"(?:0x)?([0-9a-f]{64})")
_ITEM = re.compile(r"HZ0*(\d+)(?:-\d{2})?(?:-R)?", re.IGNORECASE)
PER_PAGE = 30


@dataclass(frozen=True, slots=True)
class TransactionPage:
    """`state` is submitted, confirming, final or refused; the block is None until one holds it.

    `confirmations` counts the blocks on top, its own included.
    """

    tx_hash: Hash32
    state: str
    block: int | None
    block_hash: Hash32 | None
    at: int | None
    confirmations: int
    entries: tuple[Entry, ...]
    refusal: Sentence | None

    @property
    def moving(self) -> bool:
        return self.state in ("submitted", "confirming")


@dataclass(frozen=True, slots=True)
class BlockRow:
    number: int
    hash: Hash32
    at: int
    events: int
    state: str


@dataclass(frozen=True, slots=True)
class BlockPage:
    row: BlockRow
    parent_hash: Hash32
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Recent:
    """The newest events and blocks; `head` and `final` are block numbers."""

    head: int
    final: int
    blocks: tuple[BlockRow, ...]
    entries: tuple[Entry, ...]
    page: int
    pages: int


@dataclass(frozen=True, slots=True)
class Story:
    """Everything that the chain says of one consultation or payout batch."""

    number: int
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Hit:
    """Where a search leads: `kind` is transaction, block, party, consultation or batch; `key` a hash or a number."""

    kind: str
    key: str
    label: Sentence


@dataclass(frozen=True, slots=True)
class Audit:
    stores: Stores
    profiles: Profiles

    def transaction(self, text: str) -> TransactionPage:
        """Raises NotFound for a hash that neither chain nor relay knows."""
        tx_hash = _hash(text)
        with self.stores.index.reading() as session:
            told = audit_queries.events_of_transaction(session, tx_hash)
            cursor = ledger_queries.cursor(session)
            block = audit_queries.block(session, told[0][0].block_number) if told else None
            final = finality(session)
        with self.stores.office.reading() as session:
            sent = statement_log.of_transaction(session, tx_hash)
            statement = view_of(sent) if sent is not None else None
        if not told and statement is None:
            raise _unknown(text)
        number = told[0][0].block_number if told else None
        return TransactionPage(
            tx_hash,
            final.at(number, tx_hash).state if number is not None else _state(statement),
            number,
            block.hash if block is not None else None,
            told[0][1] if told else None,
            max(0, cursor.head_number - number + 1) if cursor and number is not None else 0,
            tell(told, self.profiles, final),
            statement.refusal if statement is not None else None,
        )

    def recent(self, page: int = 1) -> Recent:
        with self.stores.index.reading() as session:
            cursor = ledger_queries.cursor(session)
            told = audit_queries.newest_events(session, page, PER_PAGE)
            total = audit_queries.event_count(session)
            blocks = audit_queries.blocks(session, None, 12)
            final = finality(session)
        return Recent(
            cursor.head_number if cursor else 0,
            final.block,
            tuple(_block(block, events, final.block) for block, events in blocks),
            tell(told, self.profiles, final),
            page,
            max(1, -(-total // PER_PAGE)),
        )

    def block(self, number: int) -> BlockPage:
        """Raises NotFound, also for blocks without an event of ours: their headers are not kept."""
        with self.stores.index.reading() as session:
            found = audit_queries.block(session, number)
            if found is None:
                raise _unknown(str(number))
            told = audit_queries.events_of_block(session, number)
            final = finality(session)
        return BlockPage(
            _block(found, len(told), final.block), found.parent_hash, tell(told, self.profiles, final)
        )

    def consultation(self, number: int) -> Story:
        with self.stores.index.reading() as session:
            told = audit_queries.events_of_consultation(session, number)
            final = finality(session)
        return _story(number, tell(told, self.profiles, final))

    def batch(self, number: int) -> Story:
        with self.stores.index.reading() as session:
            told = audit_queries.events_of_batch(session, number)
            final = finality(session)
        return _story(number, tell(told, self.profiles, final))

    def search(self, text: str) -> tuple[Hit, ...]:
        """By hash (transaction, block, terms, signed digest, commitment), number, or the bank's reference."""
        asked = text.strip()
        hashed = _HASH.fullmatch(asked.lower())
        with self.stores.index.reading() as session:
            found = _by_hash(session, Hash32(f"0x{hashed[1]}")) if hashed else _by_words(session, asked)
        if hashed and not found:
            found = self._by_statement(Hash32(f"0x{hashed[1]}"))
        names = self.profiles.names(PartyId(int(hit.key)) for hit in found if hit.kind == "party")
        return tuple(
            replace(hit, label=names[PartyId(int(hit.key))]) if hit.kind == "party" else hit for hit in found
        )

    def _by_statement(self, digest: Hash32) -> list[Hit]:
        with self.stores.office.reading() as session:
            row = statement_log.of_digest(session, digest) or statement_log.of_transaction(session, digest)
        if row is None or row.tx_hash is None:
            return []
        return [Hit("transaction", row.tx_hash, Sentence("已提交的声明", "A statement that was sent"))]

    def statements(self, page: int = 1) -> tuple[tuple[StatementView, ...], int]:
        """(statements, pages), newest first: for auditors of this operator."""
        with self.stores.office.reading() as session:
            rows = statement_log.newest(session, page, PER_PAGE)
            total = statement_log.count(session)
            return tuple(view_of(row) for row in rows), max(1, -(-total // PER_PAGE))


def _by_hash(session: Session, value: Hash32) -> list[Hit]:
    found: list[Hit] = []
    if audit_queries.events_of_transaction(session, value):
        found.append(Hit("transaction", value, Sentence("交易", "Transaction")))
    block = audit_queries.block_by_hash(session, value)
    if block is not None:
        found.append(_hit_block(block))
    found += _by_reference(session, value)
    found += [_hit_consultation(number) for number in audit_queries.consultations_by_hash(session, value)]
    found += [_hit_party(number) for number in audit_queries.parties_by_hash(session, value)]
    return found


def _by_words(session: Session, text: str) -> list[Hit]:
    found: list[Hit] = []
    if text.isdecimal() and len(text) < 16:
        number = int(text)
        if audit_queries.party(session, PartyId(number)) is not None:
            found.append(_hit_party(PartyId(number)))
        if session.get(Consultation, number) is not None:
            found.append(_hit_consultation(number))
        if payout_queries.batch(session, number) is not None:
            found.append(_hit_batch(number))
        block = audit_queries.block(session, number)
        if block is not None:
            found.append(_hit_block(block))
    item = _ITEM.fullmatch(text)
    if item is not None and payout_queries.batch(session, int(item[1])) is not None:
        found.append(_hit_batch(int(item[1])))
    with suppress(InvalidInput):
        found += _by_reference(session, hex32(reference_digest(text)))
    return found


def _by_reference(session: Session, bank_ref: Hash32) -> list[Hit]:
    words = Sentence("登记该银行流水号的交易", "Where this bank reference was recorded")
    return [Hit("transaction", row.tx_hash, words) for row in audit_queries.references(session, bank_ref)]


def _hit_party(number: PartyId) -> Hit:
    return Hit("party", str(number), Sentence(f"编号 {number}", f"Party {number}"))


def _hit_consultation(number: int) -> Hit:
    return Hit("consultation", str(number), Sentence(f"第{number}号会诊", f"Consultation {number}"))


def _hit_batch(number: int) -> Hit:
    return Hit("batch", str(number), Sentence(f"第{number}批付款", f"Payout batch {number}"))


def _hit_block(block: Block) -> Hit:
    return Hit("block", str(block.number), Sentence(f"区块 {block.number}", f"Block {block.number}"))


def _block(block: Block, events: int, final: int) -> BlockRow:
    state = "final" if block.number <= final else "confirming"
    return BlockRow(block.number, block.hash, block.time, events, state)


def _story(number: int, entries: tuple[Entry, ...]) -> Story:
    if not entries:
        raise _unknown(str(number))
    return Story(number, entries)


def _state(statement: StatementView | None) -> str:
    return "refused" if statement is not None and statement.refusal is not None else "submitted"


def _hash(text: str) -> Hash32:
    found = _HASH.fullmatch(text.lower())
    if found is None:
        raise _unknown(text)
    return Hash32(f"0x{found[1]}")


def _unknown(what: str) -> NotFound:
    return NotFound(f"链上没有{what}。", f"The chain knows nothing of {what}.")
