"""The index of a simulated world: equal to a rebuild however it came about, and to the contracts' storage."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from sqlalchemy import text

from huizhen.chain.artifacts import AbiEntry, Artifacts
from huizhen.chain.decoder import LogDecoder
from huizhen.db.index import progress, schema
from huizhen.db.session import Store
from huizhen.domain.sentence import Sentence
from huizhen.errors import ChainMoved, IndexCorrupt, UndecodableLog
from huizhen.indexer.cursor import Ground
from huizhen.indexer.runner import Indexer
from tests.support.indexing import DATABASES, IndexedWorld, dump, indexed_world
from tests.support.postgres import Postgres


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, postgres: Postgres) -> Iterator[IndexedWorld]:
    with indexed_world(tmp_path_factory.mktemp("world")) as standing:
        standing.postgres = postgres
        yield standing


@pytest.fixture(params=DATABASES)
def index(world: IndexedWorld, request: pytest.FixtureRequest) -> Iterator[Store]:
    store = world.store(request.param)
    world.indexer(store).once()
    yield store
    store.close()


class BeforeBooking(Artifacts):
    """What the contracts were before they could book."""

    def events(self, contract: str) -> Iterator[AbiEntry]:
        return (entry for entry in super().events(contract) if entry["name"] != "Booked")


def halted(store: Store) -> Sentence | None:
    with store.reading() as session:
        row = progress.read_cursor(session.connection())
    return Sentence(row["halted_zh"], row["halted_en"]) if row and row["halted_en"] else None


def test_rebuild__gives_identical_rows(world: IndexedWorld, index: Store) -> None:
    before = dump(index)
    world.indexer(index).rebuild()
    assert dump(index) == before


def test_once__with_an_image_of_every_change__gives_the_rows_of_a_rebuild(world: IndexedWorld) -> None:
    """Near the head blocks are read one by one, far from it in ranges; the rows must not differ."""
    store = world.store()
    world.indexer(store, window=10_000).once()
    assert dump(store) == world.fresh_dump()


def test_once__again__changes_nothing(world: IndexedWorld, index: Store) -> None:
    before = dump(index)
    assert world.indexer(index).once().events == 0
    assert dump(index) == before


def test_once__unknown_event__stops_before_it_and_says_so(world: IndexedWorld) -> None:
    """A version that does not know Booked yet: everything before the first booking is kept."""
    older = LogDecoder(BeforeBooking(), world.setup.deployment.addresses)
    store = world.store()
    with pytest.raises(UndecodableLog) as stopped:
        world.indexer(store, decoder=older).once()
    with store.reading() as session:
        cursor = progress.read_cursor(session.connection())
    assert cursor is not None
    assert cursor["block_number"] == stopped.value.block_number - 1
    said = halted(store)
    assert said is not None
    assert "Consultations emitted unknown event" in said.en
    with pytest.raises(UndecodableLog):
        world.indexer(store, decoder=older).once()

    world.indexer(store).once()
    assert halted(store) is None
    assert dump(store) == world.fresh_dump()


def test_once__index_of_another_deployment__asks_for_a_rebuild(world: IndexedWorld, index: Store) -> None:
    other = Ground(world.ground.chain_id, world.ground.first_block + 1, world.ground.tax_authority)
    indexer = Indexer(index, world.setup.node, world.decoder, other, confirmations=2, window=24)
    with pytest.raises(IndexCorrupt, match="huizhen index --rebuild"):
        indexer.once()


def test_once__tables_of_another_version__are_built_anew(world: IndexedWorld, index: Store) -> None:
    before = dump(index)
    with index.writing() as session:
        session.execute(text("UPDATE cursor SET projection_version = 0"))
        session.execute(text("DELETE FROM credit"))
    world.indexer(index).once()
    assert dump(index) == before


def test_rebuild__under_a_running_indexer__makes_it_begin_again(world: IndexedWorld, index: Store) -> None:
    """What the follower had fetched for the old tables must not land in the new ones."""
    world.deposit(77)
    follower, cursor_before = world.indexer(index), world.indexer(index)._cursor()
    head = follower._fetcher.look()
    with index.writing() as session:
        schema.drop_all(session.connection())
        schema.create_tables(session.connection())
    with pytest.raises(ChainMoved):
        follower._step(cursor_before, head)
    follower.once()
    assert dump(index) == world.fresh_dump()


def test_once__two_indexers_on_one_index__write_nothing_twice(world: IndexedWorld) -> None:
    store = world.store()
    errors: list[BaseException] = []

    def follow() -> None:
        try:
            world.indexer(store).once()
        except BaseException as error:  # noqa: BLE001 (whatever it is, the test must show it)
            errors.append(error)

    world.indexer(store).prepare()
    threads = [threading.Thread(target=follow) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert errors == []
    assert dump(store) == world.fresh_dump()
