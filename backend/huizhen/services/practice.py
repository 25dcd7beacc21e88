"""The use cases of doctors, groups and institutions of practice, made together for the pages."""

from __future__ import annotations

from dataclasses import dataclass

from huizhen.db.session import Stores
from huizhen.domain.ids import PartyId
from huizhen.services.affiliations import Affiliations
from huizhen.services.applications import Applications
from huizhen.services.calendars import Calendars
from huizhen.services.desk import Desk
from huizhen.services.doctors import Doctors
from huizhen.services.group_leads import GroupLeads
from huizhen.services.groups import Groups
from huizhen.services.income import Income
from huizhen.services.institutions import Institutions
from huizhen.services.keys_of_party import PartyKeys
from huizhen.services.payout_accounts import PayoutAccounts
from huizhen.services.ports import ChainGateway, Clock, Keys
from huizhen.services.profiles import Profiles
from huizhen.services.requests import Requests
from huizhen.services.statements import StatementService


@dataclass(frozen=True, slots=True)
class Practice:
    applications: Applications
    doctors: Doctors
    affiliations: Affiliations
    calendars: Calendars
    requests: Requests
    income: Income
    keys: PartyKeys
    payout_accounts: PayoutAccounts
    groups: Groups
    leads: GroupLeads
    institutions: Institutions


def practice(
    stores: Stores,
    statements: StatementService,
    chain: ChainGateway,
    keys: Keys,
    clock: Clock,
    home: PartyId,
    platform_bps: int,
) -> Practice:
    """`home` is the platform party that applicants name, 0 for none; `platform_bps` its share in new terms."""
    profiles = Profiles(stores.office)
    requests = Requests(stores, Desk(stores, statements), profiles)
    return Practice(
        Applications(stores, statements, chain, keys, clock, home),
        Doctors(stores, profiles, clock),
        Affiliations(stores, statements, profiles, clock),
        Calendars(stores, profiles, clock),
        requests,
        Income(stores, profiles),
        PartyKeys(stores, statements, clock),
        PayoutAccounts(stores, statements, clock),
        Groups(stores, statements, profiles, clock, platform_bps),
        GroupLeads(stores, statements, profiles, clock, platform_bps),
        Institutions(stores, profiles, requests),
    )
