"""The site on a ledger world: real services behind real pages, and people of each role in front of them."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient

from huizhen.domain.accounts import Account, Role
from huizhen.domain.ids import PartyId
from huizhen.domain.sentence import Sentence
from huizhen.services.accounts import Accounts, DemoSignIn
from huizhen.services.changes import ChangeReader
from huizhen.services.desk import Desk
from tests.support.ledger_events import APPROVER, AUTHORITY, BANK, DOCTOR, PREPARER, SECOND_APPROVER
from tests.support.ledger_people import populated
from tests.support.ledger_world import LedgerWorld
from tests.support.web import client_of, site

_PEOPLE: tuple[tuple[str, Role, PartyId | None], ...] = (
    ("preparer", Role.FINANCE_PREPARER, PREPARER),
    ("approver", Role.FINANCE_APPROVER, APPROVER),
    ("second", Role.FINANCE_APPROVER, SECOND_APPROVER),
    ("bank", Role.BANK, BANK),
    ("authority", Role.AUTHORITY, AUTHORITY),
    ("auditor", Role.AUDITOR, None),
    ("doctor", Role.DOCTOR, DOCTOR),
)


@dataclasses.dataclass(slots=True)
class MoneySite:
    world: LedgerWorld
    app: Flask
    people: dict[str, Account]

    @classmethod
    def on(cls, folder: Path, *, demo: bool = True) -> MoneySite:
        world = populated(folder)
        accounts = Accounts(world.stores.office)
        nobody = Sentence("", "")
        people = {
            name: accounts.open_demo(DemoSignIn(f"{name}@example.cn", role, nobody, nobody), party)
            for name, role, party in _PEOPLE
        }
        offices = world.offices if demo else dataclasses.replace(world.offices, demo_bank=None)
        app = site(
            accounts=accounts,
            changes=ChangeReader(world.stores),
            profiles=world.profiles,
            desk=Desk(world.stores, world.statements),
            offices=offices,
        )
        return cls(world, app, people)

    def browser(self, name: str | None = None, locale: str = "en") -> FlaskClient:
        """Of one of the people, or of a stranger who is not signed in."""
        return client_of(self.app, self.people[name] if name else None, locale)

    def statement(self, location: str) -> int:
        """The number of the statement that an answer leads to."""
        place = location.rpartition("/")[2]
        assert place.isdecimal(), f"{location} is no page of a statement"
        return int(place)

    def signed(self, location: str, name: str) -> None:
        """The person signs what the page leads to, and the chain takes it."""
        account = self.people[name]
        assert account.party is not None
        self.world.statements.sign(self.statement(location), account.party)
        self.world.carry()
