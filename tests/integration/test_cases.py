"""Cases and consent on real stores; the chain says yes."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from huizhen.db.index.consents import Consent
from huizhen.db.office.drafts import Draft
from huizhen.db.office.statements import StatementStatus
from huizhen.domain.case import CaseAct, CaseStage, CaseState
from huizhen.domain.commitments import commit
from huizhen.domain.money import Fen
from huizhen.errors import IdentifierFound, InvalidInput, NotFound, StepNotOpen
from tests.support.clinic import (
    ADDRESS,
    CONTENTS,
    HOSPITAL,
    RIVAL,
    SIGNATURE,
    SURGEON,
    WISH,
    Clinic,
)
from tests.support.web import NOW


def state(clinic: Clinic, case: int) -> CaseState:
    return clinic.rooms.case_pages.page(case, HOSPITAL).state  # type: ignore[arg-type]


def test_trail__of_a_whole_case__names_every_step_and_who(clinic: Clinic) -> None:
    case, _ = clinic.held()
    trail = clinic.rooms.case_pages.page(case, HOSPITAL).trail
    assert [entry.act for entry in trail] == [
        CaseAct.CREATED,
        CaseAct.EDITED,
        CaseAct.CONSENT_ASKED,
        CaseAct.APPROVED,
        CaseAct.TRIAGED,
        CaseAct.HELD,
    ]
    assert {entry.by.en for entry in trail} == {"coordinator"}


def test_create__text_that_names_the_patient__is_refused(clinic: Clinic) -> None:
    with pytest.raises(IdentifierFound):
        clinic.rooms.cases.create(clinic.coordinator, replace(CONTENTS, summary="电话13812345678"))


def test_case__of_another_hospital__does_not_exist(clinic: Clinic) -> None:
    case = clinic.consented()
    rival = clinic.people["rival"]
    for step in (
        lambda: clinic.rooms.cases.approve(case, rival),
        lambda: clinic.rooms.cases.edit(case, rival, CONTENTS),
        lambda: clinic.rooms.cases.set_wish(case, rival, WISH),
        lambda: clinic.rooms.cases.close(case, rival, ""),
        lambda: clinic.rooms.consents.ask(case, rival, ADDRESS),
        lambda: clinic.rooms.case_pages.page(case, RIVAL),
        lambda: clinic.rooms.teams.page(case, RIVAL),
    ):
        with pytest.raises(NotFound):
            step()


def test_edit__after_the_link_was_made__makes_it_void(clinic: Clinic) -> None:
    case = clinic.draft()
    token = clinic.rooms.consents.ask(case, clinic.coordinator, ADDRESS)
    clinic.rooms.cases.edit(case, clinic.coordinator, replace(CONTENTS, aim="是否放疗？"))
    assert not clinic.rooms.consents.page(token).usable
    with pytest.raises(StepNotOpen):
        clinic.rooms.consents.grant(token, SIGNATURE)


def test_consent__link__commits_to_what_the_patient_reads(clinic: Clinic) -> None:
    case = clinic.draft()
    page = clinic.rooms.consents.page(clinic.rooms.consents.ask(case, clinic.coordinator, ADDRESS))
    request = clinic.request_of(case)
    text = json.dumps(request.contents, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert request.consent == "0x" + commit(bytes.fromhex(request.commitment_key), text).hex()
    assert (page.contents, page.fee_ceiling) == (CONTENTS, WISH.price_limit)
    assert page.typed_grant["message"]["key"] == ADDRESS
    assert page.typed_grant["message"]["consent"] == request.consent


def test_consent__given_and_withdrawn__once_each(clinic: Clinic) -> None:
    case = clinic.draft()
    token = clinic.rooms.consents.ask(case, clinic.coordinator, ADDRESS)
    with pytest.raises(InvalidInput):
        clinic.rooms.consents.grant(token, "0x12")
    sent = clinic.rooms.consents.grant(token, SIGNATURE)
    assert (sent.function, sent.status) == ("grantConsent", StatementStatus.QUEUED)
    assert clinic.rooms.consents.page(token).moving
    with pytest.raises(StepNotOpen):
        clinic.rooms.consents.grant(token, SIGNATURE)
    clinic.grant(case)
    assert state(clinic, case) is CaseState.CONSENTED
    page = clinic.rooms.consents.page(token)
    clinic.rooms.consents.withdraw(token, page.withdraw_by, SIGNATURE)
    with pytest.raises(StepNotOpen):
        clinic.rooms.consents.withdraw(token, page.withdraw_by, SIGNATURE)


def test_consent__withdrawal_with_a_strange_deadline__is_refused(clinic: Clinic) -> None:
    case = clinic.consented()
    with pytest.raises(InvalidInput):
        clinic.rooms.consents.withdraw(clinic.request_of(case).token, NOW - 1, SIGNATURE)


def test_consent__withdrawn_on_chain__sends_the_case_back_to_draft(clinic: Clinic) -> None:
    case = clinic.triaged()
    with clinic.stores.index.writing() as session:
        request = clinic.request_of(case)
        session.get_one(Consent, (request.case_file, request.consent)).withdrawn = True
    assert state(clinic, case) is CaseState.DRAFT
    clinic.rooms.consents.ask(case, clinic.coordinator, "0x" + "cd" * 20)
    with clinic.stores.office.reading() as session:
        assert session.get_one(Draft, case).stage is CaseStage.DRAFT


def test_openings__are_on_record_before_the_file_is_shown(clinic: Clinic) -> None:
    case = clinic.consented()
    request = clinic.request_of(case)
    assert clinic.rooms.consents.contents_of(request.case_file, SURGEON) is None
    clinic.rooms.consents.open_file(request.case_file, SURGEON)
    assert clinic.rooms.consents.contents_of(request.case_file, SURGEON) == CONTENTS
    (opening,) = clinic.rooms.consents.page(request.token).openings
    assert (opening.party, opening.name.en, opening.at) == (SURGEON, "Li Wenjing", NOW)


def test_triage__incomplete__keeps_one_list_and_stays_approved(clinic: Clinic) -> None:
    case = clinic.consented()
    clinic.rooms.cases.approve(case, clinic.coordinator)
    with pytest.raises(InvalidInput):
        clinic.rooms.cases.triage(case, clinic.coordinator, frozenset(["aim"]), " ")
    assert not clinic.rooms.cases.triage(case, clinic.coordinator, frozenset(["aim"]), "缺MRI原片")
    page = clinic.rooms.case_pages.page(case, HOSPITAL)
    assert (page.state, page.missing) == (CaseState.APPROVED, "缺MRI原片")


def test_wish__above_the_consented_ceiling__is_refused(clinic: Clinic) -> None:
    case = clinic.triaged()
    dearer = replace(WISH, price_limit=Fen(WISH.price_limit + 1))
    with pytest.raises(InvalidInput):
        clinic.rooms.cases.set_wish(case, clinic.coordinator, dearer)
    clinic.rooms.cases.set_wish(case, clinic.coordinator, replace(WISH, slots=2))


def test_board__orders_by_what_is_due_and_knows_every_state(clinic: Clinic) -> None:
    clinic.draft()
    clinic.consented()
    clinic.held()
    rows = clinic.rooms.case_pages.board(HOSPITAL)
    assert [row.state for row in rows] == [CaseState.HELD, CaseState.CONSENTED, CaseState.DRAFT]
    assert (rows[0].signed, rows[0].signers, rows[0].limit) == (1, 3, NOW + 7200)
    assert clinic.rooms.case_pages.board(RIVAL) == ()
