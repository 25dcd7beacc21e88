// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Leg} from "../../../../contracts/types/Payouts.sol";
import {Seat, Terms} from "../../../../contracts/types/Terms.sol";

/// @notice Who is owed how much, by a plain reading of the book: fees, then weights by kind and party in order, then
/// the differences of the running sum rounded down.
library Shares {
    uint256 private constant BPS = 10_000;

    /// @dev Weights in units of 10^-8 fen under kind and party, ascending by both.
    struct Book {
        uint256[] keys;
        uint256[] weights;
        uint256 used;
    }

    /// @dev What the seats of a mask cost, fen.
    function charge(Terms memory t, uint256 mask, uint256 steps, uint256 bps) internal pure returns (uint256 sum) {
        for (uint256 i; i < t.seats.length; ++i) {
            sum += _fee(t, i, mask, steps, bps);
        }
    }

    function price(Terms memory t) internal pure returns (uint256) {
        return charge(t, type(uint256).max, t.pricing.overtimeSteps, BPS);
    }

    function legs(Terms memory t, uint256 mask, uint256 steps, uint256 bps) internal pure returns (Leg[] memory list) {
        Book memory book = _weigh(t, mask, steps, bps);
        list = new Leg[](book.used);
        uint256 sum;
        uint256 paid;
        for (uint256 i; i < book.used; ++i) {
            sum += book.weights[i];
            uint256 due = sum / (BPS * BPS);
            uint256 amount = due - paid;
            list[i] = Leg.wrap(book.keys[i] << 128 | amount);
            paid = due;
            // I3: nobody is a whole fen away from the due share.
            uint256 exact = book.weights[i];
            assert(amount * BPS * BPS < exact + BPS * BPS && exact < (amount + 1) * BPS * BPS);
        }
        assert(paid == charge(t, mask, steps, bps));
    }

    function _fee(Terms memory t, uint256 i, uint256 mask, uint256 steps, uint256 bps) private pure returns (uint256) {
        if (mask >> i & 1 == 0) return 0;
        uint256 factor = BPS + t.pricing.urgencyBps + steps * t.pricing.overtimeBps;
        return t.seats[i].fee * factor / BPS * bps / BPS;
    }

    function _weigh(Terms memory t, uint256 mask, uint256 steps, uint256 bps) private pure returns (Book memory book) {
        uint256 most = 3 * t.seats.length + 1;
        (book.keys, book.weights) = (new uint256[](most), new uint256[](most));
        for (uint256 i; i < t.seats.length; ++i) {
            Seat memory s = t.seats[i];
            uint256 fee = _fee(t, i, mask, steps, bps);
            uint256 rest = fee * (BPS - t.pricing.platformBps);
            _add(book, 1, s.doctor, rest * (BPS - s.institutionBps - s.fundBps));
            _add(book, 2, s.institution, rest * s.institutionBps);
            _add(book, 3, s.group, rest * s.fundBps);
            _add(book, 4, t.pricing.platform, fee * t.pricing.platformBps * BPS);
        }
    }

    function _add(Book memory book, uint256 kind, uint256 party, uint256 weight) private pure {
        if (weight == 0) return;
        uint256 key = kind << 32 | party;
        uint256 place;
        while (place < book.used && book.keys[place] < key) ++place;
        if (place < book.used && book.keys[place] == key) {
            book.weights[place] += weight;
            return;
        }
        for (uint256 i = book.used++; i > place; --i) {
            (book.keys[i], book.weights[i]) = (book.keys[i - 1], book.weights[i - 1]);
        }
        (book.keys[place], book.weights[place]) = (key, weight);
    }
}
