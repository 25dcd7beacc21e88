"""A chain of an imagined world that turns: its last blocks are replaced by others, at any depth."""

from __future__ import annotations

import random
import threading
from collections import Counter
from dataclasses import dataclass, field

from huizhen.chain.artifacts import Artifacts
from tests.support.imagined_world import ImaginedWorld
from tests.support.log_encoding import LogEncoder
from tests.support.replay_chain import ReplayChain
from tests.support.replay_server import addresses

DEEPEST = 40
SELDOM = 0.25
"""What a simulation shows seldom has to come in a short chain."""

DOCTORS, HOSPITALS, GROUPS = 8, 2, 2


@dataclass(slots=True)
class TurningChain:
    """An even seed has a bank for a rail, an odd one a token. `worlds` are how the world was after each block."""

    seed: int
    dice: random.Random
    noted: Counter[str]
    lock: threading.RLock = field(default_factory=threading.RLock)
    addresses: dict[str, str] = field(init=False)
    chain: ReplayChain = field(init=False)
    worlds: list[bytes] = field(init=False)

    def __post_init__(self) -> None:
        rail = ("BankRail", "Erc20Rail")[self.seed % 2]
        self.addresses = addresses(rail)
        self.chain = ReplayChain(LogEncoder(Artifacts(), self.addresses))
        self.worlds = [ImaginedWorld(DOCTORS, HOSPITALS, GROUPS, self.seed, rail, SELDOM).frozen()]

    @property
    def world(self) -> ImaginedWorld:
        return ImaginedWorld.thawed(self.worlds[-1])

    def mine(self, blocks: int) -> None:
        """Few of them empty: only of dense ranges are all headers looked at, which show what is hidden.

        What happens depends on the salt, so that forks differ.
        """
        with self.lock:
            world = self.world
            for _ in range(blocks):
                salt = self.dice.randrange(3)
                acts = [world.act(salt) for _ in range(self.dice.choice((0, 0, 1, 1, 1, 2, 5)))]
                self.chain.mine(acts, salt=str(self.dice.random()))
                self.worlds.append(world.frozen())

    def turn(self, depth: int | None = None) -> None:
        """The last blocks are replaced, by fewer or more; often the same transactions come again."""
        with self.lock:
            depth = min(depth or self.dice.randint(1, DEEPEST), self.chain.head.number - 1)
            kept = self.chain.head.number - depth
            self.chain.cut(kept)
            del self.worlds[kept + 1 :]
            self.mine(max(depth + self.dice.randint(-2, 5), 1))
            self.noted[f"turn of {depth:2}"] += 1
