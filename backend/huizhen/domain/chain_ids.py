"""What the chain is named by. Hashes and addresses are lower-case hex text with 0x, as pages write them."""

from __future__ import annotations

from typing import NewType

Hash32 = NewType("Hash32", str)
Address = NewType("Address", str)

ConsultationId = NewType("ConsultationId", int)
BatchId = NewType("BatchId", int)

Specialties = NewType("Specialties", int)
"""160 bits over the national catalogue of clinical departments."""

Mask64 = NewType("Mask64", int)
"""One bit for each item of a payout batch."""

WordBits = NewType("WordBits", int)
"""256 quarters of an hour."""

NO_HASH = Hash32("0x" + "00" * 32)


def hex32(raw: bytes) -> Hash32:
    return Hash32("0x" + raw.hex())
