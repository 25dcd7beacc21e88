"""What the page of a consultation shows."""

from __future__ import annotations

from dataclasses import dataclass

from huizhen.domain.case import CaseId, Contents
from huizhen.domain.chain_ids import ConsultationId, Hash32
from huizhen.domain.consultation import Consultation
from huizhen.domain.ids import PartyId
from huizhen.domain.money import Fen
from huizhen.domain.sentence import Sentence
from huizhen.domain.slots import Slot
from huizhen.domain.split import LegKind
from huizhen.domain.statuses import ConsultationStatus
from huizhen.domain.terms import Seat, Terms
from huizhen.services.chain_story import Entry
from huizhen.services.statements import StatementView
from huizhen.services.trace import Trace


@dataclass(frozen=True, slots=True)
class ConsultationLine:
    """One row of the list; `state` is a key of the pages' words."""

    id: ConsultationId
    state: str
    hospital: Sentence
    lead: Sentence
    start: Slot
    slots: int
    escrowed: Fen
    trace: Trace


@dataclass(frozen=True, slots=True)
class SeatView:
    """`fee` has the surcharges in it; `opinion` says whether the seat signed the opinion.

    `absent`: by the recorded attendance. `contested`: its fee is frozen. After that `resolved_bps` is the share that
    was paid, for the reason that `resolution` says.
    """

    seat: Seat
    doctor: Sentence
    institution: Sentence
    group: Sentence | None
    specialties: tuple[Sentence, ...]
    fee: Fen
    leads: bool
    opinion: bool
    dissent: str
    absent: bool
    contested: bool
    resolution: Sentence | None
    resolved_bps: int | None


@dataclass(frozen=True, slots=True)
class LegView:
    """What the signed terms give, and what the ledger credited; `credited` is None while nothing was."""

    kind: LegKind
    party: PartyId
    name: Sentence
    computed: Fen
    credited: Fen | None


@dataclass(frozen=True, slots=True)
class OpinionView:
    """`delivered` texts are those that the chain's commitment stands for."""

    text: str
    written_at: int
    dissents: tuple[tuple[Sentence, str], ...]
    delivered: bool


@dataclass(frozen=True, slots=True)
class Sent:
    """An act on its way, or one that was refused lately."""

    view: StatementView
    why: Sentence | None


@dataclass(frozen=True, slots=True)
class CancelPreview:
    bps: int
    charged: Fen
    returned: Fen


@dataclass(frozen=True, slots=True)
class DisputeView:
    """`frozen` is the price of the contested seats. `rest_paid` says that what nobody contests has been paid."""

    contested: bool
    frozen: Fen
    rest_paid: bool


@dataclass(frozen=True, slots=True)
class ConsultationPage:
    """`may_…` and `cancel` are what the viewer can do now. `held` is what is still in escrow.

    `hospital_absent`: the lead reported that the hospital did not come, which counts as a delivery without an opinion.
    `dispute` is None where nothing was ever contested.
    """

    id: ConsultationId
    known: Consultation
    terms: Terms
    terms_hash: Hash32
    hospital: Sentence
    platform: Sentence | None
    now: int
    limit: int | None
    seats: tuple[SeatView, ...]
    legs: tuple[LegView, ...]
    returned: Fen
    held: Fen
    dispute: DisputeView | None
    hospital_absent: bool
    story: tuple[Entry, ...]
    trace: Trace
    sent: tuple[Sent, ...]
    case: CaseId | None
    contents: Contents | None
    opinion: OpinionView | None
    opinion_hash: Hash32 | None
    is_hospital: bool
    is_lead: bool
    is_seated: bool
    seat_signed: bool
    cancel: CancelPreview | None
    may_accept: bool
    may_write: bool
    may_deliver: bool

    @property
    def price(self) -> Fen:
        return self.terms.price(self.known.overtime)

    @property
    def disputed(self) -> bool:
        """Paid in part at most: the rest waits for an agreement, a ruling or a time."""
        return self.known.status is ConsultationStatus.DISPUTED

    @property
    def claims_overtime(self) -> bool:
        """The lead alone says that it took longer: paid where the hospital accepts, else not."""
        delivered = self.known.status is ConsultationStatus.DELIVERED
        return delivered and self.known.overtime > 0 and not self.known.attended

    @property
    def overtime_open(self) -> range:
        """The steps that a delivery may name."""
        recorded = self.known.overtime
        if self.known.attended:
            return range(recorded, recorded + 1)
        return range(self.terms.pricing.overtime_steps + 1)

    @property
    def ended(self) -> bool:
        return self.known.status.ended

    @property
    def moving(self) -> bool:
        return self.trace.state == "confirming" or any(each.view.pending for each in self.sent)

    @property
    def may_open(self) -> bool:
        """A seated doctor reads the case after the opening is on record."""
        return self.is_seated and self.contents is None and self.case is not None
