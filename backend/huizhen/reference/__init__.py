"""Facts of the outer world, as dated files beside this one; each file's `source` says where they come from.

Standard library only, so that every room may read them. Amounts are fen.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any


def document(name: str) -> dict[str, Any]:
    """The whole file, its `source` and `verify` notes included: cities, specialties, withholding, ..."""
    read: dict[str, Any] = json.loads(files(__name__).joinpath(f"{name}.json").read_text("utf-8"))
    return read


@dataclass(frozen=True, slots=True)
class City:
    """A prefecture by its GB/T 2260 code; `province` is the code of its province."""

    code: int
    province: int
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Province:
    code: int
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Specialty:
    """An entry of the national catalogue of clinical departments; `bit` is its place in a 160-bit mask."""

    code: str
    bit: int
    zh: str
    en: str

    @property
    def mask(self) -> int:
        return 1 << self.bit

    @property
    def parent(self) -> str | None:
        """Code of the first-level department, None for one of those."""
        return self.code[:2] if "." in self.code else None


@dataclass(frozen=True, slots=True)
class Title:
    """`rank` grows with seniority; the fees are per expert and consultation."""

    rank: int
    zh: str
    en: str
    fee_low_fen: int
    fee_typical_fen: int
    fee_high_fen: int


@dataclass(frozen=True, slots=True)
class Bank:
    code: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Name:
    """A part of a fictitious name of a person, a hospital or a group."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class HospitalKind:
    zh: str
    en: str
    level: str


@dataclass(frozen=True, slots=True)
class GroupKind:
    """`specialties` are codes that such a group would gather."""

    zh: str
    en: str
    specialties: tuple[str, ...]


@cache
def cities() -> tuple[City, ...]:
    return tuple(City(**row) for row in document("cities")["cities"])


@cache
def provinces() -> tuple[Province, ...]:
    return tuple(Province(**row) for row in document("cities")["provinces"])


@cache
def city_by_code() -> dict[int, City]:
    return {city.code: city for city in cities()}


@cache
def specialties() -> tuple[Specialty, ...]:
    return tuple(Specialty(**row) for row in document("specialties")["specialties"])


@cache
def specialty_by_code() -> dict[str, Specialty]:
    return {specialty.code: specialty for specialty in specialties()}


def mask_of(codes: Iterable[str]) -> int:
    """The specialty mask of these catalogue codes; KeyError for a code that is not in the catalogue."""
    mask = 0
    for code in codes:
        mask |= specialty_by_code()[code].mask
    return mask


def specialties_in(mask: int) -> tuple[Specialty, ...]:
    """Entries of the catalogue whose bit is set, in its order; bits without an entry name nothing."""
    return tuple(specialty for specialty in specialties() if mask & specialty.mask)


@cache
def titles() -> tuple[Title, ...]:
    return tuple(Title(**row) for row in document("titles")["titles"])


@cache
def banks() -> tuple[Bank, ...]:
    return tuple(Bank(**row) for row in document("banks")["banks"])


@cache
def bank_by_name() -> dict[str, Bank]:
    """By the Chinese name, which is what payout accounts keep."""
    return {bank.zh: bank for bank in banks()}


@cache
def surnames() -> tuple[Name, ...]:
    return _names("people", "surnames")


@cache
def given_names() -> tuple[Name, ...]:
    return _names("people", "given_names")


@cache
def hospital_words() -> tuple[Name, ...]:
    return _names("organisations", "hospital_words")


@cache
def group_words() -> tuple[Name, ...]:
    return _names("organisations", "group_words")


@cache
def hospital_kinds() -> tuple[HospitalKind, ...]:
    return tuple(HospitalKind(**row) for row in document("organisations")["hospital_kinds"])


@cache
def group_kinds() -> tuple[GroupKind, ...]:
    rows = document("organisations")["group_kinds"]
    return tuple(GroupKind(row["zh"], row["en"], tuple(row["specialties"])) for row in rows)


def _names(file: str, field: str) -> tuple[Name, ...]:
    return tuple(Name(**row) for row in document(file)[field])
