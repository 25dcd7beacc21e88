"""What happened, kept apart from the specification: sums over events, statements used, accounts signed for.

The invariants judge the state by it. It learns from the logs that the contracts really left.
"""

from __future__ import annotations

import copy
from collections import Counter
from dataclasses import dataclass, field, fields
from typing import NamedTuple

from huizhen.domain.terms import Terms
from tests.model.spec import booked_terms
from tests.model.spec.act import Act
from tests.model.spec.hashing import keccak
from tests.model.spec.ledger import Item
from tests.model.spec.registry import TAX_AUTHORITY
from tests.model.spec.split import ALL_SEATS, Leg, unpacked
from tests.model.spec.state import BPS, Consultation, Log, State


class Release(NamedTuple):
    """Part of a consultation's escrow that ended, and what it was for."""

    consultation: int
    seats: int
    steps: int
    charge_bps: int
    legs: list[Leg]


OTHERS = 2**32 - 1  # the number under which the other booker moves escrow


@dataclass
class Ghost:
    """Amounts by consultation (`funded`, `credited`, `returned`) and by party (`earned`, `paid`, `withheld`)."""

    funded: Counter[int] = field(default_factory=Counter)
    credited: Counter[int] = field(default_factory=Counter)
    returned: Counter[int] = field(default_factory=Counter)
    earned: Counter[int] = field(default_factory=Counter)
    paid: Counter[int] = field(default_factory=Counter)
    withheld: Counter[int] = field(default_factory=Counter)
    packed: dict[int, bytes] = field(default_factory=dict)
    used: set[bytes] = field(default_factory=set)
    accounts: dict[tuple[int, bytes], int] = field(default_factory=dict)
    items: dict[int, list[Item]] = field(default_factory=dict)
    executed: Counter[int] = field(default_factory=Counter)
    # The releases of the present call.
    releases: list[Release] = field(default_factory=list)
    _why: tuple[int, int, int] | None = None

    def copy(self) -> Ghost:
        return Ghost(**{each.name: copy.copy(getattr(self, each.name)) for each in fields(self)})

    def learn(self, act: Act, before: State, after: State) -> None:
        self.releases, self._why = [], None
        for log in after.logs:
            learn = getattr(self, f"_on_{log.event}", None)
            if learn is not None:
                learn(log, act, before, after)

    def terms(self, consultation: int) -> Terms:
        """Those in force for it now."""
        return booked_terms.read(self.packed[consultation])

    def row(self, s: State, consultation: int) -> Consultation:
        return s.consultations[keccak(self.packed[consultation])]

    def _on_Booked(self, log: Log, act: Act, *_: State) -> None:  # noqa: N802 (named for the event)
        self.packed[log.values[0]] = act.terms

    def _on_Amended(self, log: Log, act: Act, *_: State) -> None:  # noqa: N802
        self.packed[log.values[0]] = act.to

    def _on_Escrowed(self, log: Log, *_: object) -> None:  # noqa: N802
        consultation, _hospital, amount = log.values
        self.funded[consultation] += amount

    # Why the next release comes: seats, overtime steps, and the share of their fees that is charged.

    def _on_Settled(self, log: Log, _: Act, __: State, after: State) -> None:  # noqa: N802
        row = self.row(after, log.values[0])
        self._why = self._why or (row.seats, row.overtime, BPS)

    def _on_Cancelled(self, log: Log, *_: object) -> None:  # noqa: N802
        self._why = (ALL_SEATS, 0, log.values[2])

    def _on_Expired(self, *_: object) -> None:  # noqa: N802
        self._why = (0, 0, 0)

    def _on_UncontestedReleased(self, log: Log, _: Act, __: State, after: State) -> None:  # noqa: N802
        consultation, seats = log.values
        self._why = (seats, self.row(after, consultation).overtime, BPS)

    def _on_DisputeResolved(self, log: Log, _: Act, __: State, after: State) -> None:  # noqa: N802
        consultation, seats, bps, _how, _reason = log.values
        self._why = (seats, self.row(after, consultation).overtime, bps)

    def _on_EscrowReleased(self, log: Log, *_: object) -> None:  # noqa: N802
        consultation, _hospital, funded, packed = log.values
        legs = [unpacked(leg) for leg in packed]
        for _kind, party, amount in legs:
            self.earned[party] += amount
        total = sum(amount for _, _, amount in legs)
        self.credited[consultation] += total
        self.returned[consultation] += funded - total
        if consultation != OTHERS:
            assert self._why is not None
            self.releases.append(Release(consultation, *self._why, legs))
        self._why = None

    def _on_Refunded(self, log: Log, *_: object) -> None:  # noqa: N802
        hospital, amount, _sequence = log.values
        self.earned[hospital] += amount

    def _on_PayoutAccountSet(self, log: Log, *_: object) -> None:  # noqa: N802
        party, account, effective_at, _version = log.values
        self.accounts[party, account] = effective_at

    def _on_PayoutPrepared(self, log: Log, *_: object) -> None:  # noqa: N802
        batch, _preparer, items = log.values
        self.items[batch] = list(items)

    def _on_PayoutApproved(self, log: Log, *_: object) -> None:  # noqa: N802
        batch, _approver, executed, _gross, withheld = log.values
        self.executed[batch] = executed
        for item in self.chosen(batch, executed):
            self.withheld[item.party] += item.withheld
        self.earned[TAX_AUTHORITY] += withheld

    def _on_PayoutConfirmed(self, log: Log, *_: object) -> None:  # noqa: N802
        batch, mask, _reference, _amount = log.values
        for item in self.chosen(batch, mask):
            self.paid[item.party] += item.net

    def _on_PayoutReturned(self, log: Log, _: Act, before: State, __: State) -> None:  # noqa: N802
        batch, place, party, net, _reference = log.values
        if before.batches[batch].confirmed >> place & 1:
            self.paid[party] -= net

    def chosen(self, batch: int, mask: int) -> list[Item]:
        return [item for place, item in enumerate(self.items[batch]) if mask >> place & 1]
