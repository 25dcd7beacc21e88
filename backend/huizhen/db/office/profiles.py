"""What parties say of themselves, by party id. Served off chain; the registry holds the digest of `document`.

`name_zh` and `name_en` are what pages show; `document` is the text as it was signed for (canonical JSON).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Mapped, Session, mapped_column

from huizhen.db.base import OfficeBase
from huizhen.domain.ids import PartyId
from huizhen.domain.money import Fen
from huizhen.domain.sentence import Sentence


class _Profile:
    party: Mapped[PartyId] = mapped_column(primary_key=True, autoincrement=False)
    name_zh: Mapped[str]
    name_en: Mapped[str]

    @property
    def name(self) -> Sentence:
        return Sentence(self.name_zh, self.name_en)


class DoctorProfile(_Profile, OfficeBase):
    """`title` is a rank of reference.titles(); `fee` is asked for one consultation, before surcharges."""

    __tablename__ = "doctor_profile"

    title: Mapped[int]
    fee: Mapped[Fen]
    bio: Mapped[str] = mapped_column(default="")
    document: Mapped[str] = mapped_column(default="")


class GroupProfile(_Profile, OfficeBase):
    __tablename__ = "group_profile"

    bio: Mapped[str] = mapped_column(default="")
    document: Mapped[str] = mapped_column(default="")


class HospitalProfile(_Profile, OfficeBase):
    """`level` is a grade such as 三级甲等; the city stands in the registry."""

    __tablename__ = "hospital_profile"

    level: Mapped[str] = mapped_column(default="")
    bio: Mapped[str] = mapped_column(default="")
    document: Mapped[str] = mapped_column(default="")


class OfficialProfile(_Profile, OfficeBase):
    """Officials and platforms."""

    __tablename__ = "official_profile"


_KINDS = (DoctorProfile, GroupProfile, HospitalProfile, OfficialProfile)


def names_of(session: Session, parties: Iterable[PartyId]) -> Mapping[PartyId, Sentence]:
    """Only of those parties that this operator knows by name."""
    asked = set(parties)
    names: dict[PartyId, Sentence] = {}
    for kind in _KINDS:
        missing = sorted(asked - names.keys())
        if missing:
            rows = session.execute(
                select(kind.party, kind.name_zh, kind.name_en).where(kind.party.in_(missing))
            )
            names |= {party: Sentence(zh, en) for party, zh, en in rows}
    return names


def doctor_profiles(session: Session, parties: Iterable[PartyId]) -> Mapping[PartyId, DoctorProfile]:
    rows = session.scalars(select(DoctorProfile).where(DoctorProfile.party.in_(sorted(set(parties)))))
    return {row.party: row for row in rows}


def documents_of(session: Session, parties: Iterable[PartyId]) -> Mapping[PartyId, str]:
    """The documents whose digests the registry holds, of those parties whose document is kept here."""
    asked = sorted(set(parties))
    found: dict[PartyId, str] = {}
    for kind in (DoctorProfile, GroupProfile, HospitalProfile):
        rows = session.execute(select(kind.party, kind.document).where(kind.party.in_(asked)))
        found |= {party: document for party, document in rows if document}
    return found
