"""An institution of practice: its doctors' consultations elsewhere, and the bookings that need its acceptance."""

from __future__ import annotations

from dataclasses import dataclass

from huizhen.db.index import doctor_queries as queries
from huizhen.db.session import Stores
from huizhen.domain.ids import PartyId
from huizhen.domain.sentence import Sentence
from huizhen.domain.slots import Slot
from huizhen.domain.statuses import ConsultationStatus
from huizhen.services.profiles import Profiles
from huizhen.services.requests import Request, Requests
from huizhen.services.trace import Trace, finality


@dataclass(frozen=True, slots=True)
class CaseLine:
    """A seat that one of the institution's doctors has or had in a consultation of some hospital."""

    consultation: int
    doctor: Sentence
    hospital: Sentence
    start: Slot
    slots: int
    status: ConsultationStatus
    trace: Trace


@dataclass(frozen=True, slots=True)
class Institutions:
    stores: Stores
    profiles: Profiles
    asked: Requests

    def requests(self, institution: PartyId) -> tuple[Request, ...]:
        """Bookings of others in which a doctor of this institution is asked."""
        return tuple(
            request for request in self.asked.of(institution) if request.statement.proposer != institution
        )

    def request(self, statement: int, institution: PartyId) -> Request | None:
        request = self.asked.request(statement, institution)
        return None if request is None or request.statement.proposer == institution else request

    def cases(self, institution: PartyId) -> tuple[CaseLine, ...]:
        """The latest first."""
        with self.stores.index.reading() as session:
            final = finality(session)
            rows = [
                (case, seat, final.of(case))
                for case, seat in queries.consultations_of_institution(session, institution)
            ]
        names = self.profiles.names(each for case, seat, _ in rows for each in (case.hospital, seat.doctor))
        return tuple(
            CaseLine(
                case.id,
                names[seat.doctor],
                names[case.hospital],
                case.start,
                case.slots,
                case.status,
                trace,
            )
            for case, seat, trace in rows
        )
