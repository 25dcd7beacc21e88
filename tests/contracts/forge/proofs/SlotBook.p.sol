// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ISlotBook} from "../../../../contracts/interfaces/ISlotBook.sol";
import {SlotBook} from "../../../../contracts/SlotBook.sol";
import {Proof} from "./Proof.sol";

/// @notice Proven for halmos: from any state of the book, for any two doctors, any start (32 bits) and any length (8
/// bits), into the second word and past the end of time. What is not proven here is the slot that a refusal names: the
/// search for it is a loop of up to 256 rounds, which the fuzz test covers.
contract SlotBookProof is Proof {
    SlotBook private book;

    function setUp() public {
        book = new SlotBook(address(this));
        svm.enableSymbolicStorage(address(book));
    }

    /// @notice A reservation sets the bits of its slots, of its doctor, and no other; none of them was set before.
    function check_reserve_sets_exactly_its_slots(
        uint32 doctor,
        uint32 start,
        uint8 length,
        uint32 other,
        uint32 slot
    ) public {
        bool before = book.isTaken(other, slot);
        bool inside = _isInside(doctor, start, length, other, slot);
        if (!_try(abi.encodeCall(book.reserve, (_one(doctor), start, length)))) return;
        assert(!(inside && before));
        assert(book.isTaken(other, slot) == (before || inside));
    }

    /// @notice A release clears the bits of its slots, of its doctor, and no other; all of them were set before.
    function check_release_clears_exactly_its_slots(
        uint32 doctor,
        uint32 start,
        uint8 length,
        uint32 other,
        uint32 slot
    ) public {
        bool before = book.isTaken(other, slot);
        bool inside = _isInside(doctor, start, length, other, slot);
        if (!_try(abi.encodeCall(book.release, (_one(doctor), start, length)))) return;
        assert(!inside || before);
        assert(book.isTaken(other, slot) == (before && !inside));
    }

    /// @notice No doctor is booked twice: of two reservations with a slot in common, at most one succeeds, whichever
    /// words they lie in.
    function check_reserve_of_a_common_slot_succeeds_once(
        uint32 doctor,
        uint32 first,
        uint8 firstLength,
        uint32 second,
        uint8 secondLength
    ) public {
        vm.assume(first < uint256(second) + secondLength && second < uint256(first) + firstLength);
        bool done = _try(abi.encodeCall(book.reserve, (_one(doctor), first, firstLength)));
        bool again = _try(abi.encodeCall(book.reserve, (_one(doctor), second, secondLength)));
        assert(!(done && again));
    }

    /// @notice Two doctors of one reservation each have their own bits.
    function check_reserve_of_two_doctors_sets_the_slots_of_both(
        uint32 one,
        uint32 two,
        uint32 start,
        uint8 length,
        uint32 other,
        uint32 slot
    ) public {
        bool before = book.isTaken(other, slot);
        bool inside = _isInside(one, start, length, other, slot) || _isInside(two, start, length, other, slot);
        uint32[] memory doctors = new uint32[](2);
        (doctors[0], doctors[1]) = (one, two);
        if (!_try(abi.encodeCall(book.reserve, (doctors, start, length)))) return;
        assert(one != two);
        assert(!(inside && before));
        assert(book.isTaken(other, slot) == (before || inside));
    }

    /// @notice Whoever may not write changes nothing.
    function check_reserve_by_others_is_refused(uint32 doctor, uint32 start, uint8 length) public {
        vm.assume(!book.isBooker(address(this)));
        assert(!_try(abi.encodeCall(book.reserve, (_one(doctor), start, length))));
        assert(!_try(abi.encodeCall(book.release, (_one(doctor), start, length))));
    }

    function _try(bytes memory call_) private returns (bool done) {
        (done,) = address(book).call(call_);
    }

    function _isInside(uint32 doctor, uint32 start, uint8 length, uint32 other, uint32 slot)
        private
        pure
        returns (bool)
    {
        return doctor == other && slot >= start && slot < uint256(start) + length;
    }

    function _one(uint32 doctor) private pure returns (uint32[] memory list) {
        list = new uint32[](1);
        list[0] = doctor;
    }
}
