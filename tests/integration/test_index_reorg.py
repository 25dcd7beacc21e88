"""The chain turns under the index: after each turn its rows are those of a fresh rebuild, and of the contracts."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

from huizhen.db.index import progress
from huizhen.db.session import Store
from huizhen.errors import ReorgTooDeep
from tests.support.indexing import DATABASES, WINDOW, IndexedWorld, dump, indexed_world
from tests.support.postgres import Postgres


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, postgres: Postgres) -> Iterator[IndexedWorld]:
    with indexed_world(tmp_path_factory.mktemp("world"), consultations=6) as standing:
        standing.postgres = postgres
        yield standing


@pytest.fixture(params=DATABASES)
def index(world: IndexedWorld, request: pytest.FixtureRequest) -> Iterator[Store]:
    """Far enough from the world's own blocks for a test to turn only its own."""
    world.setup.chain.mine(WINDOW)
    store = world.store(request.param)
    world.indexer(store).once()
    yield store
    store.close()


def block_number(store: Store) -> int:
    with store.reading() as session:
        row = progress.read_cursor(session.connection())
    assert row is not None
    return int(row["block_number"])


def test_once__transactions_replaced_by_others__keeps_only_the_new_ones(
    world: IndexedWorld, index: Store
) -> None:
    for amount in (101, 102, 103):
        world.deposit(amount)
    indexer = world.indexer(index)
    indexer.once()
    assert any('"amount":103,' in line for line in dump(index))

    replacements = [(world.deposit_request(201), 0), (world.deposit_request(202), 1)]
    world.setup.chain.reorganise(3, replacements)
    assert indexer.once().rewinds == 1

    lines = dump(index)
    assert lines == world.fresh_dump()
    assert not any('"amount":103,' in line for line in lines)
    assert any(line.startswith("deposit ") and '"amount":202,' in line for line in lines)
    assert world.verify(index).agrees


def test_once__same_transactions_in_other_blocks__moves_the_rows(world: IndexedWorld, index: Store) -> None:
    request = world.deposit_request(301)
    world.setup.node.call("eth_sendTransactionSync", request)
    world.setup.chain.mine(2)
    indexer = world.indexer(index)
    indexer.once()
    world.setup.chain.reorganise(3, [(request, 2)])
    indexer.once()
    assert dump(index) == world.fresh_dump()


def test_once__many_turns_of_any_depth__always_equals_a_rebuild(world: IndexedWorld, index: Store) -> None:
    dice = random.Random(7)
    indexer = world.indexer(index)
    for turn in range(8):
        for _ in range(dice.randint(1, 6)):
            world.deposit(1000 + turn)
        if dice.random() < 0.7:
            indexer.once()
        depth = dice.randint(1, WINDOW - 8)
        places = sorted(dice.sample(range(depth), k=min(depth, dice.randint(0, 3))))
        world.setup.chain.reorganise(depth, [(world.deposit_request(2000 + turn), at) for at in places])
        indexer.once()
        assert dump(index) == world.fresh_dump()
    assert world.verify(index).agrees


def test_once__chain_shorter_than_the_index__rewinds(world: IndexedWorld, index: Store) -> None:
    for amount in (401, 402, 403, 404):
        world.deposit(amount)
    indexer = world.indexer(index)
    indexer.once()
    ahead = block_number(index)
    world.setup.chain.rollback(3)
    indexer.once()
    assert block_number(index) == ahead - 3
    assert dump(index) == world.fresh_dump()


def test_once__chain_lost_more_than_the_window__is_read_anew(world: IndexedWorld, index: Store) -> None:
    """A development node that was killed forgets its last blocks; nothing that is left contradicts the index."""
    world.deposit(501)
    indexer = world.indexer(index, window=4)
    indexer.once()
    world.setup.chain.mine(12)
    indexer.once()
    world.setup.chain.rollback(10)
    indexer.once()
    assert block_number(index) == world.setup.node.head().number
    assert dump(index) == world.fresh_dump()


def test_once__turn_deeper_than_the_window__stops_until_rebuilt(world: IndexedWorld, index: Store) -> None:
    for amount in (601, 602, 603, 604, 605):
        world.deposit(amount)
    indexer = world.indexer(index, window=3)
    world.setup.chain.mine(6)
    indexer.once()
    before = dump(index)
    world.setup.chain.reorganise(9)
    world.setup.chain.mine()
    with pytest.raises(ReorgTooDeep, match="huizhen index --rebuild"):
        indexer.once()
    with index.reading() as session:
        cursor = progress.read_cursor(session.connection())
    assert cursor is not None
    assert "deeper than the index goes back" in cursor["halted_en"]
    assert [line for line in dump(index) if not line.startswith("cursor")] == [
        line for line in before if not line.startswith("cursor")
    ]

    indexer.rebuild()
    assert dump(index) == world.fresh_dump()
    assert world.verify(index).agrees
