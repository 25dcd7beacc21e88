"""What verifying looked at, and what did not agree."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from operator import attrgetter
from typing import Any, NamedTuple

from huizhen.db.index.whole import Model, every
from huizhen.db.session import Session
from huizhen.domain.contract_reads import Read
from huizhen.domain.sentence import Sentence
from huizhen.services.ports import ContractState


class Numbered(NamedTuple):
    """ "party" and 17 are "party 17"; put into words only where something does not agree."""

    subject: Sentence
    numbers: tuple[object, ...]

    @property
    def zh(self) -> str:
        return f"{self.subject.zh} {'/'.join(map(str, self.numbers))}"

    @property
    def en(self) -> str:
        return f"{self.subject.en} {'/'.join(map(str, self.numbers))}"


Subject = Sentence | Numbered


def numbered(subject: Sentence, *numbers: object) -> Numbered:
    return Numbered(subject, numbers)


@dataclass(frozen=True, slots=True)
class Mismatch:
    """`subject` names the row, such as "credit of party 17"; `field` is empty where the whole row is at fault."""

    table: str
    key: tuple[Any, ...]
    subject: Subject
    field: str
    row: str
    chain: str

    @property
    def sentence(self) -> Sentence:
        zh_field, en_field = (f"的{self.field}", f" ({self.field})") if self.field else ("", "")
        return Sentence(
            f"{self.subject.zh}{zh_field}：索引为 {self.row}，链上为 {self.chain}",
            f"{self.subject.en}{en_field}: row {self.row}, chain {self.chain}",
        )


@dataclass(frozen=True, slots=True)
class Comparison:
    """A row's columns, by the names of the answer's fields; a plain answer has the one name ""."""

    table: str
    key: tuple[Any, ...]
    subject: Subject
    read: Read
    expected: Mapping[str, Any]


@dataclass(slots=True)
class Findings:
    """Collects comparisons and asks all of them at once."""

    session: Session
    state: ContractState
    block: int
    compared: Counter[str] = field(default_factory=Counter)
    mismatches: list[Mismatch] = field(default_factory=list)
    _waiting: list[Comparison] = field(default_factory=list)

    def rows(self, model: type[Model]) -> Sequence[Model]:
        """A whole table, in the order of its keys."""
        return every(self.session, model)

    def count(self, contract: str, function: str) -> int:
        """How many there are by the contract."""
        (number,) = self.state.read_many([Read(contract, function)], self.block)
        return int(number)

    def read_all(self, reads: list[Read]) -> list[Any]:
        return self.state.read_many(reads, self.block)

    def compare(
        self,
        table: str,
        key: tuple[Any, ...],
        subject: Subject,
        read: Read,
        expected: Mapping[str, Any],
    ) -> None:
        self._waiting.append(Comparison(table, key, subject, read, expected))

    def require(
        self, table: str, key: tuple[Any, ...], subject: Subject, column: str, row: object, chain: object
    ) -> None:
        """Two values that are at hand already."""
        if row != chain:
            self.mismatches.append(
                Mismatch(table, key, subject, column, _shown(row), _shown(_like(row, chain)))
            )

    def require_columns(
        self, table: str, key: tuple[Any, ...], subject: Subject, row: object, expected: Mapping[str, Any]
    ) -> None:
        """Columns of a row against what they must be."""
        found = attrgetter(*expected)(row)
        if found != tuple(expected.values()):
            for column, value, wanted in zip(expected, found, expected.values(), strict=True):
                self.require(table, key, subject, column, value, wanted)

    def require_ids(
        self,
        table: str,
        found: Iterable[int],
        expected: Iterable[int],
        subject: Sentence,
        above: tuple[int, ...] = (),
    ) -> None:
        """Names each row that is missing or that should not be there; `above` is the first part of its key."""
        ids, wanted = set(found), set(expected)
        for missing in sorted(wanted - ids):
            key = (*above, missing)
            self.require(table, key, numbered(subject, *key), "", "missing", "present")
        for extra in sorted(ids - wanted):
            key = (*above, extra)
            self.require(table, key, numbered(subject, *key), "", "present", "missing")

    def ask(self) -> None:
        """Reads what is waiting, in order, and notes each field that differs."""
        waiting, self._waiting = self._waiting, []
        answers = self.state.read_many([each.read for each in waiting], self.block)
        for each, answer in zip(waiting, answers, strict=True):
            fields = answer if isinstance(answer, Mapping) else {"": answer}
            for name, value in each.expected.items():
                self.require(each.table, each.key, each.subject, name, value, fields[name])


def _like(row: object, chain: object) -> object:
    """The chain numbers its states; people read their names."""
    if isinstance(row, IntEnum) and isinstance(chain, int) and chain in set(type(row)):
        return type(row)(chain)
    return chain


def _shown(value: object) -> str:
    name = getattr(value, "name", None)
    return name.lower() if isinstance(name, str) else str(value)
