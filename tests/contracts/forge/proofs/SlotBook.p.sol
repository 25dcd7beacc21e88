// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {SlotBook} from "../../../../contracts/SlotBook.sol";
import {Proof} from "./Proof.sol";

/// @notice The slot arithmetic, from any state of two neighbouring words of a doctor: any first slot of a word (8 bits)
/// and any length (8 bits), so into the second word as well. Bounds: one word number and one doctor, which are keys of a
/// mapping and enter into no arithmetic; only calls that succeed, for the slot that a refusal names is found by a loop
/// (the fuzz test has it).
contract SlotBookProof is Proof {
    uint32 private constant DOCTOR = 12;
    uint32 private constant WORD = 7_000_000;
    /// @dev Where SlotBook keeps its words: behind what AccessManaged keeps.
    uint256 private constant WORDS_SLOT = 1;

    SlotBook private book;

    function setUp() public {
        book = new SlotBook(address(this));
        book.setBooker(address(this), true);
    }

    /// @dev Answers for the AccessManager: at once, whoever asks.
    function canCall(address, address, bytes4) external pure returns (bool, uint32) {
        return (true, 0);
    }

    /// @notice A reservation sets the bits of its slots and no other; none of them was set before, so that of two
    /// reservations with a slot in common at most one succeeds.
    function check_reserve_sets_exactly_its_slots(uint8 first, uint8 length, uint256 low, uint256 high, uint16 place)
        public
    {
        _begin(low, high, place);
        bool before = _bit(low, high, place);
        bool inside = place >= first && place < uint256(first) + length;
        if (!_try(abi.encodeCall(book.reserve, (_doctors(), _slot(first), length)))) return;
        assert(!(inside && before));
        assert(_bit(book.wordOf(DOCTOR, WORD), book.wordOf(DOCTOR, WORD + 1), place) == (before || inside));
    }

    /// @notice A release clears the bits of its slots and no other; all of them were set before.
    function check_release_clears_exactly_its_slots(uint8 first, uint8 length, uint256 low, uint256 high, uint16 place)
        public
    {
        _begin(low, high, place);
        bool before = _bit(low, high, place);
        bool inside = place >= first && place < uint256(first) + length;
        if (!_try(abi.encodeCall(book.release, (_doctors(), _slot(first), length)))) return;
        assert(!inside || before);
        assert(_bit(book.wordOf(DOCTOR, WORD), book.wordOf(DOCTOR, WORD + 1), place) == (before && !inside));
    }

    /// @notice Whoever may not write changes nothing.
    function check_others_are_refused(address caller, uint32 doctor, uint32 start, uint8 length) public {
        vm.assume(caller != address(this));
        uint32[] memory doctors = new uint32[](1);
        doctors[0] = doctor;
        vm.prank(caller);
        assert(!_try(abi.encodeCall(book.reserve, (doctors, start, length))));
        vm.prank(caller);
        assert(!_try(abi.encodeCall(book.release, (doctors, start, length))));
    }

    function _begin(uint256 low, uint256 high, uint16 place) private {
        vm.assume(place < 512);
        vm.store(address(book), _keyOf(WORD), bytes32(low));
        vm.store(address(book), _keyOf(WORD + 1), bytes32(high));
        assert(book.wordOf(DOCTOR, WORD) == low && book.wordOf(DOCTOR, WORD + 1) == high);
    }

    function _keyOf(uint32 word) private pure returns (bytes32) {
        return keccak256(abi.encode(uint256(DOCTOR) << 32 | word, WORDS_SLOT));
    }

    function _bit(uint256 low, uint256 high, uint16 place) private pure returns (bool) {
        return (place < 256 ? low >> place : high >> (place - 256)) & 1 == 1;
    }

    function _slot(uint8 first) private pure returns (uint32) {
        return WORD << 8 | first;
    }

    function _try(bytes memory call_) private returns (bool done) {
        (done,) = address(book).call(call_);
    }

    function _doctors() private pure returns (uint32[] memory list) {
        list = new uint32[](1);
        list[0] = DOCTOR;
    }
}
