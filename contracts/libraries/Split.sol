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

    /// @dev The legs in the making, as places in memory: one word each, key (kind, party; 40 bits) | weight (216 bits),
    /// sorted. Those of seats stand at the beginning of what becomes the `list` of legs, those of institutions and funds
    /// behind the most that there can be before them.
    struct Entries {
        uint256 list;
        uint256 seatsEnd;
        uint256 institutions;
        uint256 institutionsEnd;
        uint256 funds;
        uint256 fundsEnd;
    }

    uint256 internal constant BPS = 10_000;
    uint256 internal constant MAX_LEGS = 20;

    /// @dev Weights are shares of shares: 10^-8 fen.
    uint256 private constant UNIT = BPS * BPS;
    uint256 private constant WORD = 32;
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
        Entries memory e = _room(terms.seatCount());
        uint256 platformBps = terms.platformBps();
        unchecked {
            uint256 charged =
                _weigh(mask & terms.allSeats(), terms.firstSeat(), _factor(terms, steps), chargeBps, BPS - platformBps, e);
            return _rounded(e, _key(PLATFORM, terms.platform()), charged * platformBps * BPS);
        }
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

    /// @dev Room for all entries of so many seats. It is not cleared: an entry is written before it is read.
    function _room(uint256 seats) private pure returns (Entries memory e) {
        unchecked {
            uint256 size = (_mostLegs(seats) + 1) * WORD;
            uint256 list;
            assembly ("memory-safe") {
                list := mload(64)
                mstore(64, add(list, size))
            }
            e.list = list;
            e.seatsEnd = list + WORD;
            e.institutions = e.institutionsEnd = e.seatsEnd + seats * WORD;
            e.funds = e.fundsEnd = e.institutions + seats * WORD;
        }
    }

    /// @dev Weighs what doctor, institution and group receive of each seat in the mask. Doctors stand in ascending order
    /// already.
    /// @param place of the first seat
    /// @param rest what the platform leaves of a fee, bps
    /// @return charged for all of these seats, fen
    function _weigh(uint256 mask, uint256 place, uint256 factor, uint256 chargeBps, uint256 rest, Entries memory e)
        private
        pure
        returns (uint256 charged)
    {
        unchecked {
            for (; mask != 0; (mask, place) = (mask >> 1, place + TermsCodec.SEAT)) {
                if (mask & 1 == 0) continue;
                (SeatWord s, uint256 weight) = TermsCodec.seatAt(place);
                weight = weight * factor / BPS * chargeBps / BPS;
                charged += weight;
                weight *= rest;
                if (weight == 0) continue;
                uint256 bps = BPS;
                uint256 share = s.institutionBps();
                if (share != 0) {
                    bps -= share;
                    share *= weight;
                    e.institutionsEnd =
                        _add(e.institutions, e.institutionsEnd, _key(INSTITUTION, s.institution()), share);
                }
                share = s.fundBps();
                if (share != 0) {
                    bps -= share;
                    share *= weight;
                    e.fundsEnd = _add(e.funds, e.fundsEnd, _key(FUND, s.group()), share);
                }
                if (bps != 0) {
                    _put(e.seatsEnd, _key(SEAT, s.doctor()) | weight * bps);
                    e.seatsEnd += WORD;
                }
            }
        }
    }

    function _key(uint256 kind, uint256 party) private pure returns (uint256) {
        return kind | party << KEY_SHIFT;
    }

    /// @dev Adds a weight to the entry that has its key, or inserts one in order; answers where the entries end.
    function _add(uint256 first, uint256 end, uint256 key, uint256 weight) private pure returns (uint256) {
        unchecked {
            uint256 place = end;
            for (; place != first; place -= WORD) {
                uint256 entry = _at(place - WORD);
                if (entry < key) break;
                if (entry >> KEY_SHIFT == key >> KEY_SHIFT) {
                    _put(place - WORD, entry + weight);
                    return end;
                }
            }
            for (uint256 next = end; next != place; next -= WORD) {
                _put(next, _at(next - WORD));
            }
            _put(place, key | weight);
            return end + WORD;
        }
    }

    /// @dev Turns the entries into legs, which move up to one another; the platform's comes last.
    function _rounded(Entries memory e, uint256 key, uint256 weight) private pure returns (Leg[] memory list) {
        unchecked {
            uint256 first = e.list + WORD;
            (uint256 end, uint256 sum) = _round(first, e.seatsEnd, first, 0);
            (end, sum) = _round(e.institutions, e.institutionsEnd, end, sum);
            (end, sum) = _round(e.funds, e.fundsEnd, end, sum);
            if (weight != 0) {
                _put(end, key | weight);
                (end,) = _round(end, end + WORD, end, sum);
            }
            uint256 used = (end - first) / WORD;
            if (used > MAX_LEGS) revert TooManyLegs(used, MAX_LEGS);
            uint256 from = e.list;
            assembly ("memory-safe") {
                list := from
                mstore(list, used)
            }
        }
    }

    /// @dev Rounds the entries between `from` and `end` and puts their legs at `to`, which is no later than `from`.
    /// @param sum of all weights before them
    /// @return where the legs end, and the sum of all weights so far
    function _round(uint256 from, uint256 end, uint256 to, uint256 sum) private pure returns (uint256, uint256) {
        if (from == end) return (to, sum);
        unchecked {
            uint256 paid = sum / UNIT;
            for (; from != end; from += WORD) {
                uint256 entry = _at(from);
                sum += entry & WEIGHT_MASK;
                uint256 due = sum / UNIT;
                _put(to, (entry >> KEY_SHIFT) << 128 | (due - paid));
                paid = due;
                to += WORD;
            }
        }
        return (to, sum);
    }

    /// @dev Reads and writes below are at places of Entries alone, whose room `_room` has taken.
    function _at(uint256 place) private pure returns (uint256 value) {
        assembly ("memory-safe") {
            value := mload(place)
        }
    }

    function _put(uint256 place, uint256 value) private pure {
        assembly ("memory-safe") {
            mstore(place, value)
        }
    }
}
