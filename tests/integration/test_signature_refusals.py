"""A signature counts once and in time: what comes late or again is refused with a sentence, and nothing moves."""

from __future__ import annotations

from huizhen.db.office.statements import StatementStatus as Status
from huizhen.domain import acts
from huizhen.domain.ids import PartyId
from huizhen.domain.statement import Statement
from tests.integration.test_relay import AUTHORITY, Desk, desk

__all__ = ["desk"]


def applicant(desk: Desk, name: str) -> PartyId:
    desk.apply(name)
    desk.relay.once()
    return PartyId(desk.parties())


def accreditation(desk: Desk, party: PartyId) -> Statement:
    now = desk.setup.node.head().time
    return acts.accredit(party, 0, 1, 530100, now + 400 * 86_400, 0, AUTHORITY, now + 3600)


def test_signature__replayed__is_refused_with_a_sentence(desk: Desk) -> None:
    party = applicant(desk, "replayed")
    statement = accreditation(desk, party)
    assert desk.statements.submit(statement, proposer=AUTHORITY, subject="party").status is Status.QUEUED
    desk.relay.once()
    again = desk.statements.submit(statement, proposer=AUTHORITY, subject="party")
    desk.relay.once()
    (replayed, first) = desk.statements.of_subject("party")
    assert first.status in (Status.SUBMITTED, Status.CONFIRMING, Status.FINAL)
    assert replayed.id == again.id
    assert replayed.status is Status.REFUSED
    assert replayed.refusal is not None
    assert replayed.refusal.zh.endswith("。")
    assert replayed.refusal.en.endswith(".")


def test_signature__expired_on_the_way__is_refused_with_a_sentence(desk: Desk) -> None:
    party = applicant(desk, "late")
    statement = accreditation(desk, party)
    desk.statements.submit(statement, proposer=AUTHORITY, subject="late")
    desk.setup.chain.advance(7200)
    desk.relay.once()
    (late,) = desk.statements.of_subject("late")
    assert late.status is Status.REFUSED
    assert late.refusal_name == "StatementExpired"
    assert late.refusal is not None
    assert late.refusal.zh.endswith("。")
    assert late.refusal.en.endswith(".")
