"""What can go wrong with a node: faults of an unreliable one, and the lies of one that cannot be trusted."""

from __future__ import annotations

import copy
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import orjson

from tests.support.replay_chain import ReplayChain

SLOW, BROKEN, SHORT = "timeout", "answer broken off", "answer left out of a batch"
TOO_LARGE = "range too large"
FAULTS = (
    ("HTTP 429", 0.03),
    ("HTTP 503", 0.01),
    ("HTTP 413", 0.01),
    (SLOW, 0.004),
    (BROKEN, 0.015),
    (SHORT, 0.015),
)
ANYTHING, BACKFILL, NEAR_HEAD = "", "a backfill", "reading near the head"
LIE = 0.05
REFUSED = 0.06

Body = list[dict[str, Any]]


def about(body: Body) -> str:
    """What a client that asks this is doing."""
    method, parameters = body[0]["method"], body[0]["params"]
    if method == "eth_getLogs":
        return BACKFILL if "fromBlock" in parameters[0] else NEAR_HEAD
    return "looking at the head" if parameters[:1] == ["latest"] else "reading headers"


@dataclass(slots=True)
class Trouble:
    """The dice of a question depend on the question and on how often it came, not on what is asked at the same time.

    `lag` is how many blocks the liar is behind, `most` how many a range may have. `then` happens once, with the
    request number `after` among those by which the client is `doing` something, and is told what that was.
    """

    seed: str
    noted: Counter[str]
    lag: int = 0
    most: int = 1_000_000
    doing: str = ANYTHING
    after: int = 0
    then: Callable[[str], None] | None = None
    seen: Counter[bytes] = field(default_factory=Counter)

    def dice(self, path: str, body: Body) -> random.Random:
        question = orjson.dumps([path, [(each["method"], each["params"]) for each in body]])
        self.seen[question] += 1
        return random.Random(f"{self.seed}/{self.seen[question]}/{question!r}")

    def happen(self, body: Body) -> None:
        if self.then is None or not about(body).startswith(self.doing):
            return
        self.after -= 1
        if self.after <= 0:
            then, self.then = self.then, None
            then(about(body))

    def fault(self, dice: random.Random, body: Body) -> str | None:
        query = body[0]["params"][0] if body[0]["method"] == "eth_getLogs" else {}
        if "fromBlock" in query:
            blocks = int(query["toBlock"], 16) - int(query["fromBlock"], 16) + 1
            if blocks > self.most or dice.random() < REFUSED:
                return self._note(TOO_LARGE)
        chance = dice.random()
        for name, share in FAULTS:
            chance -= share
            if chance < 0:
                return self._note(name) if name != SHORT or len(body) > 1 else None
        return None

    def view(self, chain: ReplayChain) -> ReplayChain:
        """As the liar knows the chain."""
        if not self.lag:
            return chain
        self._note("laggard")
        behind = copy.copy(chain)
        behind.blocks = chain.blocks[: max(len(chain.blocks) - self.lag, 1)]
        return behind

    def lie(
        self, dice: random.Random, chain: ReplayChain, request: dict[str, Any], answer: dict[str, Any]
    ) -> None:
        found = answer.get("result")
        if not found or dice.random() > LIE:
            return
        if request["method"] == "eth_getLogs":
            if dice.random() < 0.3:
                self._note("hash of another block")
                found[-1]["blockHash"] = "0x" + "66" * 32
                return
            self._note("logs missing")
            # One of several alike, all of whose topics others show, is hidden from a block's filter: it is not tried.
            hidden = dice.choice(found)
            answer["result"] = [log for log in found if not _is_like(log, hidden)]
        elif request["params"][:1] == ["latest"]:
            self._note("head going backwards")
            back = max(chain.head.number - dice.randint(1, 5), 0)
            answer["result"] = chain.blocks[back].header()

    def _note(self, what: str) -> str:
        self.noted[what] += 1
        return what


def _is_like(log: dict[str, Any], other: dict[str, Any]) -> bool:
    """The same event of the same contract in the same block."""
    same = all(log[name] == other[name] for name in ("blockNumber", "address"))
    return same and bool(log["topics"][0] == other["topics"][0])
