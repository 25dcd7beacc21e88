// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Split} from "../../../../contracts/libraries/Split.sol";
import {Leg} from "../../../../contracts/types/Payouts.sol";
import {Seat, Terms} from "../../../../contracts/types/Terms.sol";
import {Packing} from "../Packing.sol";
import {Proof} from "./Proof.sol";

/// @notice I3 for the split. Bounds: one and two seats, fees up to 2^24 fen each (CNY 167,772.16), all of whom are paid
/// whole, under shares that divide nothing evenly: 3,333 bps for the institution, 1,111 for the group, 777 for the
/// platform. Any amounts and shares: the fuzz test, and the reading in SplitTest.
contract SplitProof is Proof {
    using Packing for Terms;

    uint256 private constant UNIT = 1e8;

    function check_I3_one_seat(uint24 fee) public view {
        Terms memory t = _terms(1);
        t.seats[0].fee = fee;
        Leg[] memory legs = this.split(t.pack());
        _checkSum(legs, fee);
        uint256 rest = uint256(fee) * 9223;
        for (uint256 i; i < legs.length; ++i) {
            uint256 kind = Leg.unwrap(legs[i]) >> 160;
            uint256 due =
                kind == 1 ? rest * 5556 : kind == 2 ? rest * 3333 : kind == 3 ? rest * 1111 : uint256(fee) * 7770000;
            _checkNear(legs[i], due);
        }
    }

    function check_I3_two_seats(uint24 first, uint24 second) public view {
        Terms memory t = _terms(2);
        (t.seats[0].fee, t.seats[1].fee) = (first, second);
        _checkSum(this.split(t.pack()), uint256(first) + second);
    }

    function split(bytes calldata terms) external pure returns (Leg[] memory) {
        return Split.legs(terms, type(uint16).max, 0, 10_000);
    }

    function _checkSum(Leg[] memory legs, uint256 charged) private pure {
        uint256 sum;
        for (uint256 i; i < legs.length; ++i) {
            sum += uint128(Leg.unwrap(legs[i]));
        }
        assert(sum == charged);
    }

    function _checkNear(Leg leg, uint256 due) private pure {
        uint256 amount = uint128(Leg.unwrap(leg));
        assert(amount * UNIT < due + UNIT && due < amount * UNIT + UNIT);
    }

    function _terms(uint256 count) private pure returns (Terms memory t) {
        (t.pricing.platform, t.pricing.platformBps) = (9, 777);
        t.seats = new Seat[](count);
        for (uint32 i; i < count; ++i) {
            Seat memory s = t.seats[i];
            (s.doctor, s.institution, s.group, s.ruleVersion) = (12 + i, 7 + i, 10, 1);
            (s.institutionBps, s.fundBps, s.required) = (3333, 1111, true);
        }
    }
}
