"""Blocks, turns of the chain, kills and bad nodes by the dice; in the end the index must be that of a fresh build."""

from __future__ import annotations

import copy
import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import orjson
from sqlalchemy import event

from huizhen.chain.artifacts import Artifacts
from huizhen.chain.client import Node
from huizhen.chain.decoder import LogDecoder
from huizhen.chain.transport import Transport
from huizhen.db.session import Store, open_index
from huizhen.domain.ids import PartyId
from huizhen.errors import NodeDistrusted, NodeError, RangeTooLarge, ReorgTooDeep
from huizhen.indexer.cursor import Ground
from huizhen.indexer.runner import Indexer
from tests.support.imagined_world import TAX, ImaginedWorld
from tests.support.indexing import dump
from tests.support.log_encoding import LogEncoder
from tests.support.replay_chain import ReplayChain, answer_all
from tests.support.replay_server import ADDRESSES

CHAIN_ID = 31337
WINDOW = 64
DEEPEST = 40
LIAR, HONEST = "liar", "honest"
ATTEMPTS = 200


class Killed(BaseException):
    """kill -9: nothing after it runs, whatever was not committed is gone."""


class DicedTransport(Transport):
    """Answers from the chain in memory; while `faulty`, what can go wrong with a node goes wrong by the dice."""

    def __init__(self, chain: ReplayChain, dice: random.Random) -> None:
        super().__init__([LIAR, HONEST], 1.0)
        self.chain = chain
        self.dice = dice
        self.faulty = False
        self.meanwhile: Callable[[], None] | None = None
        self.lies = 0

    def _answers(self, url: str, body: list[dict[str, Any]]) -> list[Any]:
        if self.faulty:
            self._trouble(body)
        answers = orjson.loads(answer_all(self.chain, body))
        found = [each.get("result") for each in answers]
        if any("error" in each for each in answers):
            raise NodeError("没有", "The node does not have it.")
        if self.faulty and url == LIAR:
            self._lie(body, found)
        return found

    def _trouble(self, body: list[dict[str, Any]]) -> None:
        chance = self.dice.random()
        if chance < 0.02:
            raise Killed
        if chance < 0.06:
            raise NodeError("忙", "HTTP 429")
        if chance < 0.12 and body[0]["method"] == "eth_getLogs" and "fromBlock" in body[0]["params"][0]:
            raise RangeTooLarge("多", "query returned more than 10000 results")
        if chance < 0.17 and self.meanwhile is not None:
            turn, self.meanwhile = self.meanwhile, None
            turn()

    def _lie(self, body: list[dict[str, Any]], found: list[Any]) -> None:
        for place, request in enumerate(body):
            if self.dice.random() > 0.05:
                continue
            answer = found[place]
            if request["method"] == "eth_getLogs" and answer:
                self.lies += 1
                if self.dice.random() < 0.7:
                    number = self.dice.choice(answer)["blockNumber"]
                    found[place] = [log for log in answer if log["blockNumber"] != number]
                else:
                    answer[-1]["blockHash"] = "0x" + "66" * 32
            elif request["params"][:1] == ["latest"]:
                back = self.chain.blocks[max(self.chain.head.number - self.dice.randint(1, 5), 0)]
                found[place] = back.header()


@dataclass(slots=True)
class Campaign:
    """One chain and the index that follows it. `url` is of a database that is empty."""

    url: str
    seed: int
    chain: ReplayChain = field(init=False)
    worlds: list[ImaginedWorld] = field(init=False)
    dice: random.Random = field(init=False)
    transport: DicedTransport = field(init=False)
    store: Store = field(init=False)
    indexer: Indexer = field(init=False)

    def __post_init__(self) -> None:
        self.dice = random.Random(self.seed)
        self.chain = ReplayChain(LogEncoder(Artifacts(), ADDRESSES))
        self.worlds = [ImaginedWorld(8, 2, 2, self.seed)]
        self.transport = DicedTransport(self.chain, self.dice)
        self.store = open_index(self.url)
        self.indexer = self._start(self.store, self.transport)
        self.mine(150)

    # The chain

    def mine(self, blocks: int) -> None:
        """Some of them empty; what happens depends on the salt, so that forks differ."""
        for _ in range(blocks):
            world = copy.deepcopy(self.worlds[-1])
            salt = self.dice.randrange(3)
            acts = [world.act(salt) for _ in range(self.dice.choice((0, 0, 1, 1, 1, 2, 5)))]
            self.chain.mine(acts, salt=str(self.dice.random()))
            self.worlds.append(world)

    def turn(self) -> None:
        """The last blocks are replaced, by fewer or more; often the same transactions come again."""
        depth = min(self.dice.randint(1, DEEPEST), self.chain.head.number - 1)
        kept = self.chain.head.number - depth
        self.chain.cut(kept)
        del self.worlds[kept + 1 :]
        self.mine(max(depth + self.dice.randint(-2, 5), 1))

    # The index

    def round(self) -> None:
        """Something happens, mostly while the index reads under faults; then it may read in peace."""
        for _ in range(self.dice.choice((0, 0, 1, 1, 2))):
            self.turn()
        self.mine(self.dice.randint(0, 25))
        self.transport.faulty = True
        if self.dice.random() < 0.5:
            self.transport.meanwhile = self.turn
        with self._killed_while_committing():
            self._try(self.indexer.rebuild if self.dice.random() < 0.15 else self.indexer.once)
        self.transport.faulty, self.transport.meanwhile = False, None
        self._in_peace()

    def _try(self, work: Callable[[], object]) -> None:
        try:
            work()
        except (NodeError, ReorgTooDeep):
            pass
        except Killed:
            self.restart()

    def _in_peace(self) -> None:
        """A second attempt is needed where the first found out a liar, or a turn deeper than the window."""
        for _ in range(ATTEMPTS):
            try:
                self.indexer.once()
                return
            except NodeDistrusted:
                continue
            except ReorgTooDeep:
                self.indexer.rebuild()
                return
        raise AssertionError("the index did not come to rest")

    def restart(self) -> None:
        """Another process on the same database."""
        self.store.close()
        self.store = open_index(self.url)
        self.indexer = self._start(self.store, self.transport)

    def fresh(self, url: str) -> list[str]:
        """The dump of an index that reads the chain as it is now, from an honest node, in one go."""
        store = open_index(url)
        self._start(store, DicedTransport(self.chain, random.Random(0))).once()
        lines = dump(store)
        store.close()
        return lines

    def _start(self, store: Store, transport: Transport) -> Indexer:
        decoder = LogDecoder(Artifacts(), ADDRESSES)
        node = Node([LIAR, HONEST], transport=transport)
        return Indexer(
            store, node, decoder, Ground(CHAIN_ID, 1, PartyId(TAX)), confirmations=2, window=WINDOW
        )

    @contextmanager
    def _killed_while_committing(self) -> Iterator[None]:
        """Now and then a transaction is whole and its commit never happens."""
        engine = self.store.engine

        def perhaps(_connection: object) -> None:
            if self.dice.random() < 0.05:
                raise Killed

        event.listen(engine, "commit", perhaps)
        try:
            yield
        finally:
            event.remove(engine, "commit", perhaps)


def difference(mine: Sequence[str], fresh: Sequence[str]) -> str:
    """The first lines that differ, to be read by a person."""
    here, there = set(mine), set(fresh)
    only_here, only_there = (sorted(a - b)[:3] for a, b in ((here, there), (there, here)))
    return f"only in the index: {only_here}\nonly in a fresh one: {only_there}"
