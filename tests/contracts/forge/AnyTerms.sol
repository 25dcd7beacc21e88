// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Documents, Policy, Pricing, Seat, Terms} from "../../../contracts/types/Terms.sol";
import {Dice} from "./Dice.sol";

/// @notice Well-formed terms that follow from a seed: every field over its whole range, seats in order.
library AnyTerms {
    using Dice for Dice.Cup;

    uint256 internal constant MOST_SEATS = 16;

    function from(Dice.Cup memory cup) internal pure returns (Terms memory t) {
        t.hospital = uint32(cup.rollEdgy(type(uint32).max));
        t.start = uint32(cup.rollEdgy(type(uint32).max));
        t.slots = uint8(1 + cup.rollEdgy(type(uint8).max - 1));
        t.signBy = uint40(cup.rollEdgy(type(uint40).max));
        t.salt = bytes16(uint128(cup.rollEdgy(type(uint128).max)));
        t.pricing = _pricing(cup);
        t.policy = _policy(cup);
        t.documents = Documents(_word(cup), _word(cup), _word(cup));
        t.seats = new Seat[](1 + cup.roll(MOST_SEATS));
        uint32 doctor;
        for (uint256 i; i < t.seats.length; ++i) {
            doctor += uint32(1 + cup.rollEdgy(2 ** 28 - 2));
            t.seats[i] = _seat(cup, doctor);
        }
        t.lead = uint8(cup.roll(t.seats.length));
        t.seats[t.lead].required = true;
    }

    function _pricing(Dice.Cup memory cup) private pure returns (Pricing memory p) {
        p.platform = uint32(cup.rollEdgy(type(uint32).max));
        p.platformBps = uint16(cup.rollEdgy(type(uint16).max));
        p.urgencyBps = uint16(cup.rollEdgy(type(uint16).max));
        p.overtimeBps = uint16(cup.rollEdgy(type(uint16).max));
        p.overtimeSteps = uint8(cup.rollEdgy(type(uint8).max));
    }

    function _policy(Dice.Cup memory cup) private pure returns (Policy memory p) {
        p.freeBefore = uint32(cup.rollEdgy(type(uint32).max));
        p.partialBefore = uint32(cup.rollEdgy(type(uint32).max));
        p.partialBps = uint16(cup.rollEdgy(type(uint16).max));
        p.lateBps = uint16(cup.rollEdgy(type(uint16).max));
        p.deliverWindow = uint32(cup.rollEdgy(type(uint32).max));
        p.reviewWindow = uint32(cup.rollEdgy(type(uint32).max));
        p.arbiter = uint32(cup.rollEdgy(type(uint32).max));
        p.arbiterWindow = uint32(cup.rollEdgy(type(uint32).max));
        p.defaultBps = uint16(cup.rollEdgy(type(uint16).max));
    }

    function _seat(Dice.Cup memory cup, uint32 doctor) private pure returns (Seat memory s) {
        s.doctor = doctor;
        s.institution = uint32(cup.rollEdgy(type(uint32).max));
        s.group = uint32(cup.rollEdgy(type(uint32).max));
        s.ruleVersion = uint16(cup.rollEdgy(type(uint16).max));
        s.institutionBps = uint16(cup.rollEdgy(type(uint16).max));
        s.fundBps = uint16(cup.rollEdgy(type(uint16).max));
        s.required = cup.roll(2) == 1;
        s.fee = uint128(cup.rollEdgy(type(uint128).max));
        s.specialties = uint160(cup.rollEdgy(type(uint160).max));
    }

    function _word(Dice.Cup memory cup) private pure returns (bytes32) {
        return bytes32(cup.rollEdgy(type(uint256).max));
    }
}
