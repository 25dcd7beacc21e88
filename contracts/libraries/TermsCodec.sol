// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Documents, Policy, Pricing, Seat, Terms} from "../types/Terms.sol";

/// @title Terms between their packed form in calldata, memory, and the EIP-712 hash that people sign.
/// @notice Packed, big endian, without padding: version (1 byte, = 1), then the fields of Terms in order (pricing,
/// policy and documents inline; `salt` 16 bytes), then per seat the fields of Seat in order; 169 bytes + 55 per seat.
library TermsCodec {
    uint256 internal constant VERSION = 1;
    uint256 internal constant HEADER = 169;
    uint256 internal constant SEAT = 55;
    uint256 internal constant MAX_SEATS = 16;
    uint256 internal constant SLOT_SECONDS = 900;

    bytes private constant DOCUMENTS_TYPE = "Documents(bytes32 agreement,bytes32 caseFile,bytes32 consent)";
    bytes private constant POLICY_TYPE =
        "Policy(uint32 freeBefore,uint32 partialBefore,uint16 partialBps,uint16 lateBps,uint32 deliverWindow,uint32 reviewWindow,uint32 arbiter,uint32 arbiterWindow,uint16 defaultBps)";
    bytes private constant PRICING_TYPE =
        "Pricing(uint32 platform,uint16 platformBps,uint16 urgencyBps,uint16 overtimeBps,uint8 overtimeSteps)";
    bytes private constant SEAT_TYPE =
        "Seat(uint32 doctor,uint32 institution,uint32 group,uint16 ruleVersion,uint16 institutionBps,uint16 fundBps,bool required,uint128 fee,uint160 specialties)";

    bytes32 private constant DOCUMENTS_TYPEHASH = keccak256(DOCUMENTS_TYPE);
    bytes32 private constant POLICY_TYPEHASH = keccak256(POLICY_TYPE);
    bytes32 private constant PRICING_TYPEHASH = keccak256(PRICING_TYPE);
    bytes32 private constant SEAT_TYPEHASH = keccak256(SEAT_TYPE);
    bytes32 private constant TERMS_TYPEHASH = keccak256(
        bytes.concat(
            "Terms(uint32 hospital,uint32 start,uint8 slots,uint8 lead,uint40 signBy,bytes16 salt,Pricing pricing,Policy policy,Documents documents,Seat[] seats)",
            DOCUMENTS_TYPE,
            POLICY_TYPE,
            PRICING_TYPE,
            SEAT_TYPE
        )
    );

    error TermsMalformed(uint256 length);
    error TermsVersion(uint256 version, uint256 supported);
    error SeatCount(uint256 seats, uint256 allowed);
    error SeatsNotAscending(uint32 previous, uint32 next);
    error LeadNotRequired(uint8 lead, uint256 seats);
    error NoLength();
    error FlagMalformed(uint256 flag);

    /// @dev Reads the packed form. What it returns is well formed; whether it may be booked is for others to say.
    function decode(bytes calldata packed) internal pure returns (Terms memory t) {
        uint256 length = packed.length;
        if (length < HEADER + SEAT || (length - HEADER) % SEAT != 0) revert TermsMalformed(length);
        uint256 count = (length - HEADER) / SEAT;
        if (count > MAX_SEATS) revert SeatCount(count, MAX_SEATS);
        uint256 word = _word(packed, 0);
        if (word >> 248 != VERSION) revert TermsVersion(word >> 248, VERSION);

        t.hospital = uint32(word >> 216);
        t.start = uint32(word >> 184);
        t.slots = uint8(word >> 176);
        t.lead = uint8(word >> 168);
        t.signBy = uint40(word >> 128);
        t.salt = bytes16(uint128(word));
        if (t.slots == 0) revert NoLength();
        _pricing(t.pricing, _word(packed, 32));
        _policy(t.policy, _word(packed, 43));
        t.documents.agreement = bytes32(_word(packed, 73));
        t.documents.caseFile = bytes32(_word(packed, 105));
        t.documents.consent = bytes32(_word(packed, 137));

        t.seats = new Seat[](count);
        uint256 offset = HEADER;
        uint32 previous;
        for (uint256 i; i < count; ++i) {
            uint32 doctor = _seat(t.seats[i], _word(packed, offset), _word(packed, offset + 23));
            if (doctor <= previous) revert SeatsNotAscending(previous, doctor);
            previous = doctor;
            offset += SEAT;
        }
        if (t.lead >= count || !t.seats[t.lead].required) revert LeadNotRequired(t.lead, count);
    }

    /// @dev The EIP-712 struct hash. Structs of static members lie in memory as abi.encode writes them.
    function structHash(Terms memory t) internal pure returns (bytes32) {
        uint256 count = t.seats.length;
        bytes32[] memory seats = new bytes32[](count);
        for (uint256 i; i < count; ++i) {
            seats[i] = keccak256(abi.encode(SEAT_TYPEHASH, t.seats[i]));
        }
        bytes memory head = abi.encode(TERMS_TYPEHASH, t.hospital, t.start, t.slots, t.lead, t.signBy, t.salt);
        bytes memory tail = abi.encode(
            keccak256(abi.encode(PRICING_TYPEHASH, t.pricing)),
            keccak256(abi.encode(POLICY_TYPEHASH, t.policy)),
            keccak256(abi.encode(DOCUMENTS_TYPEHASH, t.documents)),
            keccak256(abi.encodePacked(seats))
        );
        return keccak256(bytes.concat(head, tail));
    }

    /// @dev The mask of the required seats.
    function requiredSeats(Terms memory t) internal pure returns (uint256 mask) {
        for (uint256 i; i < t.seats.length; ++i) {
            if (t.seats[i].required) mask |= 1 << i;
        }
    }

    function doctors(Terms memory t) internal pure returns (uint32[] memory list) {
        list = new uint32[](t.seats.length);
        for (uint256 i; i < list.length; ++i) {
            list[i] = t.seats[i].doctor;
        }
    }

    /// @dev First second of the consultation.
    function startsAt(Terms memory t) internal pure returns (uint256) {
        return uint256(t.start) * SLOT_SECONDS;
    }

    /// @dev First second after the consultation.
    function endsAt(Terms memory t) internal pure returns (uint256) {
        return (uint256(t.start) + t.slots) * SLOT_SECONDS;
    }

    function _pricing(Pricing memory p, uint256 word) private pure {
        p.platform = uint32(word >> 224);
        p.platformBps = uint16(word >> 208);
        p.urgencyBps = uint16(word >> 192);
        p.overtimeBps = uint16(word >> 176);
        p.overtimeSteps = uint8(word >> 168);
    }

    function _policy(Policy memory p, uint256 word) private pure {
        p.freeBefore = uint32(word >> 224);
        p.partialBefore = uint32(word >> 192);
        p.partialBps = uint16(word >> 176);
        p.lateBps = uint16(word >> 160);
        p.deliverWindow = uint32(word >> 128);
        p.reviewWindow = uint32(word >> 96);
        p.arbiter = uint32(word >> 64);
        p.arbiterWindow = uint32(word >> 32);
        p.defaultBps = uint16(word >> 16);
    }

    /// @param head 32 bytes from the seat's first; @param tail 32 bytes from its 24th
    function _seat(Seat memory s, uint256 head, uint256 tail) private pure returns (uint32 doctor) {
        doctor = uint32(head >> 224);
        s.doctor = doctor;
        s.institution = uint32(head >> 192);
        s.group = uint32(head >> 160);
        s.ruleVersion = uint16(head >> 144);
        s.institutionBps = uint16(head >> 128);
        s.fundBps = uint16(head >> 112);
        uint256 required = uint8(head >> 104);
        // One packed form for one signed form: anything but 0 or 1 would let signatures serve a second time.
        if (required > 1) revert FlagMalformed(required);
        s.required = required == 1;
        // The fee's first 4 bytes stand only in the head, its last 12 open the tail.
        s.fee = uint128((uint256(uint32(head >> 72)) << 96) | (tail >> 160));
        s.specialties = uint160(tail);
    }

    /// @dev 32 bytes at an offset of a calldata slice; callers have checked the length. Reads past the end are zero.
    function _word(bytes calldata packed, uint256 offset) private pure returns (uint256 word) {
        assembly ("memory-safe") {
            word := calldataload(add(packed.offset, offset))
        }
    }
}
