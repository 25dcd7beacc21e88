"""The two metadata of the product, with one naming convention and one map from Python to SQL types."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar, Final

from sqlalchemy import BigInteger, MetaData, String, Text
from sqlalchemy.orm import DeclarativeBase

from huizhen.db.types import HexBits, HexBytes, UtcDateTime
from huizhen.domain.chain_ids import Address, Hash32, Mask64, Specialties, WordBits
from huizhen.domain.ids import PartyId
from huizhen.domain.money import Fen
from huizhen.domain.slots import Slot

_NAMES: Final = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

# Unsigned 32 bits do not fit PostgreSQL's INTEGER, and `Numeric` corrupts big integers on SQLite silently.
_TYPES: Final[dict[Any, Any]] = {
    int: BigInteger,
    str: Text,
    datetime: UtcDateTime,
    Fen: BigInteger,
    PartyId: BigInteger,
    Slot: BigInteger,
    Hash32: String(66),
    Address: String(42),
    Specialties: HexBits(160),
    Mask64: HexBits(64),
    WordBits: HexBits(256),
}
# Millions of rows of the index carry hashes.
_INDEX_TYPES: Final[dict[Any, Any]] = _TYPES | {Hash32: HexBytes(32), Address: HexBytes(20)}

COMPACT: Final = {"sqlite_with_rowid": False}
"""Narrow rows that arrive in the order of their key stand in one tree on SQLite instead of two."""


class IndexBase(DeclarativeBase):
    """Projections of the chain; made and dropped by the indexer, never migrated."""

    metadata = MetaData(naming_convention=_NAMES)
    type_annotation_map: ClassVar[dict[Any, Any]] = _INDEX_TYPES


class OfficeBase(DeclarativeBase):
    """This operator's own records; migrated by Alembic."""

    metadata = MetaData(naming_convention=_NAMES)
    type_annotation_map: ClassVar[dict[Any, Any]] = _TYPES
