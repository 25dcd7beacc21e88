"""What applicants told this operator: the facts behind the digests of applyAs, until and after they have a party."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import Integer, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from huizhen.db.base import OfficeBase
from huizhen.db.types import named
from huizhen.domain.accounts import AccountId
from huizhen.domain.chain_ids import Hash32, Specialties
from huizhen.domain.ids import PartyId
from huizhen.domain.money import Fen
from huizhen.domain.statuses import PartyKind


class Application(OfficeBase):
    """`account` filled it in: for itself, or as a doctor (`founder`) for a group that is to be founded.

    `licence` on chain is the commitment to `licence_number` under `licence_key` (hex), `profile` the digest of
    `document`. `signer` (hex) is the applicant's first key. `title` is a rank; both it and `fee` are a doctor's.
    """

    __tablename__ = "application"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    account: Mapped[AccountId] = mapped_column(Integer, index=True)
    founder: Mapped[PartyId | None] = mapped_column(index=True)
    kind: Mapped[PartyKind] = mapped_column(named(PartyKind))
    name_zh: Mapped[str]
    name_en: Mapped[str]
    licence_number: Mapped[str]
    licence_key: Mapped[str]
    licence: Mapped[Hash32] = mapped_column(unique=True)
    document: Mapped[str]
    profile: Mapped[Hash32]
    specialties: Mapped[Specialties]
    city: Mapped[int] = mapped_column(Integer)
    title: Mapped[int | None] = mapped_column(Integer)
    fee: Mapped[Fen | None]
    level: Mapped[str] = mapped_column(default="")
    bio: Mapped[str] = mapped_column(default="")
    signer: Mapped[str]
    statement: Mapped[int | None] = mapped_column(Integer)
    party: Mapped[PartyId | None] = mapped_column(index=True)
    applied_at: Mapped[int]


def add(session: Session, row: Application) -> Application:
    session.add(row)
    session.flush()
    return row


def latest_of(session: Session, account: AccountId) -> Application | None:
    """The account's own application, not those that it made for a group."""
    query = select(Application).where(Application.account == account, Application.founder.is_(None))
    return session.scalars(query.order_by(Application.id.desc()).limit(1)).first()


def of_founder(session: Session, founder: PartyId) -> Sequence[Application]:
    query = select(Application).where(Application.founder == founder)
    return session.scalars(query.order_by(Application.id.desc())).all()


def of_parties(session: Session, parties: Iterable[PartyId]) -> dict[PartyId, Application]:
    query = select(Application).where(Application.party.in_(sorted(set(parties))))
    return {row.party: row for row in session.scalars(query) if row.party is not None}


def without_party(session: Session) -> Sequence[Application]:
    return session.scalars(select(Application).where(Application.party.is_(None))).all()
