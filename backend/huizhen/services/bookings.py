"""What people do with a booked consultation (cancel, write, sign, deliver, accept), and what time does."""

from __future__ import annotations

import json
from dataclasses import dataclass

from huizhen.db.index import consultation_queries
from huizhen.db.index.consultations import Consultation as Row
from huizhen.db.office import opinions
from huizhen.db.office.opinions import OpinionSeat
from huizhen.db.office.sealed_texts import seal
from huizhen.db.office.statements import StatementStatus
from huizhen.db.session import Stores
from huizhen.domain import acts
from huizhen.domain.chain_ids import ConsultationId
from huizhen.domain.identifiers import refuse_identifiers
from huizhen.domain.ids import PartyId
from huizhen.domain.statement import Statement
from huizhen.domain.statuses import ConsultationStatus
from huizhen.errors import InvalidInput, NotFound, SeatsWrong, StepNotOpen, WrongState
from huizhen.services.lifecycle import everyone, lifecycle
from huizhen.services.ports import Clock
from huizhen.services.statements import NOBODY, StatementService, StatementView

HOUR = 3600
DAY = 24 * HOUR
# A contract's no to what only time asks for is asked again after this long.
_ASK_AGAIN = HOUR


@dataclass(frozen=True, slots=True)
class Bookings:
    stores: Stores
    statements: StatementService
    clock: Clock

    def cancel(self, consultation: ConsultationId, party: PartyId, shown_bps: int) -> StatementView:
        """By the hospital or the leading doctor. Raises InvalidInput where the fee is not the one that was shown."""
        row, now = self._seen(consultation, party), self.clock.now()
        charged = lifecycle(row).cancellation_bps(party, now)
        if charged != shown_bps:
            raise InvalidInput(
                f"取消费用已变为{charged // 100}%，请重新确认。",
                f"Cancelling now costs {charged // 100} %: please confirm again.",
            )
        return self._submit(row, acts.cancel(row.terms, party, now + DAY), party)

    def accept(self, consultation: ConsultationId, hospital: PartyId) -> StatementView:
        """The hospital countersigns; the escrow is split."""
        row = self._seen(consultation, hospital)
        if row.hospital != hospital:
            raise _unknown()
        now = self.clock.now()
        lifecycle(row).accept(now)
        return self._submit(row, acts.accept(row.terms, hospital, now + DAY), hospital)

    def write_opinion(self, consultation: ConsultationId, lead: PartyId, text: str) -> None:
        """The lead's merged text. A changed text has to be signed by every seat again."""
        row = self._led(consultation, lead)
        self._require_session(row)
        refuse_identifiers(text)
        now = self.clock.now()
        with self.stores.office.writing() as session:
            known = opinions.find(session, consultation)
            if known is not None and known.text == text:
                return
            opinions.rewrite(session, consultation, text, lead, now)

    def sign_opinion(
        self, consultation: ConsultationId, doctor: PartyId, written_at: int, dissent: str
    ) -> None:
        """A seat stands by the text as it was shown, or keeps a dissent beside it; both count as signed."""
        row = self._seen(consultation, doctor)
        if doctor not in {seat.doctor for seat in lifecycle(row).terms.seats}:
            raise _unknown()
        self._require_session(row)
        refuse_identifiers(dissent)
        with self.stores.office.writing() as session:
            known = opinions.find(session, consultation)
            if known is None or known.written_at != written_at:
                raise InvalidInput(
                    "意见刚被修改过，请重新阅读后再签署。",
                    "The opinion was just changed: read it again and sign.",
                )
            session.merge(
                OpinionSeat(
                    consultation=consultation, doctor=doctor, dissent=dissent, signed_at=self.clock.now()
                )
            )

    def deliver(self, consultation: ConsultationId, lead: PartyId, overtime: int) -> StatementView:
        """Seal text and dissents, and sign their commitment with the mask of the seats that signed."""
        row, now = self._led(consultation, lead), self.clock.now()
        known = lifecycle(row)
        with self.stores.office.reading() as session:
            opinion, signed = opinions.find(session, consultation), opinions.seats(session, consultation)
        if opinion is None:
            raise SeatsWrong("请先写下会诊意见。", "Write the opinion first.")
        by = {seat.doctor for seat in signed}
        mask = sum(1 << index for index, seat in enumerate(known.terms.seats) if seat.doctor in by)
        # A text may have been signed before the attendance was recorded.
        mask &= known.attended or everyone(known)
        known.deliver(mask, overtime, now)
        self._require_idle(row, "deliver")
        dissents = [{"doctor": each.doctor, "dissent": each.dissent} for each in signed if each.dissent]
        document = json.dumps(
            {"opinion": opinion.text, "dissents": dissents}, ensure_ascii=False, sort_keys=True
        )
        with self.stores.office.writing() as session:
            commitment = seal(session, document, now)
        return self._submit(row, acts.deliver(row.terms, lead, commitment, mask, overtime, now + DAY), lead)

    def settle_due(self) -> int:
        """For the worker: send what anybody may send because its time has come. Answers how many."""
        now = self.clock.now()
        with self.stores.index.reading() as session:
            reviews = consultation_queries.overdue_reviews(session, now)
            opinions_due = consultation_queries.overdue_opinions(session, now)
            rulings = consultation_queries.overdue_rulings(session, now)
            rests = consultation_queries.overdue_rests(session, now)
            withdrawn = consultation_queries.withdrawn(session, now)
        due = [(row, acts.accept_by_time(row.terms)) for row in reviews]
        due += [(row, acts.expire(row.terms)) for row in opinions_due]
        due += [(row, acts.apply_default(row.terms)) for row in rulings]
        due += [(row, acts.release_uncontested(row.terms)) for row in rests]
        due += [(row, acts.cancel_withdrawn(row.terms)) for row in withdrawn]
        sent = 0
        for row, statement in due:
            subject = f"consultation:{row.id}"
            if not any(self._stands(view, statement, now) for view in self.statements.of_subject(subject)):
                self.statements.submit_unsigned(statement, proposer=NOBODY, subject=subject)
                sent += 1
        return sent

    @staticmethod
    def _stands(view: StatementView, statement: Statement, now: int) -> bool:
        """Whether it was sent already; what is final here is in the index soon."""
        refused_long_ago = view.status is StatementStatus.REFUSED and view.created_at < now - _ASK_AGAIN
        return view.function == statement.function and not refused_long_ago

    def _submit(self, row: Row, statement: Statement, by: PartyId) -> StatementView:
        self._require_idle(row, statement.function)
        return self.statements.submit(statement, proposer=by, subject=f"consultation:{row.id}")

    def _require_idle(self, row: Row, function: str) -> None:
        sent = self.statements.of_subject(f"consultation:{row.id}")
        if any(view.function == function and view.pending for view in sent):
            raise StepNotOpen(
                "这一步已提交，正在等待上链。", "This step was sent already and is on its way to the chain."
            )

    def _require_session(self, row: Row) -> None:
        """Opinions are written from the start on, until one is delivered: its seats are paid, no later ones."""
        self._require_idle(row, "deliver")
        known = lifecycle(row)
        if known.status is not ConsultationStatus.BOOKED or self.clock.now() < known.terms.starts_at:
            raise WrongState(
                "会诊开始后、提交之前才能撰写和签署意见。",
                "Opinions are written and signed after the start and before delivery.",
            )

    def _seen(self, consultation: ConsultationId, party: PartyId) -> Row:
        with self.stores.index.reading() as session:
            row = consultation_queries.seen_by(session, consultation, party)
        if row is None:
            raise _unknown()
        return row

    def _led(self, consultation: ConsultationId, lead: PartyId) -> Row:
        row = self._seen(consultation, lead)
        if row.lead_doctor != lead:
            raise _unknown()
        return row


def _unknown() -> NotFound:
    return NotFound(
        "没有这次会诊，或与您无关。", "There is no such consultation, or it does not concern you."
    )
