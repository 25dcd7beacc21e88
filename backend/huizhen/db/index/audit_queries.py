"""Events and blocks as auditors and timelines read them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import ColumnElement, Row, Select, func, or_, select
from sqlalchemy.orm import Session

from huizhen.db.index.chain import Block, Log
from huizhen.db.index.consultations import Consultation
from huizhen.db.index.groups import DoctorGroup, Membership
from huizhen.db.index.ledger import BankReference
from huizhen.db.index.parties import Affiliation, Party
from huizhen.db.index.payouts import PayoutAccount
from huizhen.domain.chain_ids import Hash32
from huizhen.domain.ids import PartyId

_HITS = 20

Told = Row[Log, int]
"""An event and the unix time of its block."""


def events_of_batch(session: Session, batch: int) -> Sequence[Told]:
    return _told(session, Log.batch == batch)


def events_of_transaction(session: Session, tx_hash: Hash32) -> Sequence[Told]:
    return _told(session, Log.tx_hash == tx_hash)


def events_of_consultation(session: Session, consultation: int) -> Sequence[Told]:
    return _told(session, Log.consultation == consultation)


def events_of_party(session: Session, party: PartyId, limit: int) -> Sequence[Told]:
    """Newest first: what the party did or what was done to it."""
    concerns = or_(Log.party == party, Log.counterparty == party, Log.group == party)
    query = _query().where(concerns).order_by(Log.block_number.desc(), Log.log_index.desc())
    return session.execute(query.limit(limit)).all()


def events_of_doctor(session: Session, doctor: PartyId, names: Sequence[str], until: int) -> Sequence[Told]:
    """Oldest first, up to a second of chain time."""
    query = _query().where(Log.party == doctor, Log.name.in_(names), Block.time <= until)
    return session.execute(query.order_by(Log.block_number, Log.log_index)).all()


def newest_events(session: Session, page: int, per_page: int) -> Sequence[Told]:
    query = _query().order_by(Log.block_number.desc(), Log.log_index.desc())
    return session.execute(query.offset((page - 1) * per_page).limit(per_page)).all()


def event_count(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Log)) or 0


def blocks(session: Session, before: int | None, limit: int) -> Sequence[Row[Block, int]]:
    """(block, events in it), newest first; only blocks that hold logs of ours or are not final yet."""
    query = select(Block, func.count(Log.log_index))
    query = query.outerjoin(Log, Log.block_number == Block.number).group_by(Block.number)
    if before is not None:
        query = query.where(Block.number < before)
    return session.execute(query.order_by(Block.number.desc()).limit(limit)).all()


def block(session: Session, number: int) -> Block | None:
    return session.get(Block, number)


def block_by_hash(session: Session, hash_: Hash32) -> Block | None:
    return session.scalar(select(Block).where(Block.hash == hash_))


def events_of_block(session: Session, number: int) -> Sequence[Told]:
    return _told(session, Log.block_number == number)


def references(session: Session, bank_ref: Hash32) -> Sequence[BankReference]:
    return session.scalars(select(BankReference).where(BankReference.bank_ref == bank_ref)).all()


def consultations_by_hash(session: Session, value: Hash32) -> Sequence[int]:
    """By terms, opinion, case file, consent or agreement."""
    columns = (
        Consultation.terms_hash,
        Consultation.opinion,
        Consultation.case_file,
        Consultation.consent,
        Consultation.agreement,
    )
    query = select(Consultation.id).where(or_(*(column == value for column in columns)))
    return session.scalars(query.order_by(Consultation.id).limit(_HITS)).all()


def parties_by_hash(session: Session, value: Hash32) -> Sequence[PartyId]:
    """By profile digest, licence commitment, or the commitment of a payout account."""
    accounts = select(PayoutAccount.party).where(
        or_(PayoutAccount.current == value, PayoutAccount.pending == value)
    )
    query = select(Party.id).where(
        or_(Party.profile == value, Party.licence == value, Party.suspension == value, Party.id.in_(accounts))
    )
    return session.scalars(query.order_by(Party.id).limit(_HITS)).all()


def affiliations(session: Session, party: PartyId) -> Sequence[Affiliation]:
    """Of a doctor, or at an institution."""
    query = select(Affiliation).where(or_(Affiliation.doctor == party, Affiliation.institution == party))
    return session.scalars(query.order_by(Affiliation.doctor, Affiliation.institution)).all()


def memberships(session: Session, party: PartyId) -> Sequence[Membership]:
    """Of a doctor, or in a group; every spell."""
    query = select(Membership).where(or_(Membership.doctor == party, Membership.group == party))
    return session.scalars(query.order_by(Membership.joined_at)).all()


def groups_at(session: Session, at: int) -> Sequence[DoctorGroup]:
    return session.scalars(
        select(DoctorGroup).where(DoctorGroup.founded_at <= at).order_by(DoctorGroup.position)
    ).all()


def members_at(session: Session, at: int) -> Mapping[PartyId, Sequence[Membership]]:
    """By group: whoever belonged at a second, as DoctorGroups.wasMember answers."""
    query = select(Membership).where(
        Membership.joined_at <= at, or_(Membership.left_at.is_(None), Membership.left_at > at)
    )
    found: dict[PartyId, list[Membership]] = {}
    for row in session.scalars(query.order_by(Membership.doctor)):
        found.setdefault(row.group, []).append(row)
    return found


def party(session: Session, number: PartyId) -> Party | None:
    return session.get(Party, number)


def _query() -> Select[Log, int]:
    return select(Log, Block.time).join(Block, Block.number == Log.block_number)


def _told(session: Session, condition: ColumnElement[bool]) -> Sequence[Told]:
    """Oldest first."""
    query = _query().where(condition).order_by(Log.block_number, Log.log_index)
    return session.execute(query).all()
