// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {SlotBook} from "../../../../contracts/SlotBook.sol";
import {Proof} from "./Proof.sol";
import {SlotMasks} from "./SlotMasks.sol";

/// @notice The slot arithmetic, of any doctor, first slot and length (all 32, 32 and 8 bits of them), from any state of
/// the whole book. Bounds: one doctor a call. Which slot SlotTaken and SlotFree name is not covered: the loop that finds it
/// is cut short (halmos says so), and every way through it reverts.
/// @custom:halmos --solver-timeout-branching 1000 --solver-timeout-assertion 60s
contract SlotBookProof is Proof {
    struct Slots {
        uint32 doctor;
        uint32 start;
        uint8 length;
    }

    SlotBook private book;

    function setUp() public {
        book = new SlotBook(address(this));
        svm.enableSymbolicStorage(address(book));
    }

    /// @notice A reservation succeeds only where all its slots are free, sets their bits and changes no other bit of any
    /// word of any doctor.
    function check_reserve_sets_its_slots_alone(Slots memory s, uint32 doctor, uint32 word) public {
        (uint256 mask, uint256 before, bool free,) = _begin(s, doctor, word);
        if (!_reserve(s)) return;
        assert(free);
        assert(book.wordOf(doctor, word) == before | mask);
    }

    /// @notice A reservation of free slots is never refused.
    function check_reserve_of_free_slots_succeeds(Slots memory s) public {
        (,, bool free,) = _begin(s, 0, 0);
        vm.assume(free && s.length != 0);
        assert(_reserve(s));
    }

    /// @notice A release succeeds only where all its slots are taken, clears their bits and changes no other.
    function check_release_clears_its_slots_alone(Slots memory s, uint32 doctor, uint32 word) public {
        (uint256 mask, uint256 before,, bool taken) = _begin(s, doctor, word);
        if (!_release(s)) return;
        assert(taken);
        assert(book.wordOf(doctor, word) == before & ~mask);
    }

    /// @notice A release of taken slots is never refused.
    function check_release_of_taken_slots_succeeds(Slots memory s) public {
        (,,, bool taken) = _begin(s, 0, 0);
        vm.assume(taken && s.length != 0);
        assert(_release(s));
    }

    /// @notice I14: of two reservations whose slots meet in any word, the second is refused.
    function check_I14_of_two_reservations_of_a_slot_one_fails(Slots memory s, Slots memory t, uint32 word) public {
        t.doctor = s.doctor;
        vm.assume(book.isBooker(address(this)));
        vm.assume(_maskOf(s, word) & _maskOf(t, word) != 0);
        if (!_reserve(s)) return;
        assert(!_reserve(t));
    }

    /// @notice Nobody but a booker changes anything.
    function check_others_are_refused(Slots memory s) public {
        vm.assume(!book.isBooker(address(this)));
        assert(!_reserve(s) && !_release(s));
    }

    /// @return mask of the slots in the word that is looked at
    /// @return before that word
    /// @return free whether no slot is taken
    /// @return taken whether all are
    function _begin(Slots memory s, uint32 doctor, uint32 word)
        private
        view
        returns (uint256 mask, uint256 before, bool free, bool taken)
    {
        vm.assume(book.isBooker(address(this)));
        (uint256 low, uint256 high) = SlotMasks.masksOf(uint8(s.start), s.length);
        uint32 first = s.start >> 8;
        uint256 lowWord = book.wordOf(s.doctor, first);
        uint256 highWord = book.wordOf(s.doctor, first + 1);
        free = lowWord & low == 0 && highWord & high == 0;
        taken = lowWord & low == low && highWord & high == high;
        before = book.wordOf(doctor, word);
        if (doctor == s.doctor) mask = _maskOf(s, word);
    }

    function _maskOf(Slots memory s, uint32 word) private pure returns (uint256) {
        (uint256 low, uint256 high) = SlotMasks.masksOf(uint8(s.start), s.length);
        uint32 first = s.start >> 8;
        return word == first ? low : word == first + 1 ? high : 0;
    }

    function _reserve(Slots memory s) private returns (bool done) {
        (done,) = address(book).call(abi.encodeCall(book.reserve, (_doctors(s), s.start, s.length)));
    }

    function _release(Slots memory s) private returns (bool done) {
        (done,) = address(book).call(abi.encodeCall(book.release, (_doctors(s), s.start, s.length)));
    }

    function _doctors(Slots memory s) private pure returns (uint32[] memory list) {
        list = new uint32[](1);
        list[0] = s.doctor;
    }
}
