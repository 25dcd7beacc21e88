"""What has changed between two looks at the stores, by topic: what open pages need to hear.

A topic is what a part of a page shows: consultation:7, batch:2, statement:41, draft:5, file:1, tx:0x…; for lists
    party:3         what the chain says of a party, of consultations that it sits in or booked, of batches that pay it
    inbox:3         statements that the party put forward or is to sign
    cases:3         the cases of a hospital, before they are booked
    contract:NAME   every event of a contract
    statements, files, matching     any statement, any bank file, a run that matched the bank's lines
    head            what changes with every block.
The subjects of statements are topics as they stand.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from zlib import crc32

from huizhen.db.index import change_queries as queries
from huizhen.db.index.chain import Log
from huizhen.db.office import change_queries as office_queries
from huizhen.db.session import Stores
from huizhen.domain.chain_ids import NO_HASH, Hash32
from huizhen.domain.ids import PartyId

Topics = frozenset[str]

EVERYTHING: Topics = frozenset(["*"])
"""So much has changed that every open page asks again."""

HEAD = "head"
MOST_EVENTS = 2_000
"""More new events than these at once come from an index that is catching up."""

NEWEST = 20
"""Of what is only ever added; one that is pushed out is told once more, which shows nothing new."""


@dataclass(frozen=True, slots=True)
class Told:
    """An event that is not final yet."""

    tx_hash: Hash32
    topics: Topics


@dataclass(frozen=True, slots=True)
class Moving:
    """Something of the office that is on its way; `state` differs after each step."""

    state: tuple[object, ...]
    topics: Topics


@dataclass(frozen=True, slots=True)
class Picture:
    """The stores at one look. `events` are those above `final`, by block and log; `overflow` says that there are
    more of them than anybody compares.
    """

    block: int = -1
    hash: Hash32 = NO_HASH
    final: int = -1
    events: Mapping[tuple[int, int], Told] = field(default_factory=dict)
    moving: Mapping[tuple[str, int], Moving] = field(default_factory=dict)
    overflow: bool = False

    @property
    def mark(self) -> str:
        """The same in every process that looks at the same state of the stores."""
        steps = sorted((key, str(each.state)) for key, each in self.moving.items())
        return f"{self.block}.{self.hash[2:12]}.{self.final}.{crc32(repr(steps).encode()):08x}"


@dataclass(frozen=True, slots=True)
class ChangeReader:
    """Reads cheap rows alone: a cursor, and what is not settled yet."""

    stores: Stores

    def look(self, before: Picture | None = None) -> Picture:
        """Now. With `before`, events are read again only where the cursor moved, from its last final block on."""
        moving = self._moving()
        with self.stores.index.reading() as session:
            reached = queries.reached(session)
            if reached is None:
                return Picture(moving=moving)
            block, hash_, final = reached
            if before is not None and (block, hash_, final) == (before.block, before.hash, before.final):
                return replace(before, moving=moving)
            rows = queries.events_above(session, before.final if before else final, MOST_EVENTS + 1)
            if len(rows) > MOST_EVENTS:
                return Picture(block, hash_, final, {}, moving, overflow=True)
            before = before or Picture()
            known = _known(rows, before)
            concerned = queries.concerned(session, [row for row in rows if _place(row) not in known])
        return Picture(block, hash_, final, _told(rows, known, concerned, _sent(before, moving)), moving)

    def _moving(self) -> Mapping[tuple[str, int], Moving]:
        with self.stores.office.reading() as session:
            statements = office_queries.moving_statements(session)
            signers = office_queries.signers_of_moving(session)
            files = office_queries.files_in_work(session)
            steps = office_queries.newest_steps(session, NEWEST)
            openings = office_queries.newest_openings(session, NEWEST)
            run = office_queries.newest_run(session)
        inboxes: dict[int, set[str]] = defaultdict(set)
        for id_, party in signers:
            inboxes[id_].add(f"inbox:{party}")
        found: dict[tuple[str, int], Moving] = {}
        for id_, proposer, subject, status, tx_hash, signed in statements:
            topics = {f"statement:{id_}", "statements", subject, f"inbox:{proposer}"} | inboxes[id_]
            if tx_hash:
                topics.add(f"tx:{tx_hash}")
            found["statement", id_] = Moving((status.value, tx_hash, signed), frozenset(topics))
        for id_, state, lines in files:
            found["file", id_] = Moving((state.value, lines), frozenset(["files", f"file:{id_}"]))
        for id_, draft, hospital in steps:
            found["step", id_] = Moving((), frozenset([f"draft:{draft}", f"cases:{hospital}"]))
        for id_, draft in openings:
            found["opening", id_] = Moving((), frozenset([f"draft:{draft}"]))
        if run is not None:
            found["run", run] = Moving((), frozenset(["matching"]))
        return found


def changed(before: Picture, after: Picture) -> Topics:
    """The topics of all that is new, gone, another, or final now and was not."""
    stands = (before.block, before.hash, before.final) == (after.block, after.hash, after.final)
    if after.final < before.final or ((before.overflow or after.overflow) and not stands):
        return EVERYTHING
    topics: set[str] = set()
    if (before.block, before.hash) != (after.block, after.hash):
        topics.add(HEAD)
    for key in before.events.keys() | after.events.keys():
        was, now = before.events.get(key), after.events.get(key)
        if key[0] > before.final and (was != now or key[0] <= after.final):
            topics |= _topics(was) | _topics(now)
    for id_ in before.moving.keys() | after.moving.keys():
        then, since = before.moving.get(id_), after.moving.get(id_)
        if then != since:
            topics |= _topics(then) | _topics(since)
    return frozenset(topics)


def _topics(each: Told | Moving | None) -> Topics:
    return each.topics if each else frozenset()


def _place(row: Log) -> tuple[int, int]:
    return row.block_number, row.log_index


def _known(rows: Sequence[Log], before: Picture) -> Mapping[tuple[int, int], Topics]:
    """Of the events that the look before had seen: their subjects do not change."""
    seen = ((_place(row), row.tx_hash, before.events.get(_place(row))) for row in rows)
    return {place: old.topics for place, tx_hash, old in seen if old and old.tx_hash == tx_hash}


def _sent(before: Picture, moving: Mapping[tuple[str, int], Moving]) -> Mapping[str, Topics]:
    """By transaction, whatever statement it carried out: consents name no subject on chain."""
    sent: dict[str, Topics] = {}
    for each in (*before.moving.values(), *moving.values()):
        for topic in each.topics:
            if topic.startswith("tx:"):
                sent[topic] = sent.get(topic, frozenset()) | each.topics
    return sent


def _told(
    rows: Sequence[Log],
    known: Mapping[tuple[int, int], Topics],
    concerned: Mapping[tuple[str, int], Collection[PartyId]],
    sent: Mapping[str, Topics],
) -> dict[tuple[int, int], Told]:
    told: dict[tuple[int, int], Told] = {}
    for row in rows:
        place, tx = _place(row), f"tx:{row.tx_hash}"
        topics = known[place] if place in known else frozenset({tx, *_subjects(row, concerned)})
        told[place] = Told(row.tx_hash, topics | sent.get(tx, frozenset()))
    return told


def _subjects(row: Log, concerned: Mapping[tuple[str, int], Collection[PartyId]]) -> Iterator[str]:
    yield f"contract:{row.contract}"
    for kind, number in (
        ("consultation", row.consultation),
        ("batch", row.batch),
        ("party", row.party),
        ("party", row.counterparty),
        ("party", row.group),
    ):
        if number is not None:
            yield f"{kind}:{number}"
            yield from (f"party:{party}" for party in concerned.get((kind, number), ()))
