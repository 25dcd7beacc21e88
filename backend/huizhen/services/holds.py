"""From a found team to terms that everybody can sign: the hours of all seats are held at once, or none."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from huizhen.db.index import hospital_queries
from huizhen.db.office import holds as repository
from huizhen.db.office.holds import Hold
from huizhen.db.session import Session, Stores
from huizhen.domain import acts
from huizhen.domain.accounts import Account
from huizhen.domain.case import CaseAct, CaseId
from huizhen.domain.ids import PartyId
from huizhen.domain.money import Fen, format_yuan
from huizhen.domain.sentence import Sentence
from huizhen.domain.slots import Slot
from huizhen.domain.terms import Documents, Terms, encode_terms
from huizhen.errors import HourTaken, InvalidInput, StepNotOpen
from huizhen.services.case_facts import CaseFacts, facts, note
from huizhen.services.cases import hospital_of
from huizhen.services.ports import ChainGateway, Clock
from huizhen.services.profiles import Profiles
from huizhen.services.statements import StatementService, StatementView
from huizhen.services.team_question import Question, Team, hour_taken, question, search_seat


@dataclass(frozen=True, slots=True)
class Holds:
    stores: Stores
    statements: StatementService
    chain: ChainGateway
    profiles: Profiles
    clock: Clock

    def hold(
        self,
        case: CaseId,
        actor: Account,
        start: Slot,
        wanted: Mapping[int, PartyId],
        lead: int,
        shown_price: Fen,
        through: Mapping[int, PartyId],
    ) -> StatementView:
        """Draw up the terms, hold all hours, and put the terms before their signers; the hospital signs first.

        `wanted` names the doctor of each filled seat, `through` the group of those who are in one. Raises
        HourTaken where somebody was quicker, StepNotOpen where a colleague holds a team for the same case,
        ChainRefusal where the contract would refuse these terms, InvalidInput where team or price are not those that
        were shown.
        """
        known = facts(self.stores, case, hospital_of(actor), self.clock.now())
        asked = question(self.stores, known)
        team = asked.team_at(start, wanted, through)
        seated = {number: member.group for number, member in enumerate(team) if member}
        if (
            set(seated) != set(wanted)
            or {number: group for number, group in seated.items() if group} != through
        ):
            raise InvalidInput(
                "团队与页面上的不同，请重新选择。", "The team is not the one that was shown: choose again."
            )
        terms = self._terms(known, asked, team, start, lead)
        if terms.price() != shown_price:
            raise InvalidInput(
                f"价格已变为{format_yuan(terms.price())}，请重新核对团队后再锁定。",
                f"The price is now {format_yuan(terms.price())}: look at the team again before you hold it.",
            )
        self._require_funds(terms)
        packed = encode_terms(terms)
        signers = self.chain.signers_of(packed)
        held = self._reserve(known, terms, packed)
        try:
            view = self.statements.propose(
                acts.book(packed, signers), proposer=terms.hospital, subject=f"draft:{case}"
            )
        except Exception:
            with self.stores.office.writing() as session:
                session.delete(session.get_one(Hold, held))
            raise
        with self.stores.office.writing() as session:
            session.get_one(Hold, held).statement = view.id
        note(self.stores, case, CaseAct.HELD, actor, known.now)
        return view

    def withdraw(self, case: CaseId, actor: Account) -> None:
        """Take back terms that are not fully signed: all hours are free again at once."""
        known = facts(self.stores, case, hospital_of(actor), self.clock.now())
        if known.held is None or not known.held.living(known.now):
            raise StepNotOpen("没有可撤回的锁定。", "There is no hold to take back.")
        self.statements.withdraw(known.held.statement.id, known.draft.hospital)
        note(self.stores, case, CaseAct.HOLD_WITHDRAWN, actor, known.now)

    def _terms(self, known: CaseFacts, asked: Question, team: Team, start: Slot, lead: int) -> Terms:
        """Seats in ascending order of doctor, as the contract wants them."""
        seated = sorted(
            ((member, number) for number, member in enumerate(team) if member),
            key=lambda pair: pair[0].doctor,
        )
        seats = tuple(
            asked.roster.terms_seat(
                member, asked.wish.seats[number].required, search_seat(asked.wish.seats[number]).specialties
            )
            for member, number in seated
        )
        numbers = [number for _, number in seated]
        if lead not in numbers or not asked.wish.seats[lead].required:
            raise InvalidInput(
                "请选择一个必需席位的医生牵头。", "Choose the doctor of a required seat to lead."
            )
        return Terms(
            hospital=known.draft.hospital,
            start=start,
            slots=asked.wish.slots,
            lead=numbers.index(lead),
            sign_by=known.now + asked.policy.hold_seconds(asked.urgency),
            salt=secrets.token_bytes(16),
            pricing=asked.policy.pricing(asked.roster.platform, asked.urgency),
            policy=asked.policy.terms_policy(asked.roster.arbiter),
            documents=_documents(known, asked, [seat.institution for seat in seats]),
            seats=seats,
        )

    def _require_funds(self, terms: Terms) -> None:
        with self.stores.index.reading() as session:
            funds = hospital_queries.funds(session, terms.hospital)
        available = funds.available if funds else Fen(0)
        if available < terms.escrow():
            raise InvalidInput(
                f"可用资金{format_yuan(available)}，托管需要{format_yuan(terms.escrow())}：请先充值。",
                f"{format_yuan(available)} is available and {format_yuan(terms.escrow())} goes into escrow: "
                "deposit the difference first.",
            )

    def _reserve(self, known: CaseFacts, terms: Terms, packed: bytes) -> int:
        """All hours of all seats in one transaction; the key of the rows decides between two who come at once."""
        doctors = [seat.doctor for seat in terms.seats]
        slots = [Slot(slot) for slot in range(terms.start, terms.start + terms.slots)]
        held = Hold(draft=known.draft.id, terms=packed.hex(), created_at=known.now, expires_at=terms.sign_by)
        with self.stores.office.writing() as session:
            if repository.is_held(session, known.draft.id, known.now):
                raise StepNotOpen(
                    "同事刚为这个病例锁定了团队，请刷新页面查看。",
                    "A colleague has just held a team for this case. Reload the page to see it.",
                )
            repository.free_over(session, doctors, known.now)
            if not repository.keep(session, held, doctors, slots):
                raise self._taken(session, terms, known.now)
            return held.id

    def _taken(self, session: Session, terms: Terms, now: int) -> HourTaken:
        """Names the first doctor and hour that somebody else holds."""
        doctors = [seat.doctor for seat in terms.seats]
        rows = repository.taken(session, doctors, terms.start, Slot(terms.start + terms.slots), now)
        first = min(rows, key=lambda row: (row.slot, row.doctor), default=None)
        if first is None:
            return hour_taken(Sentence("一位医生", "A doctor"), terms.start)
        return hour_taken(self.profiles.names([first.doctor])[first.doctor], Slot(first.slot))


def _documents(known: CaseFacts, asked: Question, institutions: Sequence[PartyId]) -> Documents:
    """The agreement's own commitment; of several, a digest over all of them in order of institution."""
    others = sorted(set(institutions) - {known.draft.hospital})
    agreed = [bytes.fromhex(asked.roster.agreements[other].commitment[2:]) for other in others]
    agreement = agreed[0] if len(agreed) == 1 else hashlib.sha256(b"".join(agreed)).digest()
    if known.consent is None:
        raise StepNotOpen("知情同意不在有效期内。", "There is no consent in force.")
    case_file, consent = known.consent.case_file, known.consent.consent
    return Documents(
        agreement if agreed else bytes(32), bytes.fromhex(case_file[2:]), bytes.fromhex(consent[2:])
    )
