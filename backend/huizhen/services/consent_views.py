"""What the patient, and the hospital beside them, sees of a consent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from huizhen.db.index.consents import Consent
from huizhen.db.office.statements import StatementStatus
from huizhen.domain.case import CaseId, Contents, WantedSeat
from huizhen.domain.chain_ids import Address
from huizhen.domain.ids import PartyId
from huizhen.domain.money import Fen
from huizhen.domain.sentence import Sentence
from huizhen.services.statements import StatementView
from huizhen.services.trace import Trace


@dataclass(frozen=True, slots=True)
class Opening:
    party: PartyId
    name: Sentence
    at: int


@dataclass(frozen=True, slots=True)
class ConsentPage:
    """What the patient sees. `grant` and `withdrawal` are statements on their way or refused; `consent` is what the
    chain has. `usable` says that it can still be given; `typed` are the documents that the browser may sign.
    """

    token: str
    draft: CaseId
    hospital: Sentence
    contents: Contents
    seats: tuple[WantedSeat, ...]
    fee_ceiling: Fen
    fee_with_overtime: Fen
    address: Address
    sign_by: int
    valid_until: int
    usable: bool
    consent: Consent | None
    trace: Trace | None
    grant: StatementView | None
    withdrawal: StatementView | None
    openings: tuple[Opening, ...]
    asked: tuple[Sentence, ...]
    typed_grant: dict[str, Any]
    typed_withdrawal: dict[str, Any]
    withdraw_by: int

    @property
    def in_force(self) -> bool:
        return self.consent is not None and not self.consent.withdrawn

    @property
    def moving(self) -> bool:
        """Something is on its way to the chain, or on it and not in the index yet."""
        given = self.grant is not None and not failed(self.grant) and self.consent is None
        taken = self.withdrawal is not None and not failed(self.withdrawal) and self.in_force
        return given or taken or (self.trace is not None and self.trace.state == "confirming")


def failed(sent: StatementView) -> bool:
    """The chain never took it: it may be tried again."""
    return sent.status in (StatementStatus.REFUSED, StatementStatus.LAPSED)
