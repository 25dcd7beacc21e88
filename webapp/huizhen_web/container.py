"""What the pages need, in one frozen place: services by name. Views reach it through `services()`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from flask import current_app

from huizhen.services.accounts import Accounts, DemoDesk
from huizhen.services.changes import Picture
from huizhen.services.desk import Desk
from huizhen.services.freshness import FreshnessReader
from huizhen.services.home import HomeReader
from huizhen.services.hospital_rooms import HospitalRooms
from huizhen.services.offices import Offices
from huizhen.services.practice import Practice
from huizhen.services.profiles import Profiles
from huizhen.services.readiness import Probes


@dataclass(frozen=True, slots=True)
class WebSettings:
    """`secret_key` signs sessions; `secure_cookies` needs https.

    `demo` is the local development chain with software keys and a movable clock.
    `trusted_proxies` counts the proxies in front whose X-Forwarded-* are believed.
    """

    secret_key: str
    demo: bool = False
    secure_cookies: bool = True
    trusted_proxies: int = 0
    rate_limit_storage: str = "memory://"
    rate_limits: bool = True


class DemoClock(Protocol):
    """Chain time of the development chain."""

    def advance(self, seconds: int) -> object: ...


class ChangeReader(Protocol):
    """How the stores look now (services.changes)."""

    def look(self, before: Picture | None = None) -> Picture: ...


@dataclass(frozen=True, slots=True)
class Container:
    """`demo_desk` and `demo_clock` are None everywhere but on the development chain."""

    web: WebSettings
    accounts: Accounts
    home: HomeReader
    freshness: FreshnessReader
    changes: ChangeReader
    probes: Probes
    demo_desk: DemoDesk | None
    demo_clock: DemoClock | None
    profiles: Profiles
    desk: Desk
    practice: Practice
    offices: Offices
    rooms: HospitalRooms


def services() -> Container:
    found: Container = current_app.extensions["huizhen"]
    return found
