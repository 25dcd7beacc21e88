"""Who takes part, with which keys, where they practise and under which agreements. Times are unix seconds."""

from __future__ import annotations

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from huizhen.db.base import IndexBase
from huizhen.db.index.traced import Traced
from huizhen.db.types import named
from huizhen.domain.chain_ids import Address, Hash32, Specialties
from huizhen.domain.ids import PartyId
from huizhen.domain.statuses import PartyKind, PartyStatus


class Party(Traced, IndexBase):
    """Sequential ids from 1. `powers` are flags of Power; the licence is good through `valid_until`.

    `signers` is one more than the highest index of a key ever used; `removal_index` is the key to be removed.
    """

    __tablename__ = "party"
    __table_args__ = (Index(None, "kind", "status"),)

    id: Mapped[PartyId] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[PartyKind] = mapped_column(named(PartyKind))
    status: Mapped[PartyStatus] = mapped_column(named(PartyStatus))
    powers: Mapped[int]
    specialties: Mapped[Specialties]
    city: Mapped[int]
    valid_until: Mapped[int]
    signers: Mapped[int]
    home: Mapped[PartyId]
    revision: Mapped[int]
    applied_at: Mapped[int]
    profile: Mapped[Hash32]
    licence: Mapped[Hash32]
    suspension: Mapped[Hash32 | None]
    removal_index: Mapped[int | None]
    removal_not_before: Mapped[int | None]


class Signer(Traced, IndexBase):
    """A key of a party at its index; a removed one keeps its row: it may never serve another party."""

    __tablename__ = "signer"

    party: Mapped[PartyId] = mapped_column(primary_key=True)
    index: Mapped[int] = mapped_column(primary_key=True)
    signer: Mapped[str] = mapped_column(index=True)
    active: Mapped[bool]


class Replacement(Traced, IndexBase):
    """A party's keys that the authority asks to replace; ended ones keep the count of acts, as KeyReplacement.sol does.

    `not_before` 0: nothing is asked for. `contested`: a key of the party has cancelled; `allowed`: an arbiter ruled.
    """

    __tablename__ = "replacement"

    party: Mapped[PartyId] = mapped_column(primary_key=True, autoincrement=False)
    sequence: Mapped[int]
    authority: Mapped[PartyId]
    authority_revision: Mapped[int]
    not_before: Mapped[int]
    contested: Mapped[bool]
    allowed: Mapped[bool]
    signer: Mapped[str]


class InstitutionAccount(Traced, IndexBase):
    """A contract that several officers sign through; `officers` is a JSON list of their ERC-7913 signers at first."""

    __tablename__ = "institution_account"

    account: Mapped[Address] = mapped_column(primary_key=True)
    officers: Mapped[str]
    threshold: Mapped[int]
    created_at: Mapped[int]


class Affiliation(Traced, IndexBase):
    """A doctor at an institution of practice; `standing_until` is 0 without a standing consent."""

    __tablename__ = "affiliation"
    __table_args__ = (Index(None, "institution"),)

    doctor: Mapped[PartyId] = mapped_column(primary_key=True)
    institution: Mapped[PartyId] = mapped_column(primary_key=True)
    valid_until: Mapped[int]
    standing_until: Mapped[int]
    version: Mapped[int]
    ended_by: Mapped[PartyId | None]


class Agreement(Traced, IndexBase):
    """Cooperation of two institutions, a < b."""

    __tablename__ = "agreement"
    __table_args__ = (Index(None, "b"),)

    a: Mapped[PartyId] = mapped_column(primary_key=True)
    b: Mapped[PartyId] = mapped_column(primary_key=True)
    commitment: Mapped[Hash32]
    valid_until: Mapped[int]
    version: Mapped[int]
