// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Split} from "../../../contracts/libraries/Split.sol";
import {Leg} from "../../../contracts/types/Payouts.sol";
import {Seat, Terms} from "../../../contracts/types/Terms.sol";
import {Dice} from "./Dice.sol";
import {ForgeTest} from "./ForgeTest.sol";
import {Packing} from "./Packing.sol";

/// @notice The library reads calldata; these are its functions from outside.
contract Splitter {
    function legs(bytes calldata terms, uint256 mask, uint256 steps, uint256 chargeBps)
        external
        pure
        returns (Leg[] memory)
    {
        return Split.legs(terms, mask, steps, chargeBps);
    }

    function price(bytes calldata terms) external pure returns (uint96) {
        return Split.price(terms);
    }

    function requireSplittable(bytes calldata terms) external pure {
        Split.requireSplittable(terms);
    }
}

/// @notice What a split owes to everybody, whatever the seats: exact to the fen, sorted, each leg within 1 fen.
contract SplitTest is ForgeTest {
    using Dice for Dice.Cup;
    using Packing for Terms;

    uint256 private constant BPS = 10_000;
    uint256 private constant UNIT = BPS * BPS;
    uint256 private constant MOST_LEGS = 20;
    string private constant VECTORS = "tests/vectors/split.json";

    struct Charge {
        uint256 mask;
        uint256 steps;
        uint256 bps;
    }

    Splitter private immutable SPLITTER = new Splitter();
    // The weights that a plain reading of the book gives to each kind and party; cleared after each case.
    mapping(uint256 key => uint256) private weights;
    uint256[] private keys;

    /// @notice The legs of every vector, which were computed with exact fractions.
    function test_legs__of_the_shared_vectors__are_the_same() public view {
        vm.readLine(VECTORS);
        uint256 compared;
        uint256 notBookable;
        for (string memory line = vm.readLine(VECTORS); bytes(line)[0] == "{"; line = vm.readLine(VECTORS)) {
            if (_compareWithVector(withoutComma(line))) ++compared;
            else ++notBookable;
        }
        vm.assertEq(compared, 238, "vectors");
        vm.assertEq(notBookable, 2, "vectors that seat a doctor twice");
    }

    function testFuzz_legs__of_any_seats__add_up_and_give_each_its_due(uint256 seed) public {
        Dice.Cup memory cup = Dice.Cup(seed);
        Terms memory t = _anyTerms(cup);
        Charge memory charge = _anyCharge(cup, t);
        uint256 charged = _weigh(t, charge);
        bytes memory packed = t.pack();
        if (keys.length > MOST_LEGS) {
            vm.expectRevert(abi.encodeWithSelector(Split.TooManyLegs.selector, keys.length, MOST_LEGS));
            SPLITTER.legs(packed, charge.mask, charge.steps, charge.bps);
            return;
        }
        Leg[] memory legs = SPLITTER.legs(packed, charge.mask, charge.steps, charge.bps);
        vm.assertEq(legs.length, keys.length, "a leg for each party with a share and for no other");
        uint256 sum;
        uint256 previous;
        for (uint256 i; i < legs.length; ++i) {
            uint256 key = Leg.unwrap(legs[i]) >> 128;
            uint256 amount = uint128(Leg.unwrap(legs[i]));
            vm.assertLt(previous, key, "sorted by kind and party, none twice");
            previous = key;
            sum += amount;
            uint256 due = weights[key];
            vm.assertTrue(due != 0, "a leg for somebody without a share");
            vm.assertTrue(amount * UNIT < due + UNIT && due < amount * UNIT + UNIT, "within 1 fen of pro rata");
        }
        vm.assertEq(sum, charged, "the legs are the charged fees, to the fen");
    }

    /// @notice What is put in escrow covers every split that can follow.
    function testFuzz_price__covers_every_charge(uint256 seed) public {
        Dice.Cup memory cup = Dice.Cup(seed);
        Terms memory t = _anyTerms(cup);
        uint256 price = SPLITTER.price(t.pack());
        uint256 all = (1 << t.seats.length) - 1;
        vm.assertEq(price, _weigh(t, Charge(all, t.pricing.overtimeSteps, BPS)), "all seats with all overtime");
        vm.assertLe(_weigh(t, _anyCharge(cup, t)), price, "more than was put in escrow");
    }

    /// @notice Terms that may be booked can be settled: no later split of them has more legs or overflows.
    function testFuzz_splittable__terms_that_pass__can_always_be_split(uint256 seed) public {
        Dice.Cup memory cup = Dice.Cup(seed);
        Terms memory t = _anyTerms(cup);
        bytes memory packed = t.pack();
        uint256 all = (1 << t.seats.length) - 1;
        _weigh(t, Charge(all, 0, BPS));
        bool expected = keys.length <= MOST_LEGS;
        try SPLITTER.requireSplittable(packed) {
            vm.assertTrue(expected, "too many legs were let through");
            Charge memory charge = _anyCharge(cup, t);
            SPLITTER.legs(packed, charge.mask, charge.steps, charge.bps);
        } catch (bytes memory reason) {
            vm.assertTrue(!expected, "refused what can be split");
            bytes memory refusal = abi.encodeWithSelector(Split.TooManyLegs.selector, keys.length, MOST_LEGS);
            vm.assertEq(keccak256(reason), keccak256(refusal), "another error");
        }
    }

    /// @notice The highest price that is let through does not overflow on the way to its legs.
    function testFuzz_price__at_its_limit__is_split_to_the_fen(uint256 seed) public {
        Dice.Cup memory cup = Dice.Cup(seed);
        Terms memory t = _anyTerms(cup);
        t.pricing.urgencyBps = t.pricing.overtimeBps = 0;
        uint256 limit = type(uint96).max;
        for (uint256 i = 1; i < t.seats.length; ++i) {
            t.seats[i].fee = 0;
        }
        t.seats[0].fee = uint128(limit);
        Charge memory charge = Charge(1, 0, BPS);
        Leg[] memory legs = SPLITTER.legs(t.pack(), charge.mask, charge.steps, charge.bps);
        uint256 sum;
        for (uint256 i; i < legs.length; ++i) {
            sum += uint128(Leg.unwrap(legs[i]));
        }
        vm.assertEq(sum, limit, "fen lost at the limit");
        t.seats[0].fee = uint128(limit + 1);
        bytes memory tooHigh = t.pack();
        vm.expectRevert(abi.encodeWithSelector(Split.PriceTooHigh.selector, limit + 1, limit));
        SPLITTER.price(tooHigh);
    }

    // The plain reading of the book

    /// @dev Fills `weights` in units of 10^-8 fen; answers the sum of the charged fees.
    function _weigh(Terms memory t, Charge memory charge) private returns (uint256 charged) {
        _clear();
        uint256 factor = BPS + t.pricing.urgencyBps + charge.steps * t.pricing.overtimeBps;
        for (uint256 i; i < t.seats.length; ++i) {
            if (charge.mask >> i & 1 == 0) continue;
            Seat memory s = t.seats[i];
            uint256 fee = uint256(s.fee) * factor / BPS * charge.bps / BPS;
            charged += fee;
            uint256 rest = fee * (BPS - t.pricing.platformBps);
            _add(1, s.doctor, rest * (BPS - s.institutionBps - s.fundBps));
            _add(2, s.institution, rest * s.institutionBps);
            _add(3, s.group, rest * s.fundBps);
            _add(4, t.pricing.platform, fee * t.pricing.platformBps * BPS);
        }
    }

    function _add(uint256 kind, uint256 party, uint256 weight) private {
        if (weight == 0) return;
        uint256 key = kind << 32 | party;
        if (weights[key] == 0) keys.push(key);
        weights[key] += weight;
    }

    function _clear() private {
        for (uint256 i; i < keys.length; ++i) {
            delete weights[keys[i]];
        }
        delete keys;
    }

    // Cases

    /// @dev Few institutions and groups for many doctors, so that legs meet; doctors in order, as booked terms have them.
    function _anyTerms(Dice.Cup memory cup) private pure returns (Terms memory t) {
        t.pricing.platform = uint32(1 + cup.roll(5));
        t.pricing.platformBps = uint16(cup.rollEdgy(BPS));
        t.pricing.urgencyBps = uint16(cup.rollEdgy(type(uint16).max));
        t.pricing.overtimeBps = uint16(cup.rollEdgy(type(uint16).max));
        t.pricing.overtimeSteps = uint8(cup.rollEdgy(type(uint8).max));
        t.seats = new Seat[](1 + cup.roll(16));
        uint256 spread = 1 + cup.roll(4);
        for (uint256 i; i < t.seats.length; ++i) {
            t.seats[i] = _anySeat(cup, spread);
            t.seats[i].doctor = uint32(1 + 3 * i + cup.roll(3));
        }
    }

    function _anySeat(Dice.Cup memory cup, uint256 spread) private pure returns (Seat memory s) {
        s.institution = uint32(1 + cup.roll(spread));
        s.group = uint32(cup.roll(spread + 1));
        s.institutionBps = s.group == 0 ? uint16(BPS) : uint16(cup.rollEdgy(BPS));
        s.fundBps = uint16(cup.rollEdgy(BPS - s.institutionBps));
        s.ruleVersion = s.group == 0 ? 0 : 1;
        s.fee = uint128(cup.rollEdgy(cup.roll(2) == 0 ? 1_000_000 : 2 ** 78));
    }

    function _anyCharge(Dice.Cup memory cup, Terms memory t) private pure returns (Charge memory c) {
        c.mask = cup.rollEdgy((1 << t.seats.length) - 1);
        c.steps = cup.rollEdgy(t.pricing.overtimeSteps);
        c.bps = cup.rollEdgy(BPS);
    }

    // Vectors

    /// @dev Seats go in by doctor, as booked terms have them; false where a doctor has two, which none have.
    function _compareWithVector(string memory line) private view returns (bool) {
        Terms memory t;
        t.pricing.platform = uint32(vm.parseJsonUint(line, ".platform"));
        t.pricing.platformBps = uint16(vm.parseJsonUint(line, ".platform_bps"));
        t.seats = new Seat[](_count(line, ".seats"));
        for (uint256 i; i < t.seats.length; ++i) {
            Seat memory next = _vectorSeat(line, _element(".seats", i));
            uint256 place = i;
            for (; place > 0 && t.seats[place - 1].doctor >= next.doctor; --place) {
                if (t.seats[place - 1].doctor == next.doctor) return false;
                t.seats[place] = t.seats[place - 1];
            }
            t.seats[place] = next;
        }
        Leg[] memory legs = SPLITTER.legs(t.pack(), type(uint256).max, 0, BPS);
        vm.assertEq(legs.length, _count(line, ".legs"), line);
        for (uint256 i; i < legs.length; ++i) {
            string memory leg = _element(".legs", i);
            uint256 expected = vm.parseJsonUint(line, string.concat(leg, ".kind")) << 160
                | vm.parseJsonUint(line, string.concat(leg, ".party")) << 128
                | vm.parseJsonUint(line, string.concat(leg, ".amount"));
            vm.assertEq(Leg.unwrap(legs[i]), expected, line);
        }
        return true;
    }

    function _vectorSeat(string memory line, string memory where) private pure returns (Seat memory s) {
        s.doctor = uint32(vm.parseJsonUint(line, string.concat(where, ".doctor")));
        s.institution = uint32(vm.parseJsonUint(line, string.concat(where, ".institution")));
        s.group = uint32(vm.parseJsonUint(line, string.concat(where, ".group")));
        s.institutionBps = uint16(vm.parseJsonUint(line, string.concat(where, ".institution_bps")));
        s.fundBps = uint16(vm.parseJsonUint(line, string.concat(where, ".fund_bps")));
        s.fee = uint128(vm.parseJsonUint(line, string.concat(where, ".fee")));
    }

    function _count(string memory line, string memory list) private view returns (uint256 count) {
        while (vm.keyExistsJson(line, _element(list, count))) ++count;
    }

    function _element(string memory list, uint256 index) private pure returns (string memory) {
        return string.concat(list, "[", vm.toString(index), "]");
    }
}
