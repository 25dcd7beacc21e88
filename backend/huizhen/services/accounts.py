"""Sign-in accounts: open, check, change. Nothing here can sign for anybody."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256

from huizhen.db.office import accounts as repository
from huizhen.db.office.accounts import AccountRow
from huizhen.db.session import Store
from huizhen.domain.accounts import Account, AccountId, Role
from huizhen.domain.ids import PartyId
from huizhen.domain.sentence import Sentence
from huizhen.errors import EmailTaken, NotFound, PasswordWrong
from huizhen.services.passwords import NOBODYS, hash_password, matches


@dataclass(frozen=True, slots=True)
class DemoSignIn:
    """A person of the demo world whom a visitor may be; `note` says who that is."""

    email: str
    role: Role
    name: Sentence
    note: Sentence


class Accounts:
    def __init__(self, office: Store) -> None:
        self._office = office

    def check(self, email: str, password: str) -> Account | None:
        """None for an unknown email and for a wrong password alike, after the same time."""
        with self._office.reading() as session:
            row = repository.find_by_email(session, email.lower())
        stored = row.password if row is not None else None
        if not matches(password, stored or NOBODYS) or row is None or stored is None:
            return None
        return _account(row)

    def find(self, account: AccountId) -> Account | None:
        with self._office.reading() as session:
            row = repository.find(session, account)
            return None if row is None else _account(row)

    def open(self, email: str, password: str, name: str, role: Role, locale: str) -> Account:
        """Raises EmailTaken."""
        return self._add(
            AccountRow(
                email=email.lower(),
                password=hash_password(password),
                name_zh=name,
                name_en=name,
                role=role,
                locale=locale,
            )
        )

    def open_demo(self, sign_in: DemoSignIn, party: PartyId | None) -> Account:
        """An account without a password, for the demo world alone. Raises EmailTaken."""
        return self._add(
            AccountRow(
                email=sign_in.email.lower(),
                name_zh=sign_in.name.zh,
                name_en=sign_in.name.en,
                role=sign_in.role,
                party=party,
                locale="zh",
                note_zh=sign_in.note.zh,
                note_en=sign_in.note.en,
            )
        )

    def act_for(self, account: AccountId, party: PartyId) -> None:
        """From now on the account acts for this party (its application is on chain)."""
        with self._office.writing() as session:
            self._row(session.get(AccountRow, account)).party = party

    def choose_locale(self, account: AccountId, locale: str) -> None:
        with self._office.writing() as session:
            self._row(session.get(AccountRow, account)).locale = locale

    def change_password(self, account: AccountId, current: str, new: str) -> Account:
        """Ends all other sessions, because the stamp changes. Raises PasswordWrong."""
        replacement = hash_password(new)
        with self._office.writing() as session:
            row = self._row(session.get(AccountRow, account))
            if row.password is None or not matches(current, row.password):
                raise PasswordWrong(
                    "当前密码不对，请重新输入。", "The current password is wrong. Type it again."
                )
            row.password = replacement
            return _account(row)

    def _add(self, row: AccountRow) -> Account:
        with self._office.writing() as session:
            if repository.find_by_email(session, row.email) is not None:
                raise EmailTaken(
                    "这个邮箱已有账户，请直接登录或换一个邮箱。",
                    "This email already has an account. Sign in with it, or use another one.",
                )
            return _account(repository.add(session, row))

    @staticmethod
    def _row(row: AccountRow | None) -> AccountRow:
        if row is None:
            raise NotFound("没有这个账户。", "There is no such account.")
        return row


class DemoDesk:
    """Sign-ins of the demo world by a click. Made only where the demo's keys are, on a development chain."""

    def __init__(self, office: Store) -> None:
        self._office = office

    def sign_ins(self) -> tuple[DemoSignIn, ...]:
        with self._office.reading() as session:
            return tuple(
                DemoSignIn(row.email, row.role, row.name, row.note) for row in repository.of_demo(session)
            )

    def enter(self, email: str) -> Account | None:
        """The account behind a demo sign-in; None for any account that is not one."""
        with self._office.reading() as session:
            row = repository.find_by_email(session, email.lower())
            return _account(row) if row is not None and row.password is None else None

    def enter_as(self, party: PartyId) -> Account | None:
        """The demo account that acts for a party; None for everybody else's."""
        with self._office.reading() as session:
            row = repository.of_demo_party(session, party)
            return None if row is None else _account(row)


def _account(row: AccountRow) -> Account:
    stamp = sha256((row.password or "").encode()).hexdigest()[:16]
    demo = row.password is None
    return Account(AccountId(row.id), row.email, row.name, row.role, row.party, row.locale, stamp, demo)
