// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Leg, LegKind} from "../types/Payouts.sol";
import {Pricing, Seat, Terms} from "../types/Terms.sol";

/// @title Who receives how much of a consultation, exact to the fen. The same function as domain/split.py.
/// @notice One leg per kind and party, sorted by kind and party. Each leg's weight is summed over the paid seats in
/// units of 10^-8 fen; the legs are the differences of the running sum rounded down, so they add up exactly and each
/// is within 1 fen of its due.
library Split {
    uint256 internal constant BPS = 10_000;
    uint256 internal constant MAX_LEGS = 20;

    uint256 private constant KEY_SHIFT = 216;
    uint256 private constant WEIGHT_MASK = (1 << KEY_SHIFT) - 1;

    /// @dev Legs in the making, sorted: key (kind, party; 40 bits) | weight (216 bits).
    struct Draft {
        uint256[] entries;
        uint256 used;
    }

    error ShareOutOfRange(uint256 bps, uint256 allowed);
    error SharesWithoutGroup(uint32 doctor, uint256 institutionBps, uint256 fundBps);
    error TooManyLegs(uint256 legs, uint256 allowed);
    error PriceTooHigh(uint256 price, uint256 allowed);

    /// @dev Refuses shares that cannot be split. Called once, when booked.
    function requireShares(Terms memory t) internal pure {
        if (t.pricing.platformBps > BPS) revert ShareOutOfRange(t.pricing.platformBps, BPS);
        if (t.policy.partialBps > BPS) revert ShareOutOfRange(t.policy.partialBps, BPS);
        if (t.policy.lateBps > BPS) revert ShareOutOfRange(t.policy.lateBps, BPS);
        if (t.policy.defaultBps > BPS) revert ShareOutOfRange(t.policy.defaultBps, BPS);
        for (uint256 i; i < t.seats.length; ++i) {
            Seat memory s = t.seats[i];
            uint256 taken = uint256(s.institutionBps) + s.fundBps;
            if (taken > BPS) revert ShareOutOfRange(taken, BPS);
            if (s.group == 0 && (s.institutionBps != BPS || s.ruleVersion != 0)) {
                revert SharesWithoutGroup(s.doctor, s.institutionBps, s.fundBps);
            }
        }
    }

    /// @dev A seat's fee with the urgency surcharge and a number of overtime steps, fen, rounded down.
    function effectiveFee(Seat memory s, Pricing memory p, uint256 steps) internal pure returns (uint256) {
        return uint256(s.fee) * (BPS + p.urgencyBps + steps * p.overtimeBps) / BPS;
    }

    /// @dev What is put in escrow: all seats with all overtime steps that were agreed.
    function price(Terms memory t) internal pure returns (uint128) {
        uint256 sum;
        for (uint256 i; i < t.seats.length; ++i) {
            sum += effectiveFee(t.seats[i], t.pricing, t.pricing.overtimeSteps);
        }
        // Far above any fee, and low enough that no weight below can overflow.
        if (sum > type(uint120).max) revert PriceTooHigh(sum, type(uint120).max);
        return uint128(sum);
    }

    /// @param mask the seats that are paid
    /// @param steps overtime steps used
    /// @param chargeBps share of each fee that is charged: 10,000, or the fee of a cancellation
    function legs(Terms memory t, uint256 mask, uint256 steps, uint256 chargeBps) internal pure returns (Leg[] memory) {
        Draft memory draft;
        draft.entries = new uint256[](3 * t.seats.length + 1);
        (uint256[] memory fees, uint256 total) = _fees(t, mask, steps, chargeBps);
        uint256 remainderBps = BPS - t.pricing.platformBps;
        for (uint256 i; i < fees.length; ++i) {
            Seat memory s = t.seats[i];
            fees[i] *= remainderBps;
            _add(draft, LegKind.Seat, s.doctor, fees[i] * (BPS - s.institutionBps - s.fundBps));
        }
        for (uint256 i; i < fees.length; ++i) {
            _add(draft, LegKind.Institution, t.seats[i].institution, fees[i] * t.seats[i].institutionBps);
        }
        for (uint256 i; i < fees.length; ++i) {
            _add(draft, LegKind.Fund, t.seats[i].group, fees[i] * t.seats[i].fundBps);
        }
        _add(draft, LegKind.Platform, t.pricing.platform, total * t.pricing.platformBps * BPS);
        return _round(draft);
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

    function _fees(Terms memory t, uint256 mask, uint256 steps, uint256 chargeBps)
        private
        pure
        returns (uint256[] memory fees, uint256 total)
    {
        fees = new uint256[](t.seats.length);
        for (uint256 i; i < fees.length; ++i) {
            if (mask >> i & 1 == 0) continue;
            fees[i] = effectiveFee(t.seats[i], t.pricing, steps) * chargeBps / BPS;
            total += fees[i];
        }
    }

    /// @dev Inserts a weight in order of its key, or adds it to the entry that has the key. A weight is at most
    /// 2^120 * 10^8, far below 2^216.
    function _add(Draft memory draft, LegKind kind, uint256 party, uint256 weight) private pure {
        if (weight == 0) return;
        uint256[] memory entries = draft.entries;
        uint256 used = draft.used;
        uint256 key = uint256(kind) << 32 | party;
        uint256 place = used;
        while (place > 0 && entries[place - 1] >> KEY_SHIFT > key) --place;
        if (place > 0 && entries[place - 1] >> KEY_SHIFT == key) {
            entries[place - 1] += weight;
            return;
        }
        for (uint256 i = used; i > place; --i) {
            entries[i] = entries[i - 1];
        }
        entries[place] = key << KEY_SHIFT | weight;
        draft.used = used + 1;
    }

    function _round(Draft memory draft) private pure returns (Leg[] memory list) {
        uint256 used = draft.used;
        if (used > MAX_LEGS) revert TooManyLegs(used, MAX_LEGS);
        list = new Leg[](used);
        uint256 sum;
        uint256 paid;
        for (uint256 i; i < used; ++i) {
            uint256 entry = draft.entries[i];
            sum += entry & WEIGHT_MASK;
            uint256 due = sum / (BPS * BPS);
            list[i] = Leg.wrap((entry >> KEY_SHIFT) << 128 | (due - paid));
            paid = due;
        }
    }
}
