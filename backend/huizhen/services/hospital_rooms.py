"""The use cases of a booking hospital, of the consultation and of the patient's link, made together for the pages."""

from __future__ import annotations

from dataclasses import dataclass

from huizhen.db.session import Stores
from huizhen.domain.sentence import Sentence
from huizhen.errors import ChainRefusal
from huizhen.services.bookings import Bookings
from huizhen.services.case_pages import CasePages
from huizhen.services.cases import Cases
from huizhen.services.consents import Consents
from huizhen.services.consultation_pages import ConsultationPages
from huizhen.services.holds import Holds
from huizhen.services.hospitals import Hospitals
from huizhen.services.named_refusals import named_refusal
from huizhen.services.ports import ChainGateway, Clock
from huizhen.services.profiles import Profiles
from huizhen.services.statements import StatementService
from huizhen.services.team_search import TeamSearch


@dataclass(frozen=True, slots=True)
class HospitalRooms:
    hospitals: Hospitals
    cases: Cases
    case_pages: CasePages
    consents: Consents
    teams: TeamSearch
    holds: Holds
    bookings: Bookings
    consultations: ConsultationPages
    profiles: Profiles

    def named(self, refusal: ChainRefusal) -> Sentence:
        """A contract's no, with people's names in it."""
        return named_refusal(self.profiles, refusal.name, refusal.arguments)


def hospital_rooms(
    stores: Stores, statements: StatementService, chain: ChainGateway, clock: Clock
) -> HospitalRooms:
    profiles = Profiles(stores.office)
    return HospitalRooms(
        Hospitals(stores, statements, profiles, clock),
        Cases(stores, clock),
        CasePages(stores, statements, profiles, clock),
        Consents(stores, statements, chain, profiles, clock),
        TeamSearch(stores, profiles, clock),
        Holds(stores, statements, chain, profiles, clock),
        Bookings(stores, statements, clock),
        ConsultationPages(stores, statements, profiles, clock),
        profiles,
    )
