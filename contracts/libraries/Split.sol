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

    /// @dev The legs in the making: for each kind where in memory its entries begin and end. An entry is one word, party
    /// (40 bits) | weight (216 bits); they are sorted. The seats' stand where the legs are to stand, the others' behind
    /// the most that there can be before them. The assembly below knows this order.
    struct Entries {
        uint256 seats;
        uint256 seatsEnd;
        uint256 institutions;
        uint256 institutionsEnd;
        uint256 funds;
        uint256 fundsEnd;
    }

    uint256 internal constant BPS = 10_000;
    uint256 internal constant MAX_LEGS = 20;

    /// @dev Weights are shares of shares: 10^-8 fen.
    uint256 private constant UNIT = 100_000_000;
    uint256 private constant WORD = 32;

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
        uint256 place = terms.firstSeat();
        unchecked {
            for (uint256 i; i < seats; ++i) {
                // slither-disable-next-line unused-return
                (SeatWord s,) = TermsCodec.seatAt(place);
                place += TermsCodec.SEAT;
                uint256 institutionBps = s.institutionBps();
                uint256 fundBps = s.fundBps();
                if (institutionBps + fundBps > BPS) revert ShareOutOfRange(institutionBps + fundBps, BPS);
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
        uint256 place = terms.firstSeat();
        // A fee has 128 bits, a factor 24, and seats are few.
        unchecked {
            for (uint256 i; i < seats; ++i) {
                // slither-disable-next-line unused-return
                (, uint256 fee) = TermsCodec.seatAt(place);
                place += TermsCodec.SEAT;
                sum += fee * factor / BPS;
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
            uint256 charged = _weigh(
                mask & terms.allSeats(), terms.firstSeat(), _factor(terms, steps), chargeBps, BPS - platformBps, e
            );
            return _rounded(e, terms.platform(), charged * platformBps * BPS);
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
            e.seats = e.seatsEnd = list + WORD;
            e.institutions = e.institutionsEnd = e.seats + seats * WORD;
            e.funds = e.fundsEnd = e.institutions + seats * WORD;
        }
    }

    // A fee with its surcharges is a whole number of fen of its own; the share that is charged is taken of that.
    // slither-disable-start divide-before-multiply
    /// @dev Weighs what doctor, institution and group receive of each seat in the mask. In assembly because this, once per
    /// seat, is most of what a settlement computes; nothing overflows, see `legs`.
    /// @param place of the first seat in calldata
    /// @param rest what the platform leaves of a fee, bps
    /// @return charged for all of these seats, fen
    function _weigh(uint256 mask, uint256 place, uint256 factor, uint256 chargeBps, uint256 rest, Entries memory e)
        private
        pure
        returns (uint256 charged)
    {
        assembly ("memory-safe") {
            // Adds to the entry of a party, or inserts one in order. At `kind` stands where the entries begin, then where
            // they end.
            function enter(kind, party, weight) {
                let key := shl(216, party)
                let end := mload(add(kind, 32))
                let next := end
                for { let first := mload(kind) } gt(next, first) { next := sub(next, 32) } {
                    let entry := mload(sub(next, 32))
                    if lt(entry, key) { break }
                    if eq(shr(216, entry), party) {
                        mstore(sub(next, 32), add(entry, weight))
                        leave
                    }
                }
                mcopy(add(next, 32), next, sub(end, next))
                mstore(next, or(key, weight))
                mstore(add(kind, 32), add(end, 32))
            }

            for {} mask { mask := shr(1, mask) } {
                if and(mask, 1) {
                    // Doctor, institution, group (4 bytes each), rule version, both shares (2 each), required (1), fee (16).
                    let seat := calldataload(place)
                    let fee := shr(128, shl(128, calldataload(add(place, 3))))
                    fee := div(mul(div(mul(fee, factor), BPS), chargeBps), BPS)
                    charged := add(charged, fee)
                    fee := mul(fee, rest)
                    if fee {
                        let institutionBps := and(shr(128, seat), 0xffff)
                        let fundBps := and(shr(112, seat), 0xffff)
                        let doctorBps := sub(sub(BPS, institutionBps), fundBps)
                        if doctorBps { enter(e, shr(224, seat), mul(fee, doctorBps)) }
                        if institutionBps {
                            enter(add(e, 64), and(shr(192, seat), 0xffffffff), mul(fee, institutionBps))
                        }
                        if fundBps { enter(add(e, 128), and(shr(160, seat), 0xffffffff), mul(fee, fundBps)) }
                    }
                }
                place := add(place, 55)
            }
        }
    }

    // slither-disable-end divide-before-multiply

    /// @dev Turns the entries into legs, which move up to one another; the platform's comes last.
    function _rounded(Entries memory e, uint256 platform, uint256 weight) private pure returns (Leg[] memory list) {
        uint256 used;
        assembly ("memory-safe") {
            let first := mload(e)
            let next := first
            let sum := 0
            let paid := 0
            // In the order of LegKind: seats (1), institutions (2), funds (3).
            for { let kind := 1 } lt(kind, 4) { kind := add(kind, 1) } {
                let end := mload(add(e, 32))
                for { let from := mload(e) } lt(from, end) { from := add(from, 32) } {
                    let entry := mload(from)
                    sum := add(sum, shr(40, shl(40, entry)))
                    let due := div(sum, UNIT)
                    mstore(next, or(or(shl(160, kind), shl(128, shr(216, entry))), sub(due, paid)))
                    paid := due
                    next := add(next, 32)
                }
                e := add(e, 64)
            }
            if weight {
                let due := div(add(sum, weight), UNIT)
                mstore(next, or(or(shl(160, 4), shl(128, platform)), sub(due, paid)))
                next := add(next, 32)
            }
            used := div(sub(next, first), 32)
            list := sub(first, 32)
            mstore(list, used)
        }
        if (used > MAX_LEGS) revert TooManyLegs(used, MAX_LEGS);
    }
}
