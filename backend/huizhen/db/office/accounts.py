"""Sign-in accounts of this operator."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Integer, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from huizhen.db.base import OfficeBase
from huizhen.db.types import named
from huizhen.domain.accounts import AccountId, Role
from huizhen.domain.ids import PartyId
from huizhen.domain.sentence import Sentence


class AccountRow(OfficeBase):
    """`email` is kept in lower case. `password` is a salted hash, None for a person of the demo world, who is
    entered by a click; `note` says there who the person is.
    """

    __tablename__ = "account"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    password: Mapped[str | None]
    name_zh: Mapped[str]
    name_en: Mapped[str]
    role: Mapped[Role] = mapped_column(named(Role))
    party: Mapped[PartyId | None] = mapped_column(index=True)
    locale: Mapped[str] = mapped_column(String(8))
    note_zh: Mapped[str] = mapped_column(default="")
    note_en: Mapped[str] = mapped_column(default="")

    @property
    def name(self) -> Sentence:
        return Sentence(self.name_zh, self.name_en)

    @property
    def note(self) -> Sentence:
        return Sentence(self.note_zh, self.note_en)


def add(session: Session, row: AccountRow) -> AccountRow:
    session.add(row)
    session.flush()
    return row


def find(session: Session, account: AccountId) -> AccountRow | None:
    return session.get(AccountRow, account)


def find_by_email(session: Session, email: str) -> AccountRow | None:
    return session.scalar(select(AccountRow).where(AccountRow.email == email))


def of_demo(session: Session) -> Sequence[AccountRow]:
    return session.scalars(
        select(AccountRow).where(AccountRow.password.is_(None)).order_by(AccountRow.id)
    ).all()


def of_demo_party(session: Session, party: PartyId) -> AccountRow | None:
    query = select(AccountRow).where(AccountRow.party == party, AccountRow.password.is_(None))
    return session.scalars(query.order_by(AccountRow.id)).first()


def of_parties(session: Session) -> dict[PartyId, AccountId]:
    """Who signs in for each party."""
    query = select(AccountRow.party, AccountRow.id).where(AccountRow.party.is_not(None))
    return {party: AccountId(account) for party, account in session.execute(query) if party is not None}
