"""What happened, kept apart from the specification: sums over events, statements used, accounts signed for.

The invariants judge the state by it. It learns from the logs that the contracts really left.
"""

from __future__ import annotations

import copy
from collections import Counter
from dataclasses import dataclass, field, fields

from huizhen.domain.terms import Terms
from tests.model.spec import booked_terms
from tests.model.spec.act import Act
from tests.model.spec.ledger import Item
from tests.model.spec.registry import TAX_AUTHORITY
from tests.model.spec.split import Leg, unpacked
from tests.model.spec.state import Log, State

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
    terms: dict[int, Terms] = field(default_factory=dict)
    used: set[bytes] = field(default_factory=set)
    accounts: dict[tuple[int, bytes], int] = field(default_factory=dict)
    items: dict[int, list[Item]] = field(default_factory=dict)
    executed: Counter[int] = field(default_factory=Counter)
    # The legs of the releases of the present call.
    legs: list[tuple[int, list[Leg]]] = field(default_factory=list)

    def copy(self) -> Ghost:
        return Ghost(**{each.name: copy.copy(getattr(self, each.name)) for each in fields(self)})

    def learn(self, act: Act, before: State, after: State) -> None:
        self.legs = []
        for log in after.logs:
            learn = getattr(self, f"_on_{log.event}", None)
            if learn is not None:
                learn(log, act, before)

    def _on_Booked(self, log: Log, act: Act, _: State) -> None:  # noqa: N802 (named for the event)
        self.terms[int(str(log.values[0]))] = booked_terms.read(act.terms)

    def _on_Escrowed(self, log: Log, _: Act, __: State) -> None:  # noqa: N802
        consultation, _hospital, amount = log.values
        self.funded[consultation] += amount  # type: ignore[index,operator]

    def _on_EscrowReleased(self, log: Log, _: Act, __: State) -> None:  # noqa: N802
        consultation, _hospital, funded, packed = log.values
        legs = [unpacked(leg) for leg in packed]  # type: ignore[attr-defined]
        for _kind, party, amount in legs:
            self.earned[party] += amount
        total = sum(amount for _, _, amount in legs)
        self.credited[consultation] += total  # type: ignore[index]
        self.returned[consultation] += funded - total  # type: ignore[index,operator]
        self.legs.append((consultation, legs))  # type: ignore[arg-type]

    def _on_Refunded(self, log: Log, _: Act, __: State) -> None:  # noqa: N802
        hospital, amount, _sequence = log.values
        self.earned[hospital] += amount  # type: ignore[index,operator]

    def _on_PayoutAccountSet(self, log: Log, _: Act, before: State) -> None:  # noqa: N802
        party, account, effective_at, _version = log.values
        self.accounts[party, account] = effective_at  # type: ignore[index,assignment]

    def _on_PayoutPrepared(self, log: Log, _: Act, __: State) -> None:  # noqa: N802
        batch, _preparer, items = log.values
        self.items[batch] = list(items)  # type: ignore[index,call-overload]

    def _on_PayoutApproved(self, log: Log, _: Act, __: State) -> None:  # noqa: N802
        batch, _approver, executed, _gross, withheld = log.values
        self.executed[batch] = executed  # type: ignore[index,assignment]
        for item in self.chosen(batch, executed):  # type: ignore[arg-type]
            self.withheld[item.party] += item.withheld
        self.earned[TAX_AUTHORITY] += withheld  # type: ignore[operator]

    def _on_PayoutConfirmed(self, log: Log, _: Act, __: State) -> None:  # noqa: N802
        batch, mask, _reference, _amount = log.values
        for item in self.chosen(batch, mask):  # type: ignore[arg-type]
            self.paid[item.party] += item.net

    def _on_PayoutReturned(self, log: Log, _: Act, before: State) -> None:  # noqa: N802
        batch, place, party, net, _reference = log.values
        if before.batches[batch].confirmed >> place & 1:  # type: ignore[index,operator]
            self.paid[party] -= net  # type: ignore[index,operator]

    def chosen(self, batch: int, mask: int) -> list[Item]:
        return [item for place, item in enumerate(self.items[batch]) if mask >> place & 1]
