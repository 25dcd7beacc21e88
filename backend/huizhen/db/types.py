"""Column types that both databases keep exactly."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import Enum as PythonEnum

from sqlalchemy import DateTime, Dialect, Enum, LargeBinary, String
from sqlalchemy.types import TypeDecorator


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment. SQLite drops the zone, so UTC is restored on the way out."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"A moment without a time zone cannot be stored: {value.isoformat()}.")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class HexBits(TypeDecorator[int]):
    """An unsigned integer that no database integer holds, as hex text of fixed width (so that it sorts)."""

    impl = String
    cache_ok = True

    def __init__(self, bits: int) -> None:
        super().__init__(2 + bits // 4)
        self.bits = bits

    def process_bind_param(self, value: int | None, _dialect: Dialect) -> str | None:
        return None if value is None else self.text(value)

    def process_result_value(self, value: str | None, _dialect: Dialect) -> int | None:
        return None if value is None else int(value, 16)

    def text(self, value: int) -> str:
        if value < 0 or value >> self.bits:
            raise ValueError(f"{value} does not fit {self.bits} bits.")
        return f"0x{value:0{self.bits // 4}x}"


class HexBytes(TypeDecorator[str]):
    """Hex text of fixed length with 0x, kept as the bytes that it stands for: half the room."""

    impl = LargeBinary
    cache_ok = True

    def __init__(self, length: int) -> None:
        super().__init__(length)
        self.length = length

    def process_bind_param(self, value: str | None, _dialect: Dialect) -> bytes | None:
        return None if value is None else bytes.fromhex(value[2:])

    def process_result_value(self, value: bytes | None, _dialect: Dialect) -> str | None:
        return None if value is None else hex_text(value)


def hex_text(stored: object) -> str:
    """Of bytes; whatever else somebody has put there (SQLite lets them) is shown as it is."""
    return "0x" + stored.hex() if isinstance(stored, bytes) else str(stored)


def named(kind: type[PythonEnum]) -> Enum:
    """A chain enum as its lower-case name with a CHECK, so that a person can read the table."""
    return Enum(
        kind,
        name=kind.__name__.lower(),
        native_enum=False,
        create_constraint=True,
        values_callable=_names,
    )


def _names(kind: type[PythonEnum]) -> list[str]:
    return [member.name.lower() for member in kind]
