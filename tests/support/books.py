"""What the ledger and the rail hold, summed over all parties. Fen."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import astuple, dataclass

from huizhen.chain.calls import decode_answer, encode_call
from tests.support.world import World


@dataclass(slots=True)
class Books:
    available: int = 0
    escrowed: int = 0
    credited: int = 0
    outstanding: int = 0
    custody: int = 0

    @property
    def owed(self) -> int:
        return self.available + self.escrowed + self.credited + self.outstanding

    def __sub__(self, other: Books) -> Books:
        return Books(*(mine - theirs for mine, theirs in zip(astuple(self), astuple(other), strict=True)))


def books(world: World) -> Books:
    ledger = world.addresses["RevenueLedger"]
    parties = range(1, world.read("CredentialRegistry", "partyCount") + 1)
    calls = [
        (ledger, encode_call(f"{view}(uint32)", party))
        for view in ("fundsOf", "creditOf")
        for party in parties
    ]
    pairs = [decode_answer(("uint128", "uint128"), answer) for answer in world.chain.node.call_many(calls)]
    funds, credits_ = pairs[: len(parties)], pairs[len(parties) :]
    return Books(
        sum(available for available, _ in funds),
        sum(escrowed for _, escrowed in funds),
        sum(credited for credited, _ in credits_),
        sum(outstanding for _, outstanding in credits_),
        world.read(world.rail, "custody"),
    )


@contextmanager
def moves(world: World, **expected: int) -> Iterator[None]:
    """Exactly these sums change, by so much; whatever is not named stays. In the end all of custody is owned."""
    before = books(world)
    yield
    after = books(world)
    assert after - before == Books(**expected)
    assert after.owed == after.custody


def assert_balanced(world: World) -> None:
    """Custody is what is available, escrowed, credited and outstanding, to the fen."""
    held = books(world)
    assert held.owed == held.custody, held
