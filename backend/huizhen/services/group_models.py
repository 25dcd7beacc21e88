"""What pages show of a doctor group."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from huizhen.domain.ids import PartyId
from huizhen.domain.sentence import Sentence
from huizhen.domain.shares import Shares
from huizhen.reference import City, Specialty, Title
from huizhen.services.statements import StatementView
from huizhen.services.trace import Trace


class Belonging(StrEnum):
    """How a doctor stands to a group; the last three are memberships that ended or never began."""

    LEAD = "lead"
    MEMBER = "member"
    ASKED = "asked"
    LEFT = "left"
    EXPELLED = "expelled"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class GroupLine:
    """`shares` are of EXAMPLE_FEE under the current rule; specialties and cities are those of the members."""

    group: PartyId
    name: Sentence
    lead: PartyId
    lead_name: Sentence
    members: int
    quorum: int
    institution_bps: int
    fund_bps: int
    shares: Shares
    specialties: tuple[Specialty, ...]
    cities: tuple[City, ...]
    belonging: Belonging


@dataclass(frozen=True, slots=True)
class MemberLine:
    doctor: PartyId
    name: Sentence
    title: Title | None
    specialties: tuple[Specialty, ...]
    city: City | None
    licence_until: int
    joined_at: int
    spell: int
    leads: bool
    trace: Trace


@dataclass(frozen=True, slots=True)
class RuleLine:
    version: int
    institution_bps: int
    fund_bps: int
    shares: Shares
    set_at: int
    trace: Trace


@dataclass(frozen=True, slots=True)
class GroupPage:
    """`statements` are the viewer's own about this group, the newest first.

    `expelled_for` is why the viewer was expelled, None for anybody else; empty where the words are kept elsewhere.
    """

    line: GroupLine
    bio: str
    founded_at: int
    standing_until: int
    revision: int
    rule_version: int
    members: tuple[MemberLine, ...]
    rules: tuple[RuleLine, ...]
    statements: tuple[StatementView, ...]
    expelled_for: str | None
    trace: Trace

    @property
    def waiting(self) -> StatementView | None:
        """The viewer's statement about the group that is still on its way."""
        return next((view for view in self.statements if view.open or view.pending), None)
