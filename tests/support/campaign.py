"""Blocks, turns of the chain, kills and bad nodes by the dice; in the end the index must be that of a fresh build."""

from __future__ import annotations

import os
import random
import signal
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import count
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import event

from huizhen.chain.artifacts import Artifacts
from huizhen.chain.client import Node
from huizhen.chain.decoder import LogDecoder
from huizhen.db.session import Store, open_index
from huizhen.domain.ids import PartyId
from huizhen.errors import NodeError, ReorgTooDeep, RowsNotWritten
from huizhen.indexer.cursor import Ground
from huizhen.indexer.fetcher import FAR
from huizhen.indexer.runner import Indexer
from tests.support.faulty_node import TIMEOUT, FaultyNode
from tests.support.imagined_world import TAX
from tests.support.indexing import dump
from tests.support.trouble import ANYTHING, BACKFILL, NEAR_HEAD, Trouble
from tests.support.turning_chain import DEEPEST, TurningChain

CHAIN_ID = 31337
WINDOW = 64
LONG = 130
"""So many blocks at once are read as a backfill."""

MAY_END = (NodeError, ReorgTooDeep, RowsNotWritten)
"""What work may end with in troubled times."""

APART = ("huizhen.db.row_writer", "huizhen.indexer.fetch_apart")

ATTEMPTS = 200
LIFETIME = 0.6
"""Seconds within which most work is done."""

PATIENCE = 60.0

A_CHAIN = 6
"""After so many rounds another chain begins: a short one makes a round fast."""

Work = Callable[[Indexer], object]
FOLLOWING, REBUILD = "following", "a rebuild"
WORKS: dict[str, Work] = {FOLLOWING: Indexer.once, REBUILD: Indexer.rebuild}

TURN, KILL, KILL_CHILD, KILL_COMMIT, KILL_ANY, NOTHING = (
    "turn",
    "kill",
    "kill a child",
    "kill before a commit",
    "kill at any time",
    "nothing",
)
INCIDENTS = (
    (FOLLOWING, TURN, BACKFILL),
    (REBUILD, KILL, ANYTHING),
    (FOLLOWING, KILL_COMMIT, ANYTHING),
    (FOLLOWING, TURN, NEAR_HEAD),
    (FOLLOWING, KILL, BACKFILL),
    (FOLLOWING, KILL_CHILD, BACKFILL),
    (REBUILD, TURN, ANYTHING),
    (FOLLOWING, KILL_ANY, ANYTHING),
    (FOLLOWING, KILL, NEAR_HEAD),
    (FOLLOWING, NOTHING, ANYTHING),
    (REBUILD, KILL_COMMIT, ANYTHING),
    (FOLLOWING, TURN, ANYTHING),
    (REBUILD, KILL_ANY, ANYTHING),
)
"""What is being done, what happens to it, and with which questions to the node: one for each round, in turns."""


@dataclass(slots=True)
class Campaign:
    """One chain and the index that follows it. `url` is of a database that is empty; `noted` counts what went wrong."""

    url: str
    seed: int
    noted: Counter[str] = field(default_factory=Counter)
    rounds: int = 0
    dice: random.Random = field(init=False)
    turning: TurningChain = field(init=False)
    node: FaultyNode = field(init=False)
    store: Store = field(init=False)
    indexer: Indexer = field(init=False)

    def __post_init__(self) -> None:
        self.dice = random.Random(self.seed)
        self.turning = TurningChain(self.seed, self.dice, self.noted)
        self.turning.mine(LONG)
        self.node = FaultyNode(self.turning.chain, self.turning.lock)
        self.store = open_index(self.url)
        self.indexer = self._start(self.store)

    def close(self) -> None:
        self.store.close()
        self.node.close()

    # The index

    def round(self) -> None:
        """The chain turns or not and goes on, the next incident happens under faults; then the index reads in peace."""
        place = self.seed * A_CHAIN + self.rounds
        self.rounds += 1
        turns = self.dice.choice((0, 1, 1, 2, 3))
        for each in range(turns):
            # Of the first turns, each has another depth.
            self.turning.turn(place * 7 % DEEPEST + 1 if each == 0 else None)
            if self.dice.random() < 0.3:
                self._here(FOLLOWING, NOTHING, ANYTHING)
        if turns > 1:
            self.noted["turns in a row"] += 1
        work, what, doing = INCIDENTS[place % len(INCIDENTS)]
        self.turning.mine(LONG if doing == BACKFILL else self.dice.randint(1, 25))
        if what in (TURN, KILL_CHILD, NOTHING):
            self._here(work, what, doing)
        else:
            self._elsewhere(work, what, doing)
        self._in_peace()

    def restart(self) -> None:
        """Another process on the same database."""
        self.store.close()
        self.store = open_index(self.url)
        self.indexer = self._start(self.store)

    def fresh(self, url: str) -> list[str]:
        """The dump of an index that reads the chain as it is now, from an honest node, in one go."""
        store = open_index(url)
        self._start(store, PATIENCE).once()
        lines = dump(store)
        store.close()
        return lines

    # What happens to it

    def _here(self, work: str, what: str, doing: str) -> None:
        """Whatever goes wrong, what it remembers of rows has to be right afterwards."""

        def turn(asking: str) -> None:
            self.noted[f"turn in {work}, {asking}"] += 1
            self.turning.turn()

        def kill_child(_asking: str) -> None:
            for child in children_of_ours():
                self.noted[f"child killed: {child.name}"] += 1
                os.kill(child.pid, signal.SIGKILL)

        with self._trouble(doing) as trouble:
            trouble.then = {TURN: turn, KILL_CHILD: kill_child}.get(what)
            for _ in range(3):
                try:
                    WORKS[work](self.indexer)
                except MAY_END as error:
                    self.noted[f"ended by {type(error).__name__}"] += 1

    def _elsewhere(self, work: str, what: str, doing: str) -> None:
        """In a process of its own, which kill -9 ends: with a question, before a commit, or at any time."""
        self.store.close()
        with self._trouble(doing) as trouble:
            commits = self.dice.randint(1, 4) if what == KILL_COMMIT else 0
            child = get_context("fork").Process(target=self._live, args=(work, commits))
            causes: list[str] = []

            def kill(asking: str) -> None:
                causes.append(asking)
                child.kill()

            trouble.then = kill if what == KILL else None
            child.start()
            child.join(self.dice.uniform(0, LIFETIME) if what == KILL_ANY else PATIENCE)
            if child.exitcode is None:
                causes.append("at some time")
                child.kill()
                child.join()
            elif child.exitcode == -signal.SIGKILL and not causes:
                causes.append("before a commit")
            assert child.exitcode in (0, -signal.SIGKILL), f"seed {self.seed}, round {self.rounds}"
        self.noted.update(f"killed in {work}, {cause}" for cause in causes)
        self.restart()

    def _live(self, work: str, commits: int) -> None:
        """The transaction with this number (0: none) is whole, and its commit never happens."""
        store = open_index(self.url)
        left = count(commits - 1, -1)

        def perhaps(_connection: object) -> None:
            if next(left) == 0:
                os.kill(os.getpid(), signal.SIGKILL)

        event.listen(store.engine, "commit", perhaps)
        indexer = self._start(store)
        for _ in range(ATTEMPTS):
            try:
                WORKS[work](indexer)
                return
            except MAY_END:
                continue

    def _in_peace(self) -> None:
        """A second attempt is needed where the first found out a liar, or a turn deeper than the window."""
        for _ in range(ATTEMPTS):
            try:
                self.indexer.once()
                return
            except (NodeError, RowsNotWritten):
                continue
            except ReorgTooDeep:
                self.indexer.rebuild()
                return
        raise AssertionError("the index did not come to rest")

    @contextmanager
    def _trouble(self, doing: str) -> Iterator[Trouble]:
        trouble = Trouble(f"{self.seed}/{self.dice.random()}", self.noted, doing=doing)
        trouble.lag = self.dice.choice((0, 0, 0, 1, 5, 20))
        trouble.most = self.dice.choice((30, 7) if doing == BACKFILL else (1_000_000, 30, 7))
        trouble.after = self.dice.randint(1, {BACKFILL: 2, NEAR_HEAD: 1}.get(doing, 5))
        self.node.trouble = trouble
        try:
            yield trouble
        finally:
            with self.node.lock:
                self.node.trouble = None

    def _start(self, store: Store, timeout: float = TIMEOUT) -> Indexer:
        decoder = LogDecoder(Artifacts(), self.turning.addresses)
        node = Node([self.node.liar, self.node.honest], timeout=timeout)
        ground = Ground(CHAIN_ID, 1, PartyId(TAX))
        # Of two chains one is read and written by processes apart.
        far = WINDOW // 4 if self.seed % 2 else FAR
        return Indexer(store, node, decoder, ground, confirmations=2, window=WINDOW, far=far)


class Child(NamedTuple):
    name: str
    pid: int


def children_of_ours() -> Iterator[Child]:
    """The processes that read and write for the index in this one."""
    for task in Path("/proc/self/task").glob("*/children"):
        for pid in map(int, task.read_text().split()):
            with suppress(FileNotFoundError):
                shown = Path(f"/proc/{pid}/cmdline").read_text().split("\0")
                name = next((part for part in shown if part in APART), None)
                if name is not None:
                    yield Child(name, pid)


def difference(mine: Sequence[str], fresh: Sequence[str]) -> str:
    """The first lines that differ, to be read by a person."""
    here, there = set(mine), set(fresh)
    only_here, only_there = (sorted(a - b)[:3] for a, b in ((here, there), (there, here)))
    return f"only in the index: {only_here}\nonly in a fresh one: {only_there}"
