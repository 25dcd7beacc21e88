"""A container of fakes for the pages: give the services that a test needs; all others refuse to be touched."""

from __future__ import annotations

import dataclasses
import re
from datetime import UTC, datetime
from functools import cache
from typing import Any, ClassVar

from flask import Flask
from flask.testing import FlaskClient
from jinja2.bccache import Bucket, BytecodeCache

from huizhen.db.base import OfficeBase
from huizhen.db.index.home_queries import Counts
from huizhen.db.office.accounts import AccountRow
from huizhen.db.session import Store, open_office
from huizhen.domain.accounts import Account, AccountId, Role
from huizhen.domain.ids import PartyId
from huizhen.domain.money import Fen
from huizhen.domain.sentence import Sentence
from huizhen.services.accounts import Accounts
from huizhen.services.changes import Picture
from huizhen.services.freshness import Freshness
from huizhen.services.home import HomeFigures
from huizhen.services.passwords import hash_password
from huizhen.services.readiness import Check, Readiness
from huizhen_web.app import create_app
from huizhen_web.container import Container, WebSettings

NOW = 1_772_692_200  # Thursday 2026-03-05 14:30 in China
PASSWORD = "rain on the lotus"


def account(role: Role, number: int = 1, party: int | None = 17) -> Account:
    return Account(
        id=AccountId(number),
        email=f"{role.value}{number}@example.cn",
        name=Sentence("李文静", "Li Wenjing"),
        role=role,
        party=None if party is None else PartyId(party),
        locale="zh",
        stamp="",
    )


def accounts(*known: Account) -> Accounts:
    return Accounts(office(*known))


def office(*known: Account) -> Store:
    """Accounts in a database in memory; everybody's password is PASSWORD."""
    store = open_office("sqlite://")
    OfficeBase.metadata.create_all(store.engine, [OfficeBase.metadata.tables["account"]])
    with store.writing() as session:
        session.add_all(
            AccountRow(
                id=each.id,
                email=each.email,
                password=_hashed(),
                name_zh=each.name.zh,
                name_en=each.name.en,
                role=each.role,
                party=each.party,
                locale=each.locale,
            )
            for each in known
        )
    return store


@cache
def _hashed() -> str:
    return hash_password(PASSWORD)


class FakeHome:
    def __init__(self, shown: HomeFigures | None) -> None:
        self.shown = shown

    def figures(self) -> HomeFigures | None:
        return self.shown


class FakeFreshness:
    def __init__(self, node_up: bool = True, age: int = 300) -> None:
        self.node_up = node_up
        self.age = age

    def freshness(self) -> Freshness:
        return Freshness(
            self.node_up, 4711, datetime.fromtimestamp(NOW, UTC), NOW, 0 if self.node_up else self.age
        )


class FakeProbes:
    def __init__(self, ok: bool = True) -> None:
        self.ok = ok

    def readiness(self) -> Readiness:
        return Readiness((Check("node", self.ok, Sentence("节点正常。", "The node answers.")),))

    def gauges(self) -> dict[str, float]:
        return {"head_block": 4711.0, "indexer_lag_blocks": 0.0}


class FakeChanges:
    """Stores in which nothing happens, until a test puts another picture there."""

    def __init__(self) -> None:
        self.picture = Picture()
        self.looks = 0

    def look(self, before: Picture | None = None) -> Picture:  # noqa: ARG002 (the port's signature)
        self.looks += 1
        return self.picture


class FakeClock:
    def __init__(self) -> None:
        self.advanced: list[int] = []

    def advance(self, seconds: int) -> None:
        self.advanced.append(seconds)


class _Absent:
    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, wanted: str) -> Any:
        raise AssertionError(f"this test gave no service {self._name} (asked for {wanted})")


FIGURES = HomeFigures(
    Counts(60, 12, 8, 19, 200, 143, Fen(42_000_000), Fen(123_456_789)), 4711, datetime.fromtimestamp(NOW, UTC)
)


def container(**given: Any) -> Container:
    fields: dict[str, Any] = {field.name: _Absent(field.name) for field in dataclasses.fields(Container)}
    fields |= {
        "web": WebSettings("a secret of tests", secure_cookies=False, rate_limits=False),
        "accounts": accounts(),
        "home": FakeHome(FIGURES),
        "freshness": FakeFreshness(),
        "changes": FakeChanges(),
        "probes": FakeProbes(),
        "demo_desk": None,
        "demo_clock": None,
    }
    return Container(**(fields | given))


class _Compiled(BytecodeCache):
    """Templates are compiled once for all sites of a test run."""

    kept: ClassVar[dict[str, bytes]] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self.kept:
            bucket.bytecode_from_string(self.kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.kept[bucket.key] = bucket.bytecode_to_string()


def site(**given: Any) -> Flask:
    app = create_app(container(**given))
    app.jinja_env.bytecode_cache = _Compiled()
    app.testing = True
    app.config["WTF_CSRF_ENABLED"] = False
    return app


def client_of(app: Flask, person: Account | None = None, locale: str = "zh") -> FlaskClient:
    """A browser in which `person` (known to the app's accounts) is signed in."""
    browser = app.test_client()
    browser.set_cookie("locale", locale)
    if person is not None:
        known = app.extensions["huizhen"].accounts.find(person.id)
        assert known, f"this site has no account {person.id}"
        with browser.session_transaction() as session:
            session["account"], session["stamp"] = known.id, known.stamp
    return browser


def csrf_token(page: str) -> str:
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert found, "the page has no CSRF token"
    return found[1]
