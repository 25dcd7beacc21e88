"""Events told in words, with where they stand: what timelines and the auditor's pages show."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from huizhen.db.index.audit_queries import Told
from huizhen.db.index.chain import Log
from huizhen.domain.chain_ids import Hash32
from huizhen.domain.ids import PartyId
from huizhen.domain.sentence import Sentence
from huizhen.services.event_words import Arguments, arguments_of, describe
from huizhen.services.fact_words import Names, fact, parties_in
from huizhen.services.profiles import Profiles
from huizhen.services.trace import Finality


@dataclass(frozen=True, slots=True)
class Entry:
    """One event; `state` is confirming or final. `facts` are all its arguments as they are, for the proof.

    `consultation` and `batch` say whose story it belongs to, if any.
    """

    name: str
    contract: str
    title: Sentence
    tone: str
    at: int
    block: int
    log_index: int
    tx_hash: Hash32
    state: str
    facts: tuple[tuple[str, Sentence], ...]
    consultation: int | None
    batch: int | None


def tell(rows: Sequence[Told], profiles: Profiles, finality: Finality) -> tuple[Entry, ...]:
    read = [(event, time, arguments_of(event.arguments)) for event, time in rows]
    names = profiles.names(_named(arguments for _, _, arguments in read))
    return tuple(_entry(event, time, arguments, names, finality) for event, time, arguments in read)


def _named(all_arguments: Iterable[Arguments]) -> set[PartyId]:
    return {party for arguments in all_arguments for party in parties_in(arguments)}


def _entry(event: Log, time: int, arguments: Arguments, names: Names, finality: Finality) -> Entry:
    words = describe(event.name, arguments, names)
    return Entry(
        event.name,
        event.contract,
        words.sentence,
        words.tone,
        time,
        event.block_number,
        event.log_index,
        event.tx_hash,
        finality.at(event.block_number, event.tx_hash).state,
        tuple((key, fact(key, value, names)) for key, value in arguments.items()),
        event.consultation,
        event.batch,
    )
