"""The index of a simulated world: equal to a rebuild however it came about, and to the contracts' storage."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from sqlalchemy import text

from huizhen.chain.artifacts import AbiEntry, Artifacts
from huizhen.chain.decoder import LogDecoder
from huizhen.db.base import IndexBase
from huizhen.db.index import progress
from huizhen.db.session import Store
from huizhen.domain.sentence import Sentence
from huizhen.errors import IndexCorrupt, UndecodableLog
from huizhen.indexer.cursor import Ground
from huizhen.indexer.fetcher import ChainMoved
from huizhen.indexer.runner import Indexer
from tests.support.indexing import IndexedWorld, dump, indexed_world


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[IndexedWorld]:
    with indexed_world(tmp_path_factory.mktemp("world")) as standing:
        yield standing


@pytest.fixture
def index(world: IndexedWorld) -> Iterator[Store]:
    store = world.store()
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


def test_once__whole_world__agrees_with_the_contracts(world: IndexedWorld, index: Store) -> None:
    report = world.verify(index)
    assert [sentence.en for sentence in report.sentences()[:-1]] == []
    assert report.compared["consultations"] == 12
    assert report.compared["payout items"] > 0
    assert report.sentences()[-1].en.endswith("all agree with the chain.")


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


CORRUPTIONS = {
    "UPDATE credit SET credited = credited + 1 WHERE party = 2": "credit of party 2 (credited)",
    "UPDATE membership SET left_at = 5 WHERE doctor = (SELECT lead FROM doctor_group LIMIT 1)": "membership ",
    "DELETE FROM membership WHERE rowid = 2": "membership ",
    "UPDATE consultation SET status = 'expired' WHERE id = 1": "consultation 1 (status)",
    "UPDATE consultation SET opinion = NULL WHERE id = (SELECT MIN(id) FROM consultation WHERE opinion IS NOT NULL)": (
        "(opinion)"
    ),
    'UPDATE seat SET fee = fee + 1 WHERE consultation = 2 AND "index" = 0': "seat 2/0 (fee)",
    'DELETE FROM seat WHERE consultation = 3 AND "index" = 1': "seat 3/1: row missing",
    "DELETE FROM reserved_word WHERE rowid = 1": "hours of doctor ",
    "UPDATE reserved_word SET bits = '0x' || printf('%064d', 1) WHERE rowid = 2": "hours of doctor ",
    "DELETE FROM party WHERE id = 5": "party 5: row missing",
    "UPDATE party SET valid_until = valid_until + 1 WHERE id = 3": "party 3 (valid_until)",
    "INSERT INTO credit SELECT 9999, 7, 0, block_number, tx_hash FROM credit LIMIT 1": "credit of party 9999",
    "DELETE FROM affiliation WHERE rowid = 1": "affiliation ",
    "UPDATE ledger_entry SET amount = amount + 1 WHERE line = 1 AND consultation = 1": "ledger_entry ",
    "UPDATE payout_item SET gross = gross + 1 WHERE rowid = 1": "payout_item ",
    "UPDATE payout_account SET version = 9 WHERE rowid = 1": "payout account of party ",
    "UPDATE event SET arguments = '{}' WHERE rowid = 1": "event ",
    "UPDATE funds SET tx_hash = '0x00' WHERE rowid = 1": "(tx_hash)",
    "UPDATE block SET time = time + 1 WHERE number = (SELECT MIN(number) FROM block)": "(time)",
    "UPDATE log SET data = x'' WHERE block_number = (SELECT MAX(block_number) FROM log)": "log ",
    "UPDATE custody SET amount = amount - 1": "custody",
}


@pytest.mark.parametrize("corruption", CORRUPTIONS)
def test_verify__altered_row__is_named(world: IndexedWorld, index: Store, corruption: str) -> None:
    with index.writing() as session:
        assert session.execute(text(corruption)).rowcount >= 1  # type: ignore[attr-defined]
    report = world.verify(index)
    assert not report.agrees
    assert any(CORRUPTIONS[corruption] in sentence.en for sentence in report.sentences())


def test_verify__empty_index__says_what_to_run(world: IndexedWorld) -> None:
    store = world.store()
    world.indexer(store).prepare()
    with pytest.raises(IndexCorrupt, match="huizhen index --once"):
        world.verify(store)


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
    index.recreate(IndexBase.metadata)
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
