"""A booked consultation on real stores: who sees it, who may act, what time does; and a hospital's account."""

from __future__ import annotations

from dataclasses import replace

import pytest

from huizhen.db.index.consents import Consent
from huizhen.db.index.consultations import Consultation, Dispute
from huizhen.db.index.ledger import Funds, LedgerEntry
from huizhen.db.office.statements import StatementRow, StatementStatus
from huizhen.domain.case import CaseState
from huizhen.domain.chain_ids import ConsultationId, hex32
from huizhen.domain.ids import PartyId
from huizhen.domain.money import Fen
from huizhen.domain.split import LegKind
from huizhen.domain.statuses import Bucket, ConsultationStatus, EntryKind
from huizhen.domain.terms import Terms, decode_terms, encode_terms
from huizhen.errors import (
    IdentifierFound,
    InvalidInput,
    MayNotCancel,
    NotFound,
    OvertimeNotAgreed,
    SeatsWrong,
    StepNotOpen,
    WrongState,
)
from huizhen.services.consultation_views import ConsultationPage
from tests.support.clinic import CONTENTS, HOSPITAL, INSTITUTION, PATHOLOGIST, RIVAL, SURGEON, Clinic
from tests.support.practice import DAY, TX
from tests.support.web import NOW

NUMBER = ConsultationId(7)
HOUR = 3600


def page(clinic: Clinic, who: str) -> ConsultationPage:
    found = clinic.rooms.consultations.page(NUMBER, clinic.person(who))
    assert found is not None
    return found


def begun(clinic: Clinic) -> Terms:
    _, terms = clinic.booked()
    clinic.clock.at = terms.starts_at
    return terms


def delivered(clinic: Clinic) -> Terms:
    """Both seats signed, and the chain has the opinion."""
    terms = begun(clinic)
    clinic.rooms.bookings.write_opinion(NUMBER, SURGEON, "建议手术。")
    written = page(clinic, "pathologist").opinion
    assert written is not None
    clinic.rooms.bookings.sign_opinion(NUMBER, PATHOLOGIST, written.written_at, "建议先复查MRI")
    view = clinic.rooms.bookings.deliver(NUMBER, SURGEON, 0)
    clinic.set_status(view.id, StatementStatus.FINAL)
    with clinic.stores.index.writing() as session:
        row = session.get_one(Consultation, NUMBER)
        row.status, row.delivered_at, row.seats = ConsultationStatus.DELIVERED, clinic.clock.at, 3
        row.opinion = hex32(view.values["opinion"])
    return terms


@pytest.mark.parametrize(
    "who", ["coordinator", "teammate", "surgeon", "pathologist", "institution", "finance", "auditor"]
)
def test_page__for_all_whom_it_concerns__is_there(clinic: Clinic, who: str) -> None:
    clinic.booked()
    assert page(clinic, who).terms.hospital == HOSPITAL
    lines, total = clinic.rooms.consultations.listed(clinic.person(who), 1, 10)
    assert ([line.id for line in lines], total) == ([NUMBER], 1)
    assert clinic.rooms.consultations.listed(clinic.person(who), 2, 10) == ((), 1)


@pytest.mark.parametrize("who", ["rival", "allrounder", "newcomer"])
def test_page__for_a_stranger__is_not(clinic: Clinic, who: str) -> None:
    clinic.booked()
    assert clinic.rooms.consultations.page(NUMBER, clinic.person(who)) is None
    assert clinic.rooms.consultations.listed(clinic.person(who), 1, 10) == ((), 0)


def test_contents__for_the_hospital_and_doctors_who_opened__alone(clinic: Clinic) -> None:
    clinic.booked()
    assert page(clinic, "coordinator").contents == CONTENTS
    for who in ("institution", "finance", "auditor", "surgeon"):
        assert page(clinic, who).contents is None
    assert page(clinic, "surgeon").may_open
    assert not page(clinic, "institution").may_open
    case_file = clinic.rooms.consultations.case_file(NUMBER, clinic.person("surgeon"))
    assert case_file is not None
    assert clinic.rooms.consultations.case_file(NUMBER, clinic.person("institution")) is None
    clinic.rooms.consents.open_file(case_file, SURGEON)
    assert page(clinic, "surgeon").contents == CONTENTS


def test_case__once_booked__shows_the_consultation(clinic: Clinic) -> None:
    case, terms = clinic.booked()
    found = clinic.rooms.case_pages.page(case, HOSPITAL)
    assert (found.state, found.consultation, found.limit) == (CaseState.BOOKED, NUMBER, terms.starts_at)
    (row,) = clinic.rooms.case_pages.board(HOSPITAL)
    assert (row.consultation, row.state, row.amount) == (NUMBER, CaseState.BOOKED, terms.escrow())


@pytest.mark.parametrize(("before", "bps"), [(DAY, 0), (DAY - 1, 3000), (HOUR, 10_000)])
def test_cancel__by_the_hospital__previews_and_charges_the_signed_policy(
    clinic: Clinic, before: int, bps: int
) -> None:
    _, terms = clinic.booked()
    clinic.clock.at = terms.starts_at - before
    preview = page(clinic, "coordinator").cancel
    assert preview is not None
    assert (preview.bps, preview.charged + preview.returned) == (bps, terms.escrow())
    with pytest.raises(InvalidInput):
        clinic.rooms.bookings.cancel(NUMBER, HOSPITAL, bps + 1)
    view = clinic.rooms.bookings.cancel(NUMBER, HOSPITAL, bps)
    assert (view.function, view.values["by"], view.status) == ("cancel", HOSPITAL, StatementStatus.QUEUED)
    assert page(clinic, "coordinator").cancel is None
    with pytest.raises(StepNotOpen):
        clinic.rooms.bookings.cancel(NUMBER, HOSPITAL, bps)


def test_cancel__by_the_lead_is_free__by_others_refused(clinic: Clinic) -> None:
    clinic.booked()
    assert page(clinic, "pathologist").cancel is None
    with pytest.raises(MayNotCancel):
        clinic.rooms.bookings.cancel(NUMBER, PATHOLOGIST, 0)
    with pytest.raises(NotFound):
        clinic.rooms.bookings.cancel(NUMBER, RIVAL, 0)
    assert clinic.rooms.bookings.cancel(NUMBER, SURGEON, 0).values["by"] == SURGEON


def test_opinion__before_the_start_or_by_another__is_refused(clinic: Clinic) -> None:
    clinic.booked()
    with pytest.raises(WrongState):
        clinic.rooms.bookings.write_opinion(NUMBER, SURGEON, "建议手术。")
    for party in (PATHOLOGIST, HOSPITAL, RIVAL):
        with pytest.raises(NotFound):
            clinic.rooms.bookings.write_opinion(NUMBER, party, "建议手术。")


def test_opinion__naming_the_patient__is_refused(clinic: Clinic) -> None:
    begun(clinic)
    with pytest.raises(IdentifierFound):
        clinic.rooms.bookings.write_opinion(NUMBER, SURGEON, "请致电13812345678")


def test_opinion__changed_text__has_to_be_signed_again(clinic: Clinic) -> None:
    begun(clinic)
    clinic.rooms.bookings.write_opinion(NUMBER, SURGEON, "建议手术。")
    first = page(clinic, "pathologist").opinion
    assert first is not None
    clinic.rooms.bookings.sign_opinion(NUMBER, PATHOLOGIST, first.written_at, "")
    assert page(clinic, "pathologist").seat_signed
    clinic.clock.at += 1
    clinic.rooms.bookings.write_opinion(NUMBER, SURGEON, "建议经鼻手术。")
    assert not page(clinic, "pathologist").seat_signed
    with pytest.raises(InvalidInput):
        clinic.rooms.bookings.sign_opinion(NUMBER, PATHOLOGIST, first.written_at, "")
    with pytest.raises(SeatsWrong):
        clinic.rooms.bookings.deliver(NUMBER, SURGEON, 0)


def test_opinion__once_a_delivery_is_on_its_way__takes_no_more_seats(clinic: Clinic) -> None:
    """Only the seats that it names are paid: one that signs now must not believe that it is among them."""
    begun(clinic)
    clinic.rooms.bookings.write_opinion(NUMBER, SURGEON, "建议手术。")
    written = page(clinic, "pathologist").opinion
    assert written is not None
    clinic.rooms.bookings.sign_opinion(NUMBER, PATHOLOGIST, written.written_at, "")
    view = clinic.rooms.bookings.deliver(NUMBER, SURGEON, 0)
    with pytest.raises(StepNotOpen, match="on its way"):
        clinic.rooms.bookings.sign_opinion(NUMBER, PATHOLOGIST, written.written_at, "建议先复查MRI")
    with pytest.raises(StepNotOpen, match="on its way"):
        clinic.rooms.bookings.write_opinion(NUMBER, SURGEON, "建议经鼻手术。")
    clinic.set_status(view.id, StatementStatus.REFUSED)
    clinic.rooms.bookings.write_opinion(NUMBER, SURGEON, "建议经鼻手术。")


def test_opinion__signed_by_whoever_has_no_seat__is_refused(clinic: Clinic) -> None:
    begun(clinic)
    clinic.rooms.bookings.write_opinion(NUMBER, SURGEON, "建议手术。")
    for party in (INSTITUTION, HOSPITAL, RIVAL):
        with pytest.raises(NotFound):
            clinic.rooms.bookings.sign_opinion(NUMBER, party, clinic.clock.at, "")


def test_deliver__seals_text_and_dissent__for_the_team_alone(clinic: Clinic) -> None:
    delivered(clinic)
    opinion = page(clinic, "coordinator").opinion
    assert opinion is not None
    assert (opinion.text, opinion.delivered) == ("建议手术。", True)
    assert [(name.en, dissent) for name, dissent in opinion.dissents] == [("Chen Xiangwan", "建议先复查MRI")]
    for who in ("institution", "auditor", "finance"):
        assert page(clinic, who).opinion is None


def test_accept__by_the_hospital_alone__and_once(clinic: Clinic) -> None:
    delivered(clinic)
    assert page(clinic, "coordinator").may_accept
    assert not page(clinic, "surgeon").may_accept
    with pytest.raises(NotFound):
        clinic.rooms.bookings.accept(NUMBER, INSTITUTION)
    view = clinic.rooms.bookings.accept(NUMBER, HOSPITAL)
    assert view.status is StatementStatus.QUEUED
    with pytest.raises(StepNotOpen):
        clinic.rooms.bookings.accept(NUMBER, HOSPITAL)


def test_accept__while_the_delivery_waits_for_blocks__is_open(clinic: Clinic) -> None:
    delivered(clinic)
    (delivery,) = clinic.statements.of_subject(f"consultation:{NUMBER}")
    clinic.set_status(delivery.id, StatementStatus.CONFIRMING)
    assert page(clinic, "coordinator").may_accept


def test_accept__before_delivery__is_refused(clinic: Clinic) -> None:
    begun(clinic)
    with pytest.raises(WrongState):
        clinic.rooms.bookings.accept(NUMBER, HOSPITAL)


def test_split__of_a_settled_one__stands_beside_what_was_credited(clinic: Clinic) -> None:
    terms = delivered(clinic)
    with clinic.stores.index.writing() as session:
        row = session.get_one(Consultation, NUMBER)
        row.status, row.ended_at, row.returned = ConsultationStatus.SETTLED, clinic.clock.at, Fen(45_000)
        session.add(
            LedgerEntry(
                block_number=10,
                log_index=3,
                line=1,
                kind=EntryKind.LEG,
                bucket=Bucket.CREDITED,
                party=SURGEON,
                amount=Fen(66_500),
                consultation=NUMBER,
                leg=LegKind.SEAT,
                tx_hash=TX,
            )
        )
    shown = page(clinic, "auditor")
    assert sum(leg.computed for leg in shown.legs) == terms.price()
    credited = {leg.party: leg.credited for leg in shown.legs if leg.kind is LegKind.SEAT}
    assert credited == {SURGEON: Fen(66_500), PATHOLOGIST: None}


def test_settle_due__sends_each_once__and_again_an_hour_after_a_refusal(clinic: Clinic) -> None:
    terms = delivered(clinic)
    assert clinic.rooms.bookings.settle_due() == 0
    clinic.clock.at += terms.policy.review_window + 1
    assert clinic.rooms.bookings.settle_due() == 1
    assert clinic.rooms.bookings.settle_due() == 0
    (sent,) = [v for v in clinic.statements.of_subject("consultation:7") if v.function == "acceptByTime"]
    clinic.set_status(sent.id, StatementStatus.REFUSED)
    assert clinic.rooms.bookings.settle_due() == 0
    clinic.clock.at += HOUR + 1
    assert clinic.rooms.bookings.settle_due() == 1


def test_settle_due__overdue_opinion__expires(clinic: Clinic) -> None:
    terms = begun(clinic)
    clinic.clock.at = terms.ends_at + terms.policy.deliver_window
    assert clinic.rooms.bookings.settle_due() == 0
    clinic.clock.at += 1
    assert clinic.rooms.bookings.settle_due() == 1
    assert clinic.statements.of_subject("consultation:7")[0].function == "expire"


def contest(clinic: Clinic, terms: Terms, *, contested: int, rest_released: bool) -> None:
    with clinic.stores.index.writing() as session:
        session.get_one(Consultation, NUMBER).status = ConsultationStatus.DISPUTED
        session.add(
            Dispute(
                consultation=NUMBER,
                contested=contested,
                resolved=0,
                opened_at=clinic.clock.at,
                rest_released=rest_released,
                by=terms.hospital,
                reason=hex32(bytes(32)),
                block_number=10,
                tx_hash=TX,
            )
        )


def test_settle_due__no_ruling_in_time__applies_the_default(clinic: Clinic) -> None:
    terms = delivered(clinic)
    contest(clinic, terms, contested=0b10, rest_released=True)
    clinic.clock.at += terms.policy.arbiter_window
    assert clinic.rooms.bookings.settle_due() == 0
    clinic.clock.at += 1
    assert clinic.rooms.bookings.settle_due() == 1
    assert clinic.statements.of_subject("consultation:7")[0].function == "applyDefault"


def test_settle_due__review_of_a_disputed_one_is_over__releases_the_rest(clinic: Clinic) -> None:
    terms = delivered(clinic)
    contest(clinic, terms, contested=0b10, rest_released=False)
    clinic.clock.at += terms.policy.review_window
    assert clinic.rooms.bookings.settle_due() == 0
    clinic.clock.at += 1
    assert clinic.rooms.bookings.settle_due() == 1
    assert clinic.statements.of_subject("consultation:7")[0].function == "releaseUncontested"


def test_settle_due__consent_withdrawn_before_the_start__cancels(clinic: Clinic) -> None:
    _, terms = clinic.booked()
    assert clinic.rooms.bookings.settle_due() == 0
    with clinic.stores.index.writing() as session:
        key = hex32(terms.documents.case_file), hex32(terms.documents.consent)
        session.get_one(Consent, key).withdrawn = True
    assert clinic.rooms.bookings.settle_due() == 1
    assert clinic.statements.of_subject("consultation:7")[0].function == "cancelWithdrawn"


def test_deliver__after_recorded_attendance__names_the_recorded_overtime(clinic: Clinic) -> None:
    begun(clinic)
    bookings = clinic.rooms.bookings
    bookings.write_opinion(NUMBER, SURGEON, "建议手术。")
    written = page(clinic, "pathologist").opinion
    assert written is not None
    bookings.sign_opinion(NUMBER, PATHOLOGIST, written.written_at, "")
    with clinic.stores.index.writing() as session:
        row = session.get_one(Consultation, NUMBER)
        row.attended, row.overtime = 0b11, 1
    with pytest.raises(OvertimeNotAgreed):
        bookings.deliver(NUMBER, SURGEON, 0)
    assert bookings.deliver(NUMBER, SURGEON, 1).values["seats"] == 0b11


def test_deliver__seat_absent_by_the_record__is_left_out_though_it_signed(clinic: Clinic) -> None:
    begun(clinic)
    bookings = clinic.rooms.bookings
    bookings.write_opinion(NUMBER, SURGEON, "建议手术。")
    written = page(clinic, "pathologist").opinion
    assert written is not None
    bookings.sign_opinion(NUMBER, PATHOLOGIST, written.written_at, "")
    with clinic.stores.index.writing() as session:
        row = session.get_one(Consultation, NUMBER)
        terms = decode_terms(row.terms)
        optional = replace(terms, seats=(terms.seats[0], replace(terms.seats[1], required=False)))
        row.terms, row.attended = encode_terms(optional), 0b01
    assert bookings.deliver(NUMBER, SURGEON, 0).values["seats"] == 0b01


def test_refund__at_most_what_is_available__one_at_a_time(clinic: Clinic) -> None:
    hospitals = clinic.rooms.hospitals
    with pytest.raises(InvalidInput):
        hospitals.refund(HOSPITAL, Fen(10_000_001))
    with pytest.raises(InvalidInput):
        hospitals.refund(HOSPITAL, Fen(0))
    with pytest.raises(InvalidInput):
        hospitals.refund(RIVAL, Fen(1))
    view = hospitals.refund(HOSPITAL, Fen(500))
    assert (view.values["amount"], view.values["sequence"]) == (500, 0)
    with pytest.raises(InvalidInput):
        hospitals.refund(HOSPITAL, Fen(500))


def test_funds__final_and_newest__are_told_apart(clinic: Clinic) -> None:
    with clinic.stores.index.writing() as session:
        for block, amount in ((10, 10_000_000), (4500, -2_000)):
            session.add(
                LedgerEntry(
                    block_number=block,
                    log_index=1,
                    line=1,
                    kind=EntryKind.DEPOSIT if amount > 0 else EntryKind.ESCROW,
                    bucket=Bucket.AVAILABLE,
                    party=HOSPITAL,
                    amount=Fen(amount),
                    tx_hash=TX,
                )
            )
        session.get_one(Funds, HOSPITAL).available = Fen(9_998_000)
    funds = clinic.rooms.hospitals.funds(HOSPITAL)
    assert (funds.available, funds.final_available) == (Fen(9_998_000), Fen(10_000_000))
    assert [move.trace.state for move in funds.moves] == ["confirming", "final"]
    assert funds.reference == "HZ000003"


def test_agreement__proposed__awaits_both_and_keeps_its_title_here(clinic: Clinic) -> None:
    hospitals = clinic.rooms.hospitals
    view = hospitals.propose_agreement(HOSPITAL, RIVAL, "远程会诊协议 2026-18", NOW + 300 * DAY)
    assert (view.values["a"], view.values["b"], view.values["version"]) == (HOSPITAL, RIVAL, 0)
    clinic.statements.sign(view.id, HOSPITAL)
    assert [name.en for _, name in hospitals.agreements(RIVAL).awaiting] == ["Dali People's Hospital"]
    assert [name.en for _, name in hospitals.agreements(HOSPITAL).proposed] == ["Qujing Hospital"]
    renewed = hospitals.propose_agreement(HOSPITAL, INSTITUTION, "续签", NOW + 400 * DAY)
    assert renewed.values["version"] == 1


def test_agreement__with_nobody_or_in_the_past__is_refused(clinic: Clinic) -> None:
    with pytest.raises(NotFound):
        clinic.rooms.hospitals.propose_agreement(HOSPITAL, PartyId(99), "协议", NOW + DAY)
    with pytest.raises(NotFound):
        clinic.rooms.hospitals.propose_agreement(HOSPITAL, HOSPITAL, "协议", NOW + DAY)
    with pytest.raises(InvalidInput):
        clinic.rooms.hospitals.propose_agreement(HOSPITAL, RIVAL, "协议", NOW)


def test_refused__booking__names_people_not_numbers(clinic: Clinic) -> None:
    case, view = clinic.held()
    with clinic.stores.office.writing() as session:
        row = session.get_one(StatementRow, view.id)
        row.status, row.refusal_name = StatementStatus.REFUSED, "SlotTaken"
        row.refusal = {"zh": "#10", "en": "#10", "arguments": {"doctor": SURGEON, "slot": 1_969_650}}
    hold = clinic.rooms.case_pages.page(case, HOSPITAL).hold
    assert hold is not None
    assert hold.why is not None
    assert "Li Wenjing" in hold.why.en
    assert "#10" not in hold.why.en
