"""A hospital's cases as its people see them: the board by state with time limits, and each case with its trail."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from huizhen.db.index import consultation_queries
from huizhen.db.index.consultations import Consultation
from huizhen.db.office import drafts
from huizhen.db.office.statements import StatementStatus
from huizhen.db.session import Stores
from huizhen.domain.case import Case, CaseAct, CaseId, CaseState, Contents, Urgency, WantedSeat, Wish
from huizhen.domain.ids import PartyId
from huizhen.domain.money import Fen
from huizhen.domain.sentence import Sentence
from huizhen.domain.slots import SLOT_SECONDS, Slot
from huizhen.services.booking_policy import present_policy
from huizhen.services.case_facts import CaseFacts, facts, facts_of
from huizhen.services.named_refusals import refusal_of
from huizhen.services.ports import Clock
from huizhen.services.profiles import Profiles
from huizhen.services.statements import StatementService, StatementView
from huizhen.services.team_pages import seat_name

OVER = frozenset(
    [CaseState.SETTLED, CaseState.CANCELLED, CaseState.EXPIRED, CaseState.DECLINED, CaseState.CLOSED]
)


@dataclass(frozen=True, slots=True)
class BoardRow:
    """`limit` is when the next step is due (unix); `signed` counts signatures of a hold, of `signers`."""

    case: CaseId | None
    consultation: int | None
    state: CaseState
    reason: str
    urgency: Urgency
    seats: tuple[Sentence, ...]
    start: Slot | None
    slots: int | None
    amount: Fen | None
    limit: int | None
    signed: int = 0
    signers: int = 0


@dataclass(frozen=True, slots=True)
class TrailEntry:
    act: CaseAct
    by: Sentence
    at: int
    note: str


@dataclass(frozen=True, slots=True)
class Signer:
    """`signed_at` is None while the party has not signed."""

    party: PartyId
    name: Sentence
    signed_at: int | None


@dataclass(frozen=True, slots=True)
class HoldView:
    """The newest terms of a case. `why` says what ended them, in names, when they came to nothing."""

    statement: StatementView
    expires_at: int
    living: bool
    signers: tuple[Signer, ...]
    why: Sentence | None
    terms: bytes

    @property
    def signed(self) -> int:
        return sum(signer.signed_at is not None for signer in self.signers)


@dataclass(frozen=True, slots=True)
class CasePage:
    id: CaseId
    contents: Contents
    wish: Wish | None
    state: CaseState
    case: Case
    limit: int | None
    created_at: int
    missing: str | None
    pinned: dict[PartyId, Sentence]
    consent_token: str | None
    consent_until: int | None
    consent_pending: bool
    hold: HoldView | None
    consultation: int | None
    trail: tuple[TrailEntry, ...]


@dataclass(frozen=True, slots=True)
class CasePages:
    stores: Stores
    statements: StatementService
    profiles: Profiles
    clock: Clock

    def board(self, hospital: PartyId) -> tuple[BoardRow, ...]:
        """All cases, and consultations that were booked without one here; what is due first comes first."""
        now = self.clock.now()
        with self.stores.office.reading() as session:
            rows = drafts.of_hospital(session, hospital)
        known = facts_of(self.stores, rows, now)
        with self.stores.index.reading() as session:
            booked = consultation_queries.of_hospital(session, hospital)
            seats = consultation_queries.seats(session, [row.id for row in booked])
        taken = {each.consultation.id for each in known if each.consultation}
        doctors: dict[int, list[PartyId]] = {}
        for seat in seats:
            doctors.setdefault(seat.consultation, []).append(seat.doctor)
        names = self.profiles.names(seat.doctor for seat in seats)
        found = [_case_row(each, [names[d] for d in _seated(each, doctors)]) for each in known]
        found += [
            _booked_row(row, [names[doctor] for doctor in doctors.get(row.id, [])], now)
            for row in booked
            if row.id not in taken
        ]
        return tuple(sorted(found, key=lambda row: (row.limit is None, row.limit or 0, -(row.case or 0))))

    def page(self, case: CaseId, hospital: PartyId) -> CasePage:
        """Raises NotFound for a case that is not this hospital's."""
        known = facts(self.stores, case, hospital, self.clock.now())
        draft, request = known.draft, known.request
        with self.stores.office.reading() as session:
            trail = drafts.trail(session, case)
        wish = draft.wish
        pinned = {seat.pinned for seat in wish.seats if seat.pinned is not None} if wish else set()
        granting = request is not None and request.grant is not None and known.consent is None
        return CasePage(
            id=case,
            contents=draft.contents,
            wish=wish,
            state=known.case.state,
            case=known.case,
            limit=time_limit(known),
            created_at=draft.created_at,
            missing=draft.missing,
            pinned=dict(self.profiles.names(pinned)),
            consent_token=request.token if request else None,
            consent_until=known.consent_until,
            consent_pending=granting,
            hold=self._hold(known),
            consultation=known.consultation.id if known.consultation else None,
            trail=tuple(
                TrailEntry(row.act, Sentence(row.by_zh, row.by_en), row.at, row.note) for row in trail
            ),
        )

    def _hold(self, known: CaseFacts) -> HoldView | None:
        if known.held is None:
            return None
        view = self.statements.view(known.held.statement.id, known.draft.hospital)
        names = self.profiles.names(signer.party for signer in view.signers)
        return HoldView(
            statement=view,
            expires_at=known.held.hold.expires_at,
            living=known.held.living(known.now),
            signers=tuple(
                Signer(party, names[party], at)
                for party, at in {signer.party: signer.signed_at for signer in view.signers}.items()
            ),
            why=self._why(view, known),
            terms=bytes.fromhex(known.held.hold.terms),
        )

    def _why(self, view: StatementView, known: CaseFacts) -> Sentence | None:
        if view.refusal is not None:
            return refusal_of(self.profiles, view)
        if view.status is StatementStatus.DECLINED:
            return Sentence(
                f"有签署人谢绝了：{view.reason}。席位要求已保留，请重新查找团队。",
                f"Somebody who had to sign declined: {view.reason}. Your seats are kept: look for a team again.",
            )
        if view.status is StatementStatus.LAPSED or (
            view.open and known.held and not known.held.living(known.now)
        ):
            missing = self.profiles.names(s.party for s in view.signers if s.signed_at is None)
            zh, en = "、".join(n.zh for n in missing.values()), ", ".join(n.en for n in missing.values())
            return Sentence(
                f"{zh}没有在期限内签署，时段已释放。席位要求已保留，请重新查找团队。",
                f"{en} did not sign in time and the hours are free again. Your seats are kept: look again.",
            )
        return None


def time_limit(known: CaseFacts) -> int | None:
    """When the next step is due; None where nobody has to hurry."""
    policy, state, draft = present_policy(), known.case.state, known.draft
    match state:
        case CaseState.CONSENTED if known.consent is not None:
            return known.consent.granted_at + policy.approve_within
        case CaseState.APPROVED | CaseState.TRIAGED:
            return draft.stage_at + policy.arrange_seconds(draft.urgency)
        case CaseState.HELD if known.held is not None:
            return known.held.hold.expires_at
        case _ if known.consultation is not None:
            return booking_limit(known.consultation, known.now)
        case _:
            return None


def booking_limit(row: Consultation, now: int) -> int | None:
    """The start, then the end of the time for an opinion, then of the review; None once it has ended."""
    starts_at, ends_at = row.start * SLOT_SECONDS, (row.start + row.slots) * SLOT_SECONDS
    match CaseState(row.status.name.lower()):
        case CaseState.BOOKED:
            return starts_at if now < starts_at else ends_at + row.deliver_window
        case CaseState.DELIVERED:
            return (row.delivered_at or 0) + row.review_window
        case _:
            return None


def _seated(known: CaseFacts, doctors: dict[int, list[PartyId]]) -> Sequence[PartyId]:
    return doctors.get(known.consultation.id, []) if known.consultation else []


def _case_row(known: CaseFacts, doctors: Sequence[Sentence]) -> BoardRow:
    draft, booked, held = known.draft, known.consultation, known.held
    waiting = known.case.state is CaseState.HELD and held is not None
    wish = draft.wish
    signatures = held.statement.signatures if held is not None and waiting else []
    asked = {row.party: row.signed_at for row in signatures}
    return BoardRow(
        case=draft.id,
        consultation=booked.id if booked else None,
        state=known.case.state,
        reason=draft.reason,
        urgency=draft.urgency,
        seats=tuple(doctors) or tuple(seat_name(seat) for seat in _wanted(wish)),
        start=booked.start if booked else None,
        slots=booked.slots if booked else None,
        amount=booked.escrowed if booked else (wish.price_limit if wish else None),
        limit=time_limit(known),
        signed=sum(at is not None for at in asked.values()),
        signers=len(asked),
    )


def _wanted(wish: Wish | None) -> tuple[WantedSeat, ...]:
    return wish.seats if wish else ()


def _booked_row(row: Consultation, doctors: Sequence[Sentence], now: int) -> BoardRow:
    return BoardRow(
        case=None,
        consultation=row.id,
        state=CaseState(row.status.name.lower()),
        reason="",
        urgency=Urgency.URGENT if row.urgency_bps else Urgency.ROUTINE,
        seats=tuple(doctors),
        start=row.start,
        slots=row.slots,
        amount=row.escrowed,
        limit=booking_limit(row, now),
    )
