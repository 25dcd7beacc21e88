// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {AccessManager} from "@openzeppelin/contracts/access/manager/AccessManager.sol";
import {ISlotBook} from "../../../contracts/interfaces/ISlotBook.sol";
import {SlotBook} from "../../../contracts/SlotBook.sol";
import {Dice} from "./Dice.sol";
import {ForgeTest} from "./ForgeTest.sol";

/// @notice Any sequence of calls by anybody, beside a model that keeps every slot as a boolean of its own. The model
/// says of each call whether it succeeds, and with which error it fails.
contract SlotBookTest is ForgeTest {
    using Dice for Dice.Cup;

    uint256 private constant CALLS = 16;
    uint32 private constant DOCTORS = 3;
    address private constant BOOKER = address(0xB00);
    address private constant STRANGER = address(0xBAD);

    SlotBook private book;
    bool private allowed;
    mapping(uint32 doctor => mapping(uint256 slot => bool)) private taken;

    function setUp() public {
        book = new SlotBook(address(new AccessManager(address(this))));
        book.setBooker(BOOKER, true);
        allowed = true;
    }

    function testFuzz_calls__of_any_sequence__do_what_the_model_says(uint256 seed) public {
        Dice.Cup memory cup = Dice.Cup(seed);
        // Around the edge of a word; every eighth case at the very end of time.
        uint32 base = cup.roll(8) == 0 ? type(uint32).max - 600 : uint32(cup.roll(2 ** 24) * 256 + 256);
        for (uint256 i; i < CALLS; ++i) {
            uint256 kind = cup.roll(16);
            if (kind == 0) _switchPermission(cup);
            else _move(cup, base, kind % 2 == 0);
        }
        _compareAll(base);
    }

    function testFuzz_word__is_the_bits_of_256_slots(uint32 start, uint8 slots) public {
        start = uint32(bound(start, 0, type(uint32).max - 255));
        slots = uint8(bound(slots, 1, 255));
        uint32[] memory doctors = new uint32[](1);
        doctors[0] = 1;
        vm.prank(BOOKER);
        book.reserve(doctors, start, slots);
        uint256 set;
        for (uint256 word = start >> 8; word <= (uint256(start) + slots - 1) >> 8; ++word) {
            uint256 bits = book.wordOf(1, uint32(word));
            for (uint256 bit; bit < 256; ++bit) {
                bool inside = word << 8 | bit >= start && word << 8 | bit < uint256(start) + slots;
                vm.assertEq(bits >> bit & 1 == 1, inside, "a bit outside of the booking, or one missing");
                if (inside) ++set;
            }
        }
        vm.assertEq(set, slots, "number of slots");
    }

    function testFuzz_permission__is_given_by_the_administrator_alone(address caller, bool value) public {
        vm.assume(caller != address(this));
        vm.prank(caller);
        vm.expectPartialRevert(bytes4(keccak256("AccessManagedUnauthorized(address)")));
        book.setBooker(caller, value);
    }

    function _switchPermission(Dice.Cup memory cup) private {
        allowed = cup.roll(2) == 0;
        book.setBooker(BOOKER, allowed);
    }

    function _move(Dice.Cup memory cup, uint32 base, bool reserving) private {
        uint32[] memory doctors = _anyDoctors(cup);
        uint32 start = base + uint32(cup.roll(280));
        uint8 slots = cup.roll(6) == 0 ? uint8(cup.rollEdgy(255)) : uint8(cup.roll(9));
        address caller = cup.roll(10) == 0 ? STRANGER : BOOKER;

        bytes memory refusal = _refusal(caller, doctors, start, slots, reserving);
        if (refusal.length == 0) _apply(doctors, start, slots, reserving);
        vm.prank(caller);
        (bool done, bytes memory answer) = address(book)
            .call(
                reserving
                    ? abi.encodeCall(ISlotBook.reserve, (doctors, start, slots))
                    : abi.encodeCall(ISlotBook.release, (doctors, start, slots))
            );
        vm.assertEq(done, refusal.length == 0, "accepted or refused against the model");
        vm.assertEq(keccak256(answer), keccak256(refusal), "another error than the model's");
    }

    /// @dev What the call must fail with; empty if it must succeed. A doctor named twice meets the first one's slots.
    function _refusal(address caller, uint32[] memory doctors, uint32 start, uint8 slots, bool reserving)
        private
        view
        returns (bytes memory)
    {
        if (caller != BOOKER || !allowed) return abi.encodeWithSelector(ISlotBook.NotBooker.selector, caller);
        if (slots == 0) return abi.encodeWithSelector(ISlotBook.NoSlots.selector);
        for (uint256 i; i < doctors.length; ++i) {
            bool again;
            for (uint256 j; j < i; ++j) {
                again = again || doctors[j] == doctors[i];
            }
            for (uint256 slot = start; slot < uint256(start) + slots; ++slot) {
                if ((again ? reserving : taken[doctors[i]][slot]) == reserving) {
                    bytes4 refused = reserving ? ISlotBook.SlotTaken.selector : ISlotBook.SlotFree.selector;
                    return abi.encodeWithSelector(refused, doctors[i], uint32(slot));
                }
            }
        }
        return "";
    }

    function _apply(uint32[] memory doctors, uint32 start, uint8 slots, bool reserving) private {
        for (uint256 i; i < doctors.length; ++i) {
            for (uint256 slot = start; slot < uint256(start) + slots; ++slot) {
                taken[doctors[i]][slot] = reserving;
            }
        }
    }

    function _anyDoctors(Dice.Cup memory cup) private pure returns (uint32[] memory doctors) {
        doctors = new uint32[](cup.roll(4));
        for (uint256 i; i < doctors.length; ++i) {
            doctors[i] = uint32(1 + cup.roll(DOCTORS));
        }
    }

    /// @dev All words that a call can have reached.
    function _compareAll(uint32 base) private view {
        for (uint32 doctor = 1; doctor <= DOCTORS; ++doctor) {
            for (uint256 word = base >> 8; word <= (uint256(base) + 540) >> 8; ++word) {
                uint256 bits;
                for (uint256 bit; bit < 256; ++bit) {
                    if (taken[doctor][word << 8 | bit]) bits |= 1 << bit;
                }
                vm.assertEq(book.wordOf(doctor, uint32(word)), bits, "a word against the model");
                vm.assertEq(book.isTaken(doctor, uint32(word << 8 | 255)), bits >> 255 == 1, "its last slot");
            }
        }
    }
}
