// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {ISlotBook} from "./interfaces/ISlotBook.sol";

/// @dev The interface ISlotBook is the book; what stands here says how.
contract SlotBook is ISlotBook, AccessManaged {
    /// @dev A struct, so that a word is found once for reading and writing.
    struct Word {
        uint256 bits;
    }

    // Written through the storage pointers that private functions answer, which slither does not follow.
    // slither-disable-next-line uninitialized-state
    mapping(uint256 doctorAndWord => Word) private _words;
    mapping(address booker => bool) private _bookers;

    constructor(address manager) AccessManaged(manager) {}

    /// @dev The permission is kept here as one slot, because asking the AccessManager at each booking costs four.
    modifier onlyBooker() {
        if (!_bookers[msg.sender]) revert NotBooker(msg.sender);
        _;
    }

    function setBooker(address booker, bool allowed) external restricted {
        _bookers[booker] = allowed;
        emit BookerSet(booker, allowed);
    }

    function reserve(uint32[] calldata doctors, uint32 start, uint8 slots) external onlyBooker {
        (uint256 first, uint256 second) = _masks(start, slots);
        uint256 word = start >> 8;
        for (uint256 i; i < doctors.length; ++i) {
            _set(doctors[i], word, first);
            if (second != 0) _set(doctors[i], word + 1, second);
        }
        emit Reserved(start, slots, doctors);
    }

    function release(uint32[] calldata doctors, uint32 start, uint8 slots) external onlyBooker {
        (uint256 first, uint256 second) = _masks(start, slots);
        uint256 word = start >> 8;
        for (uint256 i; i < doctors.length; ++i) {
            _clear(doctors[i], word, first);
            if (second != 0) _clear(doctors[i], word + 1, second);
        }
        emit Released(start, slots, doctors);
    }

    function isBooker(address booker) external view returns (bool) {
        return _bookers[booker];
    }

    function wordOf(uint32 doctor, uint32 word) external view returns (uint256) {
        return _word(doctor, word).bits;
    }

    function isTaken(uint32 doctor, uint32 slot) external view returns (bool) {
        return _word(doctor, slot >> 8).bits >> (slot & 255) & 1 == 1;
    }

    /// @dev The bits of the slots in the first word and, where they run past its end, in the next one.
    function _masks(uint32 start, uint8 slots) private pure returns (uint256 first, uint256 second) {
        if (slots == 0) revert NoSlots();
        uint256 bits = (1 << uint256(slots)) - 1;
        uint256 shift = start & 255;
        first = bits << shift;
        if (shift + slots > 256) second = bits >> (256 - shift);
    }

    function _set(uint32 doctor, uint256 word, uint256 mask) private {
        Word storage w = _word(doctor, word);
        uint256 bits = w.bits;
        if (bits & mask != 0) revert SlotTaken(doctor, _slotOf(word, bits & mask));
        w.bits = bits | mask;
    }

    function _clear(uint32 doctor, uint256 word, uint256 mask) private {
        Word storage w = _word(doctor, word);
        uint256 bits = w.bits;
        if (bits & mask != mask) revert SlotFree(doctor, _slotOf(word, mask & ~bits));
        w.bits = bits ^ mask;
    }

    function _word(uint32 doctor, uint256 word) private view returns (Word storage) {
        return _words[uint256(doctor) << 32 | word];
    }

    /// @dev The slot of the lowest set bit.
    function _slotOf(uint256 word, uint256 bits) private pure returns (uint32) {
        uint256 bit;
        while (bits >> bit & 1 == 0) ++bit;
        return uint32(word << 8 | bit);
    }
}
