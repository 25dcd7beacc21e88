"""The terms that everyone signs, and their packed form as contracts/libraries/TermsCodec.sol reads it.

Packed, big endian, without padding: version (= 1) and the fields in the order below; 169 bytes + 55 a seat.
One packed form for one signed form: what the contract would refuse to read is refused here as well.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import NamedTuple

from huizhen.domain.ids import PartyId
from huizhen.domain.money import Fen
from huizhen.domain.slots import SLOT_SECONDS, Slot
from huizhen.domain.split import MAX_SEATS, PaidSeat, Surcharge
from huizhen.errors import TermsUnreadable

VERSION = 1
_HEADER = struct.Struct(">BIIBB5s16s IHHHB IIHHIIIIH 32s32s32s")
_SEAT = struct.Struct(">IIIHHHB16s20s")


class Header(NamedTuple):
    """The packed fields before the seats, in their order and as they are packed."""

    version: int
    hospital: PartyId
    start: Slot
    slots: int
    lead: int
    sign_by: bytes
    salt: bytes
    platform: PartyId
    platform_bps: int
    urgency_bps: int
    overtime_bps: int
    overtime_steps: int
    free_before: int
    partial_before: int
    partial_bps: int
    late_bps: int
    deliver_window: int
    review_window: int
    arbiter: PartyId
    arbiter_window: int
    default_bps: int
    agreement: bytes
    case_file: bytes
    consent: bytes


class PackedSeat(NamedTuple):
    """A seat as it is packed."""

    doctor: PartyId
    institution: PartyId
    group: PartyId
    rule_version: int
    institution_bps: int
    fund_bps: int
    required: int
    fee: bytes
    specialties: bytes


@dataclass(frozen=True, slots=True)
class Seat:
    """A doctor at an institution, for a group (0: none) under a share rule; `fee` is before surcharges."""

    doctor: PartyId
    institution: PartyId
    group: PartyId
    rule_version: int
    institution_bps: int
    fund_bps: int
    required: bool
    fee: Fen
    specialties: int


@dataclass(frozen=True, slots=True)
class Pricing:
    """An overtime step is half an hour; the escrow holds the price with all `overtime_steps`."""

    platform: PartyId
    platform_bps: int
    urgency_bps: int
    overtime_bps: int
    overtime_steps: int


@dataclass(frozen=True, slots=True)
class Policy:
    """Windows in seconds; see types/Terms.sol for what each decides."""

    free_before: int
    partial_before: int
    partial_bps: int
    late_bps: int
    deliver_window: int
    review_window: int
    arbiter: PartyId
    arbiter_window: int
    default_bps: int

    def fee_bps(self, seconds_before: int) -> int:
        """What the hospital pays when it cancels this long before the start."""
        if seconds_before >= self.free_before:
            return 0
        return self.partial_bps if seconds_before >= self.partial_before else self.late_bps


@dataclass(frozen=True, slots=True)
class Documents:
    """Salted commitments, 32 bytes each."""

    agreement: bytes
    case_file: bytes
    consent: bytes


@dataclass(frozen=True, slots=True)
class Terms:
    """`lead` is the index of the leading seat, `sign_by` the last second at which they can be booked."""

    hospital: PartyId
    start: Slot
    slots: int
    lead: int
    sign_by: int
    salt: bytes
    pricing: Pricing
    policy: Policy
    documents: Documents
    seats: tuple[Seat, ...]

    @property
    def starts_at(self) -> int:
        return self.start * SLOT_SECONDS

    @property
    def ends_at(self) -> int:
        """First second after the agreed time."""
        return (self.start + self.slots) * SLOT_SECONDS

    @property
    def required_mask(self) -> int:
        return sum(1 << index for index, seat in enumerate(self.seats) if seat.required)

    def surcharge(self, steps: int) -> Surcharge:
        return Surcharge(self.pricing.urgency_bps, self.pricing.overtime_bps, steps)

    def price(self, steps: int = 0) -> Fen:
        """All seats with this many overtime steps, each fee rounded down as the contract does."""
        surcharge = self.surcharge(steps)
        return Fen(sum(surcharge.applied_to(seat.fee) for seat in self.seats))

    def escrow(self) -> Fen:
        return self.price(self.pricing.overtime_steps)

    def paid_seats(self, mask: int, steps: int) -> tuple[PaidSeat, ...]:
        """The seats that a mask selects, with their effective fees, as `split` takes them."""
        surcharge = self.surcharge(steps)
        return tuple(
            PaidSeat(
                seat.doctor,
                seat.institution,
                seat.group,
                seat.institution_bps,
                seat.fund_bps,
                surcharge.applied_to(seat.fee),
            )
            for index, seat in enumerate(self.seats)
            if mask >> index & 1
        )


def encode_terms(terms: Terms) -> bytes:
    """The bytes that travel in calldata; their keccak256 is the terms hash. Raises TermsUnreadable."""
    pricing, policy, documents = terms.pricing, terms.policy, terms.documents
    if (
        not len(documents.agreement)
        == len(documents.case_file)
        == len(documents.consent)
        == 2 * len(terms.salt)
        == 32
    ):
        raise _unreadable("承诺须为32字节，盐须为16字节", "commitments have 32 bytes and the salt 16")
    try:
        packed = _HEADER.pack(
            VERSION,
            terms.hospital,
            terms.start,
            terms.slots,
            terms.lead,
            terms.sign_by.to_bytes(5, "big"),
            terms.salt,
            pricing.platform,
            pricing.platform_bps,
            pricing.urgency_bps,
            pricing.overtime_bps,
            pricing.overtime_steps,
            policy.free_before,
            policy.partial_before,
            policy.partial_bps,
            policy.late_bps,
            policy.deliver_window,
            policy.review_window,
            policy.arbiter,
            policy.arbiter_window,
            policy.default_bps,
            documents.agreement,
            documents.case_file,
            documents.consent,
        ) + b"".join(_encode_seat(seat) for seat in terms.seats)
    except (struct.error, OverflowError) as error:
        raise _unreadable("有数值超出范围", "a number does not fit its field") from error
    decode_terms(packed)
    return packed


def _encode_seat(seat: Seat) -> bytes:
    return _SEAT.pack(
        seat.doctor,
        seat.institution,
        seat.group,
        seat.rule_version,
        seat.institution_bps,
        seat.fund_bps,
        seat.required,
        seat.fee.to_bytes(16, "big"),
        seat.specialties.to_bytes(20, "big"),
    )


def decode_terms(packed: bytes) -> Terms:
    """Raises TermsUnreadable for whatever the contract would not read either."""
    header, seats = unpack_terms(packed)
    return Terms(
        header.hospital,
        header.start,
        header.slots,
        header.lead,
        int.from_bytes(header.sign_by, "big"),
        header.salt,
        Pricing(*header[7:12]),
        Policy(*header[12:21]),
        Documents(*header[21:]),
        tuple(map(_seat, seats)),
    )


def unpack_terms(packed: bytes) -> tuple[Header, list[PackedSeat]]:
    """The same in flat tuples, for those who read very many. Raises TermsUnreadable."""
    count, rest = divmod(len(packed) - _HEADER.size, _SEAT.size)
    if rest or not 1 <= count <= MAX_SEATS:
        raise _unreadable(f"长度{len(packed)}字节不符", f"{len(packed)} bytes is not a possible length")
    header = Header._make(_HEADER.unpack_from(packed))
    if header.version != VERSION:
        raise _unreadable(f"版本{header.version}不支持", f"version {header.version} is not supported")
    seats = list(map(PackedSeat._make, _SEAT.iter_unpack(packed[_HEADER.size :])))
    if header.slots == 0:
        raise _unreadable("没有时长", "it has no length")
    last = 0
    for seat in seats:
        if seat.required > 1:
            raise _unreadable("席位标志须为0或1", "a seat's flag is neither 0 nor 1")
        if seat.doctor <= last:
            raise _unreadable("席位须按医生编号升序", "seats must stand in ascending order of doctor")
        last = seat.doctor
    if header.lead >= count or not seats[header.lead].required:
        raise _unreadable("牵头席位须为必需席位", "the leading seat must be a required seat")
    return header, seats


def _seat(seat: PackedSeat) -> Seat:
    return Seat(
        *seat[:6],
        seat.required == 1,
        Fen(int.from_bytes(seat.fee, "big")),
        int.from_bytes(seat.specialties, "big"),
    )


def _unreadable(zh: str, en: str) -> TermsUnreadable:
    return TermsUnreadable(
        f"会诊条款无法读取：{zh}。请重新生成条款。", f"The terms cannot be read: {en}. Draw them up again."
    )
