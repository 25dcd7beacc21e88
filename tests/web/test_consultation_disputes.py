"""The page of a consultation that did not go as planned: contested, with somebody absent, paid in parts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from huizhen.db.index.chain import Block, Log
from huizhen.db.index.consultations import Absence, Consultation, Dispute, Seat
from huizhen.db.index.ledger import LedgerEntry
from huizhen.domain.chain_ids import Address, ConsultationId, Hash32
from huizhen.domain.ids import PartyId
from huizhen.domain.money import Fen
from huizhen.domain.split import LegKind
from huizhen.domain.statuses import Bucket, ConsultationStatus, EntryKind, Resolution
from huizhen.domain.terms import Terms
from huizhen.services.consultation_views import ConsultationPage
from tests.support.clinic import HOSPITAL, PATHOLOGIST, SURGEON, Clinic
from tests.support.practice import TX
from tests.support.web import client_of

NUMBER = ConsultationId(7)
PAGE = "/consultations/7"
REASON = Hash32("0x" + "cd" * 32)
TRACED: dict[str, Any] = {"block_number": 11, "tx_hash": TX}


@pytest.fixture
def clinic(tmp_path: Path, practice_site: Flask) -> Iterator[Clinic]:
    made = Clinic.open(tmp_path, practice_site)
    with made.stores.index.writing() as session:
        session.add(Block(number=11, hash=REASON, parent_hash=TX, time=made.clock.at))
    yield made
    made.close()


@pytest.fixture
def terms(clinic: Clinic) -> Terms:
    return clinic.booked()[1]


def text(clinic: Clinic, who: str = "auditor", path: str = PAGE, locale: str = "en") -> str:
    return client_of(clinic.app, clinic.person(who), locale).get(path).text


def page(clinic: Clinic) -> ConsultationPage:
    shown = clinic.rooms.consultations.page(NUMBER, clinic.person("auditor"))
    assert shown is not None
    return shown


def change(clinic: Clinic, *rows: object, **values: object) -> None:
    with clinic.stores.index.writing() as session:
        row = session.get_one(Consultation, NUMBER)
        for name, value in values.items():
            setattr(row, name, value)
        session.add_all(rows)


def dispute(clinic: Clinic, terms: Terms, *, contested: int, rest_released: bool, resolved: int = 0) -> None:
    """Both seats signed; money that has left the escrow is what rests on no contested seat."""
    frozen = Fen(sum(seat.fee for seat in terms.paid_seats(contested, 0)))
    change(
        clinic,
        Dispute(
            consultation=NUMBER,
            contested=contested,
            resolved=resolved,
            opened_at=clinic.clock.at,
            rest_released=rest_released,
            by=HOSPITAL,
            reason=REASON,
            **TRACED,
        ),
        status=ConsultationStatus.DISPUTED,
        delivered_at=clinic.clock.at,
        seats=0b11,
        held=frozen if rest_released else terms.escrow(),
        returned=Fen(terms.escrow() - terms.price()) if rest_released else Fen(0),
    )


def told(log_index: int, name: str, arguments: str) -> Log:
    return Log(
        log_index=log_index,
        tx_index=0,
        address=Address("0x" + "00" * 20),
        topics=b"",
        data=b"",
        contract="Disputes",
        name=name,
        arguments=arguments,
        consultation=NUMBER,
        **TRACED,
    )


def leg(log_index: int, kind: LegKind, party: PartyId, amount: int) -> LedgerEntry:
    return LedgerEntry(
        log_index=log_index,
        line=1,
        kind=EntryKind.LEG,
        bucket=Bucket.CREDITED,
        party=party,
        amount=Fen(amount),
        consultation=NUMBER,
        leg=kind,
        **TRACED,
    )


def test_disputed__rest_paid__shows_what_is_frozen_and_until_when(clinic: Clinic, terms: Terms) -> None:
    dispute(clinic, terms, contested=0b10, rest_released=True)
    shown = page(clinic)
    assert shown.limit == clinic.clock.at + terms.policy.arbiter_window
    assert shown.held == terms.seats[1].fee
    assert [seat.contested for seat in shown.seats] == [False, True]
    assert not shown.may_accept
    english = text(clinic)
    assert "of contested fees are frozen" in english
    assert "What nobody contests has been paid." in english
    assert "at booking" in english
    assert "then the default of the terms" in english
    assert "if all seats sign" not in english
    chinese = text(clinic, locale="zh")
    assert "争议中" in chinese or "有争议" in chinese


def test_disputed__nothing_paid_yet__does_not_say_that_all_goes_back(clinic: Clinic, terms: Terms) -> None:
    dispute(clinic, terms, contested=0b10, rest_released=False)
    english = text(clinic)
    assert "Nothing has been paid yet." in english
    assert "Nobody is paid" not in english
    assert "What nobody contests is paid when the review is over" in english


def test_disputed__all_decided__waits_for_the_end_of_the_review(clinic: Clinic, terms: Terms) -> None:
    dispute(clinic, terms, contested=0, rest_released=False, resolved=0b10)
    assert page(clinic).limit == clinic.clock.at + terms.policy.review_window
    assert "Everything contested has been decided." in text(clinic)


def test_settled__after_two_releases__adds_up_what_each_party_received(clinic: Clinic, terms: Terms) -> None:
    dispute(clinic, terms, contested=0, rest_released=True, resolved=0b10)
    rest = told(2, "UncontestedReleased", '{"id":7,"seats":1}')
    ruled = told(4, "DisputeResolved", '{"id":7,"seats":2,"bps":5000,"resolution":"ruled","reason":"0x00"}')
    change(clinic, rest, ruled, status=ConsultationStatus.SETTLED, held=Fen(0))
    with clinic.stores.index.writing() as session:
        seat = session.get_one(Seat, (NUMBER, 1))
        seat.resolution, seat.resolved_bps = Resolution.RULED, 5000
    computed = {(each.kind, each.party): each.computed for each in page(clinic).legs}
    assert sum(computed.values()) == terms.seats[0].fee + terms.seats[1].fee // 2
    platform = computed[LegKind.PLATFORM, terms.pricing.platform]
    change(
        clinic,
        leg(1, LegKind.PLATFORM, terms.pricing.platform, platform - 100),
        leg(3, LegKind.PLATFORM, terms.pricing.platform, 100),
        leg(5, LegKind.SEAT, SURGEON, computed[LegKind.SEAT, SURGEON]),
        leg(6, LegKind.SEAT, PATHOLOGIST, computed[LegKind.SEAT, PATHOLOGIST]),
    )
    english = text(clinic)
    assert "differs" not in english
    assert "ruled by the arbiter: 50% paid" in english


def test_absent_seat__by_the_record__is_named(clinic: Clinic) -> None:
    clinic.booked()
    change(clinic, attended=0b01, overtime=1)
    shown = page(clinic)
    assert [seat.absent for seat in shown.seats] == [False, True]
    assert shown.overtime_open == range(1, 2)
    assert "absent" in text(clinic)


def test_absent_hospital__by_the_lead__is_said_and_no_opinion_claimed(clinic: Clinic) -> None:
    clinic.booked()
    absence = Absence(
        consultation=NUMBER, by=SURGEON, seats=0b11, report=REASON, marked_at=clinic.clock.at, **TRACED
    )
    change(
        clinic,
        absence,
        status=ConsultationStatus.DELIVERED,
        delivered_at=clinic.clock.at,
        seats=3,
        opinion=REASON,
    )
    english = text(clinic)
    assert "the hospital did not come" in english
    assert "Report" in english
    assert "缺席" in text(clinic, locale="zh")


def test_overtime__claimed_by_the_lead_alone__is_said_to_need_acceptance(clinic: Clinic) -> None:
    clinic.booked()
    change(clinic, status=ConsultationStatus.DELIVERED, delivered_at=clinic.clock.at, seats=3, overtime=1)
    assert "paid only if the hospital accepts" in text(clinic)
    change(clinic, attended=0b11)
    assert "paid only if the hospital accepts" not in text(clinic)


def test_cancelled__by_nobody__names_nobody(clinic: Clinic) -> None:
    clinic.booked()
    change(
        clinic,
        told(2, "Cancelled", '{"id":7,"by":0,"fee_bps":3000}'),
        status=ConsultationStatus.CANCELLED,
        cancelled_by=PartyId(0),
        cancel_fee_bps=3000,
    )
    assert "Consultation 7 ended without consent or a required seat; 30% of the fee is due" in text(clinic)
