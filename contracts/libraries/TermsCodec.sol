// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice The first 19 bytes of a packed seat, at the high end of a word: all but fee and specialties.
type SeatWord is uint256;

/// @title Terms in their packed form, read where they lie in calldata and checked once.
/// @notice Packed, big endian, without padding: version (1 byte, = 1), then the fields of Terms in order (pricing,
/// policy and documents inline; `salt` 16 bytes), then per seat the fields of Seat in order; 169 bytes + 55 per seat.
/// Nothing is copied: a field is one load and one shift. Only `requireWellFormed` looks for faults. It is called when
/// terms are booked; later they are known by their hash.
library TermsCodec {
    using TermsCodec for bytes;
    using TermsCodec for SeatWord;

    uint256 internal constant VERSION = 1;
    uint256 internal constant HEADER = 169;
    uint256 internal constant SEAT = 55;
    uint256 internal constant MAX_SEATS = 16;
    uint256 internal constant SLOT_SECONDS = 900;
    /// @dev From where a load ends with the first seat's fee: HEADER + 19 + 16 - 32, which assembly wants as a number.
    uint256 private constant FEE = 172;

    error TermsMalformed(uint256 length);
    error TermsVersion(uint256 version, uint256 supported);
    error SeatCount(uint256 seats, uint256 allowed);
    error SeatsNotAscending(uint32 previous, uint32 next);
    error LeadNotRequired(uint8 lead, uint256 seats);
    error NoLength();
    error FlagMalformed(uint256 flag);

    /// @dev Refuses what is not the one packed form of some terms. Whether they may be booked is for others to say.
    function requireWellFormed(bytes calldata packed) internal pure {
        uint256 length = packed.length;
        unchecked {
            if (length < HEADER + SEAT || (length - HEADER) % SEAT != 0) revert TermsMalformed(length);
        }
        uint256 count = seatCount(packed);
        if (count > MAX_SEATS) revert SeatCount(count, MAX_SEATS);
        uint256 version = word(packed, 0) >> 248;
        if (version != VERSION) revert TermsVersion(version, VERSION);
        if (slots(packed) == 0) revert NoLength();
        uint256 previous;
        uint256 place = firstSeat(packed);
        for (uint256 i; i < count;) {
            (SeatWord s,) = seatAt(place);
            uint256 next = SeatWord.unwrap(s) >> 224;
            if (next <= previous) revert SeatsNotAscending(uint32(previous), uint32(next));
            previous = next;
            // One packed form for one signed form: anything but 0 or 1 would let signatures serve a second time.
            uint256 flag = uint8(SeatWord.unwrap(s) >> 104);
            if (flag > 1) revert FlagMalformed(flag);
            unchecked {
                ++i;
                place += SEAT;
            }
        }
        uint8 leading = lead(packed);
        if (leading >= count || !seat(packed, leading).required()) revert LeadNotRequired(leading, count);
    }

    // The header

    function hospital(bytes calldata packed) internal pure returns (uint32) {
        return uint32(word(packed, 0) >> 216);
    }

    /// @dev The first slot.
    function start(bytes calldata packed) internal pure returns (uint256) {
        return uint32(word(packed, 0) >> 184);
    }

    function slots(bytes calldata packed) internal pure returns (uint256) {
        return uint8(word(packed, 0) >> 176);
    }

    function lead(bytes calldata packed) internal pure returns (uint8) {
        return uint8(word(packed, 0) >> 168);
    }

    function signBy(bytes calldata packed) internal pure returns (uint256) {
        return uint40(word(packed, 0) >> 128);
    }

    function platform(bytes calldata packed) internal pure returns (uint32) {
        return uint32(word(packed, 32) >> 224);
    }

    function platformBps(bytes calldata packed) internal pure returns (uint256) {
        return uint16(word(packed, 32) >> 208);
    }

    function urgencyBps(bytes calldata packed) internal pure returns (uint256) {
        return uint16(word(packed, 32) >> 192);
    }

    function overtimeBps(bytes calldata packed) internal pure returns (uint256) {
        return uint16(word(packed, 32) >> 176);
    }

    function overtimeSteps(bytes calldata packed) internal pure returns (uint256) {
        return uint8(word(packed, 32) >> 168);
    }

    function freeBefore(bytes calldata packed) internal pure returns (uint256) {
        return uint32(word(packed, 43) >> 224);
    }

    function partialBefore(bytes calldata packed) internal pure returns (uint256) {
        return uint32(word(packed, 43) >> 192);
    }

    function partialBps(bytes calldata packed) internal pure returns (uint16) {
        return uint16(word(packed, 43) >> 176);
    }

    function lateBps(bytes calldata packed) internal pure returns (uint16) {
        return uint16(word(packed, 43) >> 160);
    }

    function deliverWindow(bytes calldata packed) internal pure returns (uint256) {
        return uint32(word(packed, 43) >> 128);
    }

    function reviewWindow(bytes calldata packed) internal pure returns (uint256) {
        return uint32(word(packed, 43) >> 96);
    }

    function arbiter(bytes calldata packed) internal pure returns (uint32) {
        return uint32(word(packed, 43) >> 64);
    }

    function arbiterWindow(bytes calldata packed) internal pure returns (uint256) {
        return uint32(word(packed, 43) >> 32);
    }

    function defaultBps(bytes calldata packed) internal pure returns (uint256) {
        return uint16(word(packed, 43) >> 16);
    }

    function caseFile(bytes calldata packed) internal pure returns (bytes32) {
        return bytes32(word(packed, 105));
    }

    function consent(bytes calldata packed) internal pure returns (bytes32) {
        return bytes32(word(packed, 137));
    }

    /// @dev First second of the consultation.
    function startsAt(bytes calldata packed) internal pure returns (uint256) {
        unchecked {
            return start(packed) * SLOT_SECONDS;
        }
    }

    /// @dev First second after the consultation, at most the last one that a validity can name: cut to its 40 bits, a
    /// later end would be an early one, and every licence and consent would still be good.
    function endsAt(bytes calldata packed) internal pure returns (uint256 end) {
        unchecked {
            end = (start(packed) + slots(packed)) * SLOT_SECONDS;
        }
        if (end > type(uint40).max) end = type(uint40).max;
    }

    // The seats

    /// @dev Of well-formed terms.
    function seatCount(bytes calldata packed) internal pure returns (uint256) {
        unchecked {
            return (packed.length - HEADER) / SEAT;
        }
    }

    /// @dev Of an index below the count.
    function seat(bytes calldata packed, uint256 index) internal pure returns (SeatWord value) {
        assembly ("memory-safe") {
            value := calldataload(add(add(packed.offset, HEADER), mul(index, SEAT)))
        }
    }

    function fee(bytes calldata packed, uint256 index) internal pure returns (uint256) {
        uint256 value;
        assembly ("memory-safe") {
            value := calldataload(add(add(packed.offset, FEE), mul(index, SEAT)))
        }
        return uint128(value);
    }

    /// @dev Where in calldata the seats begin; each is SEAT bytes behind the one before.
    function firstSeat(bytes calldata packed) internal pure returns (uint256 place) {
        assembly ("memory-safe") {
            place := add(packed.offset, HEADER)
        }
    }

    /// @dev The seat at a place, and its fee.
    function seatAt(uint256 place) internal pure returns (SeatWord value, uint256 amount) {
        assembly ("memory-safe") {
            value := calldataload(place)
            // 19 bytes of the seat and the fee of 16 bytes end 3 bytes behind its first word.
            amount := shr(128, shl(128, calldataload(add(place, 3))))
        }
    }

    function specialtiesAt(uint256 place) internal pure returns (uint160 value) {
        assembly ("memory-safe") {
            // They end with the seat's 55 bytes.
            value := shr(96, shl(96, calldataload(add(place, 23))))
        }
    }

    function specialties(bytes calldata packed, uint256 index) internal pure returns (uint160) {
        unchecked {
            return uint160(word(packed, HEADER + 23 + index * SEAT));
        }
    }

    function doctor(SeatWord s) internal pure returns (uint32) {
        return uint32(SeatWord.unwrap(s) >> 224);
    }

    function institution(SeatWord s) internal pure returns (uint32) {
        return uint32(SeatWord.unwrap(s) >> 192);
    }

    function group(SeatWord s) internal pure returns (uint32) {
        return uint32(SeatWord.unwrap(s) >> 160);
    }

    function ruleVersion(SeatWord s) internal pure returns (uint16) {
        return uint16(SeatWord.unwrap(s) >> 144);
    }

    function institutionBps(SeatWord s) internal pure returns (uint256) {
        return uint16(SeatWord.unwrap(s) >> 128);
    }

    function fundBps(SeatWord s) internal pure returns (uint256) {
        return uint16(SeatWord.unwrap(s) >> 112);
    }

    /// @dev Group, rule version and both shares at once.
    function groupAndRule(SeatWord s) internal pure returns (uint256) {
        return uint80(SeatWord.unwrap(s) >> 112);
    }

    function required(SeatWord s) internal pure returns (bool) {
        return uint8(SeatWord.unwrap(s) >> 104) == 1;
    }

    /// @dev The doctor of the leading seat.
    function leadingDoctor(bytes calldata packed) internal pure returns (uint32) {
        return seat(packed, lead(packed)).doctor();
    }

    /// @dev The mask of the required seats.
    function requiredSeats(bytes calldata packed) internal pure returns (uint256 mask) {
        uint256 count = seatCount(packed);
        unchecked {
            for (uint256 i; i < count; ++i) {
                mask |= (SeatWord.unwrap(seat(packed, i)) >> 104 & 1) << i;
            }
        }
    }

    /// @dev The mask of all seats.
    function allSeats(bytes calldata packed) internal pure returns (uint256) {
        return (1 << seatCount(packed)) - 1;
    }

    /// @dev 32 bytes at an offset of a calldata slice. Reads past its end give what follows or zeros.
    function word(bytes calldata packed, uint256 offset) internal pure returns (uint256 value) {
        assembly ("memory-safe") {
            value := calldataload(add(packed.offset, offset))
        }
    }
}
