// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Consultation, ConsultationStatus} from "../types/Terms.sol";

/// @notice A Consultation as it lies in its slot, the first field lowest.
type Booking is uint256;

/// @title A consultation read at once: field by field, each would be a look at the slot of its own.
library ConsultationWord {
    function load(Consultation storage c) internal view returns (Booking word) {
        assembly ("memory-safe") {
            word := sload(c.slot)
        }
    }

    function store(Consultation storage c, Booking word) internal {
        assembly ("memory-safe") {
            sstore(c.slot, word)
        }
    }

    /// @dev A number, because turning it into the enum looks at its bounds. 0 is None.
    function status(Booking word) internal pure returns (uint256) {
        return uint8(Booking.unwrap(word));
    }

    function has(Booking word, ConsultationStatus needed) internal pure returns (bool) {
        return status(word) == uint256(needed);
    }

    function id(Booking word) internal pure returns (uint32) {
        return uint32(Booking.unwrap(word) >> 8);
    }

    function bookedAt(Booking word) internal pure returns (uint40) {
        return uint40(Booking.unwrap(word) >> 40);
    }

    function deliveredAt(Booking word) internal pure returns (uint40) {
        return uint40(Booking.unwrap(word) >> 80);
    }

    function seats(Booking word) internal pure returns (uint16) {
        return uint16(Booking.unwrap(word) >> 120);
    }

    function overtime(Booking word) internal pure returns (uint8) {
        return uint8(Booking.unwrap(word) >> 136);
    }

    function escrowed(Booking word) internal pure returns (uint96) {
        return uint96(Booking.unwrap(word) >> 144);
    }

    function attended(Booking word) internal pure returns (uint16) {
        return uint16(Booking.unwrap(word) >> 240);
    }

    function withStatus(Booking word, ConsultationStatus next) internal pure returns (Booking) {
        return Booking.wrap(Booking.unwrap(word) & ~uint256(type(uint8).max) | uint256(next));
    }

    function withEscrowed(Booking word, uint96 next) internal pure returns (Booking) {
        return Booking.wrap(Booking.unwrap(word) & ~(uint256(type(uint96).max) << 144) | uint256(next) << 144);
    }

    function withOvertime(Booking word, uint8 next) internal pure returns (Booking) {
        return Booking.wrap(Booking.unwrap(word) & ~(uint256(type(uint8).max) << 136) | uint256(next) << 136);
    }
}
