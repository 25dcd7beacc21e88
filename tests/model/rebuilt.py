"""I13: the events alone, read from the first on, give back all state that the contracts keep."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields

from tests.model.rebuilt_people import People
from tests.model.rebuilt_work import Work
from tests.model.spec.ledger import Item
from tests.model.spec.state import Log, State, written

Entry = tuple[int, Log]


class Rebuilder(People, Work):
    """Knows no function of the contracts, only their events."""

    def __init__(self) -> None:
        self.s = State(0)
        self.keys: dict[int, bytes] = {}
        self.packed: dict[int, bytes] = {}
        self.items: dict[int, list[Item]] = {}

    def read(self, history: Iterable[Entry]) -> State:
        for now, log in history:
            self.s.now = now
            getattr(self, f"on_{log.event}")(*log.values, contract=log.contract)
        return self.s


def i13_events_alone_rebuild_all_state(history: Iterable[Entry], state: State) -> None:
    again = Rebuilder().read(history)
    for each in fields(State):
        if each.name not in ("now", "logs"):
            mine, theirs = (written(getattr(s, each.name)) for s in (again, state))
            assert mine == theirs, each.name
