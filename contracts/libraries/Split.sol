// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {SeatWord, TermsCodec} from "./TermsCodec.sol";
import {Leg, LegKind} from "../types/Payouts.sol";

/// @title Who receives how much of a consultation, exact to the fen. The same function as domain/split.py.
/// @notice One leg per kind and party, sorted by kind and party. Each leg's weight is summed over the paid seats in
/// units of 10^-8 fen; the legs are the differences of the running sum rounded down, so they add up exactly and each
/// is within 1 fen of its due.
library Split {
    using TermsCodec for bytes;
    using TermsCodec for SeatWord;

    uint256 internal constant BPS = 10_000;
    uint256 internal constant MAX_LEGS = 20;

    uint256 private constant KEY_SHIFT = 216;
    uint256 private constant KIND_SHIFT = KEY_SHIFT + 32;
    uint256 private constant SEAT = uint256(LegKind.Seat) << KIND_SHIFT;
    uint256 private constant INSTITUTION = uint256(LegKind.Institution) << KIND_SHIFT;
    uint256 private constant FUND = uint256(LegKind.Fund) << KIND_SHIFT;
    uint256 private constant PLATFORM = uint256(LegKind.Platform) << KIND_SHIFT;
    uint256 private constant WEIGHT_MASK = (1 << KEY_SHIFT) - 1;

    error ShareOutOfRange(uint256 bps, uint256 allowed);
    error SharesWithoutGroup(uint32 doctor, uint256 institutionBps, uint256 fundBps);
    error TooManyLegs(uint256 legs, uint256 allowed);
    error PriceTooHigh(uint256 price, uint256 allowed);

    /// @dev Refuses what could not be split in the end. Called once, when booked.
    function requireSplittable(bytes calldata terms) internal pure {
        _requireBps(terms.platformBps());
        _requireBps(terms.partialBps());
        _requireBps(terms.lateBps());
        _requireBps(terms.defaultBps());
        uint256 seats = terms.seatCount();
        unchecked {
            for (uint256 i; i < seats; ++i) {
                SeatWord s = terms.seat(i);
                uint256 institutionBps = s.institutionBps();
                uint256 fundBps = s.fundBps();
                _requireBps(institutionBps + fundBps);
                if (s.group() == 0 && (institutionBps != BPS || s.ruleVersion() != 0)) {
                    revert SharesWithoutGroup(s.doctor(), institutionBps, fundBps);
                }
            }
        }
        // Few seats cannot have too many legs; of many, all seats together have the most.
        if (_mostLegs(seats) > MAX_LEGS) {
            price(terms);
            legs(terms, type(uint256).max, 0, BPS);
        }
    }

    /// @dev What is put in escrow, fen: all seats with the urgency surcharge and all overtime steps that were agreed,
    /// each fee rounded down.
    function price(bytes calldata terms) internal pure returns (uint96) {
        uint256 factor = _factor(terms, terms.overtimeSteps());
        uint256 seats = terms.seatCount();
        uint256 sum;
        // A fee has 128 bits, a factor 24, and seats are few.
        unchecked {
            for (uint256 i; i < seats; ++i) {
                sum += terms.fee(i) * factor / BPS;
            }
        }
        // Far above any fee; it fits in the slot of a consultation, and no weight below can overflow.
        if (sum > type(uint96).max) revert PriceTooHigh(sum, type(uint96).max);
        return uint96(sum);
    }

    /// @dev What the seats of a mask cost with so many overtime steps, fen: what their legs at 10,000 bps sum to.
    function charge(bytes calldata terms, uint256 mask, uint256 steps) internal pure returns (uint96 sum) {
        uint256 factor = _factor(terms, steps);
        uint256 seats = terms.seatCount();
        // Not more than the price, which fits.
        unchecked {
            for (uint256 i; i < seats; ++i) {
                if (mask >> i & 1 == 1) sum += uint96(terms.fee(i) * factor / BPS);
            }
        }
    }

    /// @dev For terms that were booked: their shares and price lie within bounds, so nothing here can overflow (a
    /// weight is at most 2^96 * 10^8, far below 2^216).
    /// @param mask the seats that are paid
    /// @param steps overtime steps used
    /// @param chargeBps share of each fee that is charged: 10,000, or the fee of a cancellation
    function legs(bytes calldata terms, uint256 mask, uint256 steps, uint256 chargeBps)
        internal
        pure
        returns (Leg[] memory)
    {
        uint256 seats = terms.seatCount();
        uint256[] memory entries = new uint256[](_mostLegs(seats));
        uint256[] memory fees = new uint256[](seats);
        _charge(terms, mask, _factor(terms, steps), chargeBps, fees);
        return _round(entries, _weigh(terms, fees, entries));
    }

    function kindOf(Leg leg) internal pure returns (LegKind) {
        return LegKind(Leg.unwrap(leg) >> 160);
    }

    function partyOf(Leg leg) internal pure returns (uint32) {
        return uint32(Leg.unwrap(leg) >> 128);
    }

    function amountOf(Leg leg) internal pure returns (uint128) {
        return uint128(Leg.unwrap(leg));
    }

    /// @dev Doctor, institution and group of each seat, and the platform.
    function _mostLegs(uint256 seats) private pure returns (uint256) {
        unchecked {
            return 3 * seats + 1;
        }
    }

    function _requireBps(uint256 bps) private pure {
        if (bps > BPS) revert ShareOutOfRange(bps, BPS);
    }

    /// @dev What a fee is multiplied by, in bps. Factors and fees have too few bits to overflow.
    function _factor(bytes calldata terms, uint256 steps) private pure returns (uint256) {
        unchecked {
            return BPS + terms.urgencyBps() + steps * terms.overtimeBps();
        }
    }

    /// @dev What is charged for each seat, fen: 0 outside of the mask.
    function _charge(bytes calldata terms, uint256 mask, uint256 factor, uint256 chargeBps, uint256[] memory fees)
        private
        pure
    {
        unchecked {
            for (uint256 i; i < fees.length; ++i) {
                if (mask >> i & 1 == 1) _put(fees, i, terms.fee(i) * factor / BPS * chargeBps / BPS);
            }
        }
    }

    /// @dev Fills in the legs in the making, sorted: key (kind, party; 40 bits) | weight (216 bits). Doctors stand in
    /// ascending order already. A kind that no seat shares with is not looked at seat by seat.
    function _weigh(bytes calldata terms, uint256[] memory fees, uint256[] memory entries)
        private
        pure
        returns (uint256 used)
    {
        unchecked {
            uint256 platformBps = terms.platformBps();
            uint256 total;
            uint256 shares;
            for (uint256 i; i < fees.length; ++i) {
                uint256 fee = _at(fees, i);
                if (fee == 0) continue;
                SeatWord s = terms.seat(i);
                total += fee;
                fee *= BPS - platformBps;
                _put(fees, i, fee);
                shares |= SeatWord.unwrap(s);
                uint256 weight = fee * (BPS - s.institutionBps() - s.fundBps());
                if (weight != 0) _put(entries, used++, _key(SEAT, s.doctor()) | weight);
            }
            if (SeatWord.wrap(shares).institutionBps() != 0) {
                for (uint256 i; i < fees.length; ++i) {
                    SeatWord s = terms.seat(i);
                    uint256 weight = _at(fees, i) * s.institutionBps();
                    if (weight != 0) used = _add(entries, used, _key(INSTITUTION, s.institution()), weight);
                }
            }
            if (SeatWord.wrap(shares).fundBps() != 0) {
                for (uint256 i; i < fees.length; ++i) {
                    SeatWord s = terms.seat(i);
                    uint256 weight = _at(fees, i) * s.fundBps();
                    if (weight != 0) used = _add(entries, used, _key(FUND, s.group()), weight);
                }
            }
            total *= platformBps * BPS;
            if (total != 0) _put(entries, used++, _key(PLATFORM, terms.platform()) | total);
        }
    }

    function _key(uint256 kind, uint256 party) private pure returns (uint256) {
        return kind | party << KEY_SHIFT;
    }

    /// @dev Adds a weight to the entry that has its key, or inserts one in order; answers how many there are.
    function _add(uint256[] memory entries, uint256 used, uint256 key, uint256 weight) private pure returns (uint256) {
        unchecked {
            uint256 place = used;
            for (; place > 0; --place) {
                uint256 entry = _at(entries, place - 1);
                if (entry < key) break;
                if (entry >> KEY_SHIFT == key >> KEY_SHIFT) {
                    _put(entries, place - 1, entry + weight);
                    return used;
                }
            }
            for (uint256 i = used; i > place; --i) {
                _put(entries, i, _at(entries, i - 1));
            }
            _put(entries, place, key | weight);
            return used + 1;
        }
    }

    /// @dev Turns the entries into legs, in their place.
    function _round(uint256[] memory entries, uint256 used) private pure returns (Leg[] memory list) {
        if (used > MAX_LEGS) revert TooManyLegs(used, MAX_LEGS);
        unchecked {
            uint256 sum;
            uint256 paid;
            for (uint256 i; i < used; ++i) {
                uint256 entry = _at(entries, i);
                sum += entry & WEIGHT_MASK;
                uint256 due = sum / (BPS * BPS);
                _put(entries, i, (entry >> KEY_SHIFT) << 128 | (due - paid));
                paid = due;
            }
        }
        assembly ("memory-safe") {
            list := entries
            mstore(list, used)
        }
    }

    /// @dev Reads and writes below are without a look at the length: every index comes from a loop over it.
    function _at(uint256[] memory list, uint256 index) private pure returns (uint256 value) {
        assembly ("memory-safe") {
            value := mload(add(add(list, 32), mul(index, 32)))
        }
    }

    function _put(uint256[] memory list, uint256 index, uint256 value) private pure {
        assembly ("memory-safe") {
            mstore(add(add(list, 32), mul(index, 32)), value)
        }
    }
}
