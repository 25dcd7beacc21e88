from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from huizhen.db.base import IndexBase, OfficeBase
from huizhen.db.index.chain import Cursor
from huizhen.db.index.ledger import Funds
from huizhen.db.index.parties import Party
from huizhen.db.index.payouts import PayoutItem
from huizhen.db.session import Stores, open_stores
from huizhen.domain.chain_ids import Hash32, Specialties
from huizhen.domain.ids import PartyId
from huizhen.domain.money import Fen
from huizhen.domain.statuses import ItemStatus, PartyKind, PartyStatus
from huizhen.services.freshness import FreshnessReader
from huizhen.services.home import HomeReader
from huizhen.services.readiness import Probes

ZERO = Hash32("0x" + "00" * 32)
NOW = datetime(2026, 3, 5, 6, 30, tzinfo=UTC)
UNIX = int(NOW.timestamp())


@pytest.fixture
def stores(tmp_path: Path) -> Iterator[Stores]:
    opened = open_stores(f"sqlite:///{tmp_path}/index.sqlite", f"sqlite:///{tmp_path}/office.sqlite")
    opened.index.create(IndexBase.metadata)
    opened.office.create(OfficeBase.metadata)
    yield opened
    opened.close()


def cursor(head: int = 10, halted: str | None = None) -> Cursor:
    return Cursor(
        id=1,
        projection_version=1,
        chain_id=31337,
        first_block=1,
        tax_authority=PartyId(2),
        block_number=10,
        block_hash=ZERO,
        block_time=UNIX - 3,
        final_number=8,
        undo_floor=8,
        head_number=head,
        head_time=UNIX + 7,
        followed_at=NOW,
        halted_zh=halted,
        halted_en=halted,
    )


def party(number: int, kind: PartyKind, status: PartyStatus, city: int = 530100) -> Party:
    return Party(
        id=PartyId(number),
        kind=kind,
        status=status,
        powers=0,
        specialties=Specialties(0),
        city=city,
        valid_until=UNIX,
        signers=1,
        home=PartyId(1),
        revision=1,
        applied_at=UNIX,
        profile=ZERO,
        licence=ZERO,
        block_number=5,
        tx_hash=ZERO,
    )


def item(number: int, status: ItemStatus, gross: int) -> PayoutItem:
    return PayoutItem(
        batch=1,
        item=number,
        party=PartyId(3),
        gross=Fen(gross),
        withheld=Fen(100),
        account=ZERO,
        status=status,
        block_number=9,
        tx_hash=ZERO,
    )


def readers(stores: Stores, wall: datetime = NOW) -> tuple[HomeReader, FreshnessReader, Probes]:
    home, fresh = HomeReader(stores.index), FreshnessReader(stores.index, lambda: wall)
    return home, fresh, Probes(stores, fresh, home)


def test_figures__count_only_the_accredited(stores: Stores) -> None:
    with stores.index.writing() as session:
        session.add_all(
            [
                cursor(),
                party(3, PartyKind.DOCTOR, PartyStatus.ACCREDITED),
                party(4, PartyKind.DOCTOR, PartyStatus.ACCREDITED, city=310100),
                party(5, PartyKind.DOCTOR, PartyStatus.SUSPENDED, city=110100),
                party(6, PartyKind.HOSPITAL, PartyStatus.ACCREDITED),
                party(7, PartyKind.GROUP, PartyStatus.APPLIED),
                Funds(
                    hospital=PartyId(6),
                    available=Fen(1),
                    escrowed=Fen(420_000),
                    refunds=0,
                    block_number=9,
                    tx_hash=ZERO,
                ),
                item(0, ItemStatus.CONFIRMED, 50_100),
                item(1, ItemStatus.RETURNED, 70_000),
            ]
        )
    home, _, probes = readers(stores)
    figures = home.figures()
    assert figures is not None
    counted = figures.counts
    assert (counted.doctors, counted.hospitals, counted.groups, counted.cities) == (2, 1, 0, 2)
    assert (counted.escrowed, counted.paid) == (420_000, 50_000)
    assert (figures.block, figures.block_time) == (10, NOW - timedelta(seconds=3))
    assert probes.readiness().ready


def test_figures__nothing_indexed__none(stores: Stores) -> None:
    home, fresh, probes = readers(stores)
    assert home.figures() is None
    assert fresh.freshness().block is None
    assert {check.name: check.ok for check in probes.readiness().checks}["index"] is False


def test_freshness__node_silent__is_down_and_ages(stores: Stores) -> None:
    with stores.index.writing() as session:
        session.add(cursor())
    _, fresh, _ = readers(stores)
    assert (fresh.freshness().node_up, fresh.freshness().chain_now) == (True, UNIX + 7)
    _, later, probes = readers(stores, NOW + timedelta(minutes=5))
    assert (later.freshness().node_up, later.freshness().age_seconds) == (False, 300)
    assert probes.gauges()["index_age_seconds"] == 300
    assert not probes.readiness().ready


@pytest.mark.parametrize(("head", "halted"), [(40, None), (10, "读不懂一条日志。")])
def test_readiness__index_behind_or_halted__says_so(stores: Stores, head: int, halted: str | None) -> None:
    with stores.index.writing() as session:
        session.add(cursor(head, halted))
    _, _, probes = readers(stores)
    index = next(check for check in probes.readiness().checks if check.name == "index")
    assert not index.ok
    assert (halted or "30") in index.sentence.zh
    assert probes.gauges()["index_halted"] == (halted is not None)


def test_readiness__database_gone__one_check_says_so() -> None:
    broken = open_stores("sqlite:////nowhere/index.sqlite", "sqlite:////nowhere/office.sqlite")
    _, _, lost = readers(broken)
    assert [check.name for check in lost.readiness().checks if not check.ok] == ["database"]
