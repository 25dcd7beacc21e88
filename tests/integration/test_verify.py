"""Every kind of corruption that anybody plants in an index is named, row and field."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from huizhen.db.session import Store, open_index
from huizhen.errors import IndexCorrupt
from tests.support.indexing import IndexedWorld, indexed_world
from tests.support.postgres import Postgres

# What stands for these words below: a hash, a case that somebody consented to, and where a row claims to come from.
_WORDS = {
    "<hash>": "CAST(printf('%032d', 7) AS BLOB)",
    "<case>": "(SELECT case_file FROM consent LIMIT 1)",
    "<trace>": "1, CAST(printf('%032d', 1) AS BLOB)",
}

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
    "UPDATE log SET arguments = '{}' WHERE block_number = (SELECT MIN(block_number) FROM log)": "log ",
    "UPDATE funds SET tx_hash = zeroblob(32) WHERE rowid = 1": "(tx_hash)",
    "UPDATE block SET time = time + 1 WHERE number = (SELECT MIN(number) FROM block)": "(time)",
    "UPDATE log SET data = x'' WHERE block_number = (SELECT MAX(block_number) FROM log)": "log ",
    "UPDATE custody SET amount = amount - 1": "custody",
    "UPDATE consultation SET held = held + 1 WHERE id = 2": "consultation 2 (escrowed)",
    "UPDATE consultation SET attended = 3 WHERE id = 2": "consultation 2 (attended)",
    "UPDATE consultation SET credited = credited + 1 WHERE id = 1": "consultation 1 (escrowed)",
    "UPDATE doctor_group SET lead = lead + 1 WHERE rowid = 1": "(lead)",
    "UPDATE doctor_group SET quorum = 9 WHERE rowid = 1": "(quorum)",
    "UPDATE signer SET signer = '0x' || printf('%040d', 5) WHERE party = 4": "key 4/0",
    "DELETE FROM signer WHERE party = 4": "key 4/0: row missing",
    "UPDATE consent SET withdrawn = NOT withdrawn WHERE rowid = 1": "(withdrawn)",
    "DELETE FROM consent WHERE rowid = 1": "number of consents",
    "DELETE FROM share_rule WHERE rowid = 1": "share rule ",
    "DELETE FROM payout_item WHERE rowid = 1": "payout item 1/0: row missing",
    "DELETE FROM consultation WHERE id = 4": "consultation 4: row missing",
    "DELETE FROM log WHERE block_number = (SELECT MIN(block_number) FROM log)": "log ",
    "DELETE FROM ledger_entry WHERE line = 1 AND consultation = 1": "ledger_entry ",
    "UPDATE booker SET allowed = NOT allowed": "booker of ",
    "INSERT INTO dispute VALUES (1, 1, 0, 5, 0, 3, <hash>, <trace>)": "dispute of consultation 1 (contested)",
    "INSERT INTO absence VALUES (1, 3, 1, <hash>, 5, <trace>)": "absence 1",
    "INSERT INTO amendment VALUES (<hash>, 1, <hash>, x'00', 5, <trace>)": "amendment 1 ",
    "INSERT INTO case_file VALUES (<case>, <hash>, 3, 0, 5, <trace>)": "number of files of case ",
    "INSERT INTO key_grant VALUES (<case>, 3, 4, <hash>, <hash>, 9, 1, NULL, <trace>)": "key grant ",
    "INSERT INTO log_head VALUES (3, <hash>, 5, 5, 1, <trace>)": "log head of platform 3 (entries)",
    "INSERT INTO replacement VALUES (7, 1, 1, 1, 5, 0, 0, '0x', <trace>)": "key replacement of party 7 (sequence)",
    "INSERT INTO institution_account VALUES (zeroblob(20), '[]', 2, 5, <trace>)": ("institution account 0x"),
    "INSERT INTO pay_in VALUES (<hash>, zeroblob(20), 5, 5, 1, <trace>)": "pay-in 0x",
}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[IndexedWorld]:
    with indexed_world(tmp_path_factory.mktemp("world")) as standing:
        yield standing


@pytest.fixture(scope="module")
def whole(world: IndexedWorld) -> Path:
    """The file of an index that nobody has touched."""
    file = world.folder / "whole.sqlite"
    store = open_index(f"sqlite:///{file}")
    world.indexer(store).once()
    with store.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    store.close()
    return file


@pytest.fixture
def index(whole: Path, tmp_path: Path) -> Iterator[Store]:
    store = open_index(f"sqlite:///{shutil.copy(whole, tmp_path)}")
    yield store
    store.close()


def test_verify__whole_world__agrees_with_the_contracts(world: IndexedWorld, index: Store) -> None:
    report = world.verify(index)
    assert [sentence.en for sentence in report.sentences()[:-1]] == []
    assert report.compared["consultations"] == 12
    assert report.compared["payout items"] > 0
    assert report.sentences()[-1].en.endswith("all agree with the chain.")


@pytest.mark.parametrize("corruption", CORRUPTIONS)
def test_verify__altered_row__is_named(world: IndexedWorld, index: Store, corruption: str) -> None:
    statement = corruption
    for word, meant in _WORDS.items():
        statement = statement.replace(word, meant)
    with index.writing() as session:
        assert session.execute(text(statement)).rowcount >= 1  # type: ignore[attr-defined]
    report = world.verify(index)
    assert not report.agrees
    assert any(CORRUPTIONS[corruption] in sentence.en for sentence in report.sentences())


def test_verify__empty_index__says_what_to_run(world: IndexedWorld) -> None:
    store = world.store()
    world.indexer(store).prepare()
    with pytest.raises(IndexCorrupt, match="huizhen index --once"):
        world.verify(store)


def test_verify__on_postgresql__agrees_and_names_what_was_planted(
    world: IndexedWorld, postgres: Postgres
) -> None:
    world.postgres = postgres
    store = world.store("postgresql")
    world.indexer(store).once()
    assert world.verify(store).agrees
    planted = {
        "UPDATE credit SET credited = credited + 1 WHERE party = 2": "credit of party 2 (credited)",
        "UPDATE consultation SET status = 'expired' WHERE id = 1": "consultation 1 (status)",
        "UPDATE seat SET required = NOT required WHERE consultation = 1": "seat 1/0 (required)",
        "UPDATE log SET data = ''": "log ",
        "DELETE FROM bank_reference WHERE use = 'collected'": "bank_reference ",
    }
    with store.writing() as session:
        for statement in planted:
            session.execute(text(statement))
    said = [sentence.en for sentence in world.verify(store).sentences()]
    for expected in planted.values():
        assert any(expected in sentence for sentence in said), expected
    store.close()
