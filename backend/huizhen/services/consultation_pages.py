"""One consultation as all its sides see it: seats, fees, split, timeline, and what the viewer may do next."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from huizhen.db.index import audit_queries, consultation_queries
from huizhen.db.index.consultations import Consultation as Row
from huizhen.db.index.consultations import Dispute, Seat
from huizhen.db.index.ledger import LedgerEntry
from huizhen.db.office import drafts, opinions, sealed_texts
from huizhen.db.session import Stores
from huizhen.domain.accounts import Account, Role
from huizhen.domain.case import CaseId, Contents
from huizhen.domain.chain_ids import ConsultationId, Hash32
from huizhen.domain.consultation import Consultation
from huizhen.domain.ids import PartyId
from huizhen.domain.money import Fen
from huizhen.domain.sentence import Sentence
from huizhen.domain.split import LegKind
from huizhen.domain.statuses import ConsultationStatus
from huizhen.domain.terms import Terms
from huizhen.errors import StepNotOpen
from huizhen.services.chain_story import tell
from huizhen.services.consultation_views import (
    CancelPreview,
    ConsultationLine,
    ConsultationPage,
    DisputeView,
    LegView,
    OpinionView,
    SeatView,
    Sent,
)
from huizhen.services.fact_words import resolution
from huizhen.services.lifecycle import if_settled, lifecycle, releases_of
from huizhen.services.named_refusals import refusal_of
from huizhen.services.ports import Clock
from huizhen.services.profiles import Profiles
from huizhen.services.statements import StatementService
from huizhen.services.team_pages import specialty_names
from huizhen.services.trace import finality

# These see every consultation, and nothing of its contents.
OVERSEERS = frozenset([Role.FINANCE_PREPARER, Role.FINANCE_APPROVER, Role.AUDITOR])


@dataclass(frozen=True, slots=True)
class ConsultationPages:
    stores: Stores
    statements: StatementService
    profiles: Profiles
    clock: Clock

    def page(self, consultation: ConsultationId, viewer: Account) -> ConsultationPage | None:
        """None for a stranger, and for a number that does not exist."""
        with self.stores.index.reading() as session:
            row = self._row(consultation, viewer)
            if row is None:
                return None
            events = audit_queries.events_of_consultation(session, consultation)
            story = tell(events, self.profiles, finality(session))
            credited = consultation_queries.credited_legs(session, consultation)
            seats = consultation_queries.seats(session, [consultation])
            dispute = consultation_queries.dispute_of(session, consultation)
            absence = consultation_queries.absence_of(session, consultation)
            trace = finality(session).of(row)
        known, now, me = lifecycle(row, releases_of(events)), self.clock.now(), viewer.party
        terms = known.terms
        doctors = {seat.doctor for seat in terms.seats}
        seated, hospital = me in doctors, me == row.hospital
        case, contents = self._contents(row, me, hospital, seated)
        opinion, signed = self._opinion(row, hospital or seated)
        begun = known.status is ConsultationStatus.BOOKED and now >= terms.starts_at
        leads = me == row.lead_doctor
        names = self.profiles.names(_everybody(terms) | {entry.party for entry in credited})
        sent = self._sent(consultation)
        idle = not _on_the_way(known.status, sent)
        return ConsultationPage(
            id=consultation,
            known=known,
            terms=terms,
            terms_hash=row.terms_hash,
            hospital=names[row.hospital],
            platform=names[terms.pricing.platform] if terms.pricing.platform else None,
            now=now,
            limit=_limit(known, dispute, now),
            seats=_seats(known, seats, dispute, names, signed),
            legs=_legs(known, credited, names),
            returned=row.returned if _paying(known) else if_settled(known).returned(),
            held=row.held,
            dispute=_dispute(known, dispute),
            hospital_absent=absence is not None and absence.by != row.hospital,
            story=story,
            trace=trace,
            sent=sent,
            case=case,
            contents=contents,
            opinion=opinion,
            opinion_hash=row.opinion,
            is_hospital=hospital,
            is_lead=leads,
            is_seated=seated,
            seat_signed=me in signed,
            cancel=_cancel(known, me, now) if idle else None,
            may_accept=hospital
            and idle
            and known.status is ConsultationStatus.DELIVERED
            and (not known.leaves_out_a_seat or now > (known.review_until or 0)),
            may_write=leads and begun and now <= known.deliver_by,
            may_deliver=leads and begun and idle and opinion is not None and now <= known.deliver_by,
        )

    def listed(self, viewer: Account, number: int, per_page: int) -> tuple[tuple[ConsultationLine, ...], int]:
        """A page (from 1) of the consultations that the viewer may open, newest first, and how many there are."""
        sees_all = viewer.role in OVERSEERS
        if not sees_all and viewer.party is None:
            return (), 0
        with self.stores.index.reading() as session:
            rows, total = consultation_queries.page(
                session, None if sees_all else viewer.party, number, per_page
            )
            final = finality(session)
        names = self.profiles.names({row.hospital for row in rows} | {row.lead_doctor for row in rows})
        lines = tuple(
            ConsultationLine(
                ConsultationId(row.id),
                row.status.name.lower(),
                names[row.hospital],
                names[row.lead_doctor],
                row.start,
                row.slots,
                row.escrowed,
                final.of(row),
            )
            for row in rows
        )
        return lines, total

    def case_file(self, consultation: ConsultationId, viewer: Account) -> Hash32 | None:
        """The file that a seated doctor may open; None for everybody else."""
        row = self._row(consultation, viewer)
        if row is None or viewer.party not in {seat.doctor for seat in lifecycle(row).terms.seats}:
            return None
        return row.case_file

    def _row(self, consultation: ConsultationId, viewer: Account) -> Row | None:
        with self.stores.index.reading() as session:
            if viewer.role in OVERSEERS:
                return consultation_queries.find(session, consultation)
            if viewer.party is None:
                return None
            return consultation_queries.seen_by(session, consultation, viewer.party)

    def _contents(
        self, row: Row, me: PartyId | None, hospital: bool, seated: bool
    ) -> tuple[CaseId | None, Contents | None]:
        if me is None or not (hospital or seated):
            return None, None
        with self.stores.office.reading() as session:
            draft = drafts.of_case_file(session, row.case_file)
            if draft is None:
                return None, None
            opened = hospital or drafts.has_opened(session, row.case_file, me)
        return draft.id, draft.contents if opened else None

    def _opinion(self, row: Row, insider: bool) -> tuple[OpinionView | None, dict[PartyId, str]]:
        """The opinion for the team, and who signed it with which dissent."""
        with self.stores.office.reading() as session:
            written, seats = opinions.find(session, row.id), opinions.seats(session, row.id)
            sealed = sealed_texts.texts(session, [row.opinion]) if row.opinion else {}
        signed = {seat.doctor: seat.dissent for seat in seats}
        if not insider:
            return None, dict.fromkeys(signed, "")
        delivered = sealed.get(row.opinion) if row.opinion else None
        if written is None and delivered is None:
            return None, signed
        text = written.text if written and delivered is None else _opinion_text(delivered or "")
        names = self.profiles.names(signed)
        dissents = tuple((names[doctor], dissent) for doctor, dissent in signed.items() if dissent)
        return OpinionView(
            text, written.written_at if written else 0, dissents, row.opinion in sealed
        ), signed

    def _sent(self, consultation: ConsultationId) -> tuple[Sent, ...]:
        """What is on its way, and the newest if it was refused: the reader has to know why nothing changed."""
        views = self.statements.of_subject(f"consultation:{consultation}")
        return tuple(
            Sent(view, refusal_of(self.profiles, view))
            for place, view in enumerate(views)
            if view.pending or (place == 0 and view.refusal is not None)
        )


def _on_the_way(status: ConsultationStatus, sent: Iterable[Sent]) -> set[str]:
    """What is being done to it. A delivery that the status shows already only waits for its blocks."""
    acts = {each.view.function for each in sent if each.view.pending}
    return acts - {"deliver"} if status is ConsultationStatus.DELIVERED else acts


def _opinion_text(document: str) -> str:
    """Of what was sealed at delivery: the opinion with its dissents as JSON, or a plain text."""
    try:
        return str(json.loads(document)["opinion"])
    except (ValueError, TypeError, KeyError):
        return document


def _everybody(terms: Terms) -> set[PartyId]:
    seats = {each for seat in terms.seats for each in (seat.doctor, seat.institution, seat.group)}
    return (seats | {terms.hospital, terms.pricing.platform}) - {PartyId(0)}


def _paying(known: Consultation) -> bool:
    """Whether money has begun to leave the escrow."""
    return known.status.ended or known.status is ConsultationStatus.DISPUTED


def _dispute(known: Consultation, row: Dispute | None) -> DisputeView | None:
    if row is None:
        return None
    return DisputeView(bool(row.contested), known.fees(row.contested), row.rest_released)


def _seats(
    known: Consultation,
    rows: Sequence[Seat],
    dispute: Dispute | None,
    names: Mapping[PartyId, Sentence],
    signed: Mapping[PartyId, str],
) -> tuple[SeatView, ...]:
    surcharge = known.terms.surcharge(known.overtime)
    delivered = known.delivered_at is not None
    contested = dispute.contested if dispute else 0
    return tuple(
        SeatView(
            seat=seat,
            doctor=names[seat.doctor],
            institution=names[seat.institution],
            group=names[seat.group] if seat.group else None,
            specialties=specialty_names(seat.specialties),
            fee=surcharge.applied_to(seat.fee),
            leads=index == known.terms.lead,
            opinion=bool(known.seats >> index & 1) if delivered else seat.doctor in signed,
            dissent=signed.get(seat.doctor, ""),
            absent=known.attended != 0 and not known.attended >> index & 1,
            contested=bool(contested >> index & 1),
            resolution=resolution(row.resolution) if row.resolution else None,
            resolved_bps=row.resolved_bps,
        )
        for index, (seat, row) in enumerate(zip(known.terms.seats, rows, strict=True))
    )


def _legs(
    known: Consultation, credited: Sequence[LedgerEntry], names: Mapping[PartyId, Sentence]
) -> tuple[LegView, ...]:
    """Computed from the signed terms beside what the ledger has: the two must be equal to the fen.

    A dispute pays in several releases, of which one party may have a leg each.
    """
    booked: dict[tuple[LegKind | None, PartyId], Fen] = {}
    for entry in credited:
        key = entry.leg, entry.party
        booked[key] = Fen(booked.get(key, Fen(0)) + entry.amount)
    computed = known.legs() if _paying(known) else if_settled(known).legs()
    return tuple(
        LegView(leg.kind, leg.party, names[leg.party], leg.amount, booked.get((leg.kind, leg.party)))
        for leg in computed
    )


def _cancel(known: Consultation, me: PartyId | None, now: int) -> CancelPreview | None:
    if me is None:
        return None
    try:
        bps = known.cancellation_bps(me, now)
        ended = known.cancel(me, now)
    except StepNotOpen:
        return None
    return CancelPreview(bps, Fen(sum(leg.amount for leg in ended.legs())), ended.returned())


def _limit(known: Consultation, dispute: Dispute | None, now: int) -> int | None:
    """When the next thing is due."""
    if known.status is ConsultationStatus.DISPUTED and dispute is not None:
        return (
            dispute.opened_at + known.terms.policy.arbiter_window if dispute.contested else known.review_until
        )
    if known.status is ConsultationStatus.BOOKED:
        return known.terms.starts_at if now < known.terms.starts_at else known.deliver_by
    return known.review_until if known.status is ConsultationStatus.DELIVERED else None
