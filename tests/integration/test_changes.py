"""Which topics a change in the two stores is told under: lists follow parties, inboxes, cases and contracts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from huizhen.db.office.bank import BankFile, BankFileState
from huizhen.db.office.reconciliation import MatchingRun
from huizhen.domain import chain_events as on
from huizhen.domain.chain_events import PayoutItem
from huizhen.domain.chain_ids import BatchId, ConsultationId, Mask64
from huizhen.domain.money import Fen
from huizhen.services.changes import HEAD, ChangeReader, Topics, changed
from tests.support import ledger_events as they
from tests.support.clinic import HOSPITAL, PATHOLOGIST, SURGEON, Clinic
from tests.support.ledger_events import NOWHERE, booked, fake_hash
from tests.support.ledger_people import populated
from tests.support.ledger_world import LedgerWorld

CONSULTATION = ConsultationId(90)


@pytest.fixture
def world(tmp_path: Path) -> LedgerWorld:
    return populated(tmp_path)


@pytest.fixture
def clinic(tmp_path: Path) -> Iterator[Clinic]:
    opened = Clinic.open(tmp_path)
    yield opened
    opened.close()


def heard(reader: ChangeReader, act: Callable[[], object]) -> Topics:
    before = reader.look()
    act()
    return changed(before, reader.look(before))


def test_event_of_a_consultation__concerns_all_who_sit_in_it(world: LedgerWorld) -> None:
    world.mine(booked(CONSULTATION, they.HOSPITAL, Fen(95_000), world.now))
    delivered = on.Delivered(NOWHERE, CONSULTATION, fake_hash("opinion"), 1, 0)
    topics = heard(ChangeReader(world.stores), lambda: world.mine(delivered))
    tx = next(topic for topic in topics if topic.startswith("tx:"))
    everybody = {f"party:{each}" for each in (they.HOSPITAL, they.DOCTOR, they.GROUP)}
    assert topics == {HEAD, tx, "consultation:90", "contract:Consultations"} | everybody


def test_event_of_a_consultation__becomes_final__concerns_the_same(world: LedgerWorld) -> None:
    reader, before = ChangeReader(world.stores), ChangeReader(world.stores).look()
    world.mine(booked(CONSULTATION, they.HOSPITAL, Fen(95_000), world.now))
    confirming = reader.look(before)
    world.settle()
    assert f"party:{they.DOCTOR}" in changed(confirming, reader.look(confirming))


def test_event_of_a_batch__concerns_its_payees(world: LedgerWorld) -> None:
    item = PayoutItem(they.DOCTOR, Fen(1_000), Fen(0), fake_hash("account"))
    world.mine(on.PayoutPrepared(NOWHERE, BatchId(9), they.PREPARER, (item,)))
    approved = on.PayoutApproved(NOWHERE, BatchId(9), they.APPROVER, Mask64(1), Fen(1_000), Fen(0))
    topics = heard(ChangeReader(world.stores), lambda: world.mine(approved))
    assert {"batch:9", f"party:{they.DOCTOR}", "contract:RevenueLedger"} <= topics
    assert f"party:{they.HOSPITAL}" not in topics


def test_empty_block__is_the_head_alone(world: LedgerWorld) -> None:
    world.settle()
    assert heard(ChangeReader(world.stores), world.mine) == {HEAD}


def test_request__is_heard_in_the_inboxes_of_all_who_sign_it(clinic: Clinic) -> None:
    case = clinic.triaged()
    start = clinic.rooms.teams.page(case, HOSPITAL).offers[0].start
    reader = ChangeReader(clinic.stores)
    asked = heard(reader, lambda: clinic.hold(case, start))
    inboxes = {f"inbox:{each}" for each in (HOSPITAL, SURGEON, PATHOLOGIST)}
    assert inboxes <= asked
    view = clinic.statements.of_subject(f"draft:{case}")[0]
    assert inboxes <= heard(reader, lambda: clinic.statements.sign(view.id, SURGEON))
    assert inboxes <= heard(reader, lambda: clinic.statements.decline(view.id, PATHOLOGIST, "无空"))


def test_case__each_step_of_its_trail__is_heard_by_its_hospital(clinic: Clinic) -> None:
    reader = ChangeReader(clinic.stores)
    assert f"cases:{HOSPITAL}" in heard(reader, clinic.draft)
    case = clinic.consented()
    approved = heard(reader, lambda: clinic.rooms.cases.approve(case, clinic.coordinator))
    assert approved == {f"cases:{HOSPITAL}", f"draft:{case}"}


def test_case_file__opened__is_heard_by_whom_it_is_about(clinic: Clinic) -> None:
    case = clinic.consented()
    file = clinic.request_of(case).case_file
    opened = heard(ChangeReader(clinic.stores), lambda: clinic.rooms.consents.open_file(file, SURGEON))
    assert opened == {f"draft:{case}"}


def test_bank_file__and_the_run_that_matches_it__are_heard(world: LedgerWorld) -> None:
    def receive() -> None:
        now = datetime.now(UTC)
        with world.stores.office.writing() as session:
            session.add(
                BankFile(
                    name="march.csv",
                    digest=fake_hash("file"),
                    size=1,
                    content=b"-",
                    state=BankFileState.WAITING,
                    received_by=they.PREPARER,
                    received_at=now,
                )
            )
            session.add(MatchingRun(at=now, by=None, as_of=1, linked=0, suggested=0, left=0))

    assert heard(ChangeReader(world.stores), receive) == {"files", "file:1", "matching"}
