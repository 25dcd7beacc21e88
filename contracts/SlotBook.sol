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
        uint256 count = doctors.length;
        for (uint256 i; i < count;) {
            uint256 key = _keyOf(doctors, i, word);
            _set(key, first);
            unchecked {
                if (second != 0) _set(key + 1, second);
                ++i;
            }
        }
        _emit(Reserved.selector, start, slots, doctors);
    }

    function release(uint32[] calldata doctors, uint32 start, uint8 slots) external onlyBooker {
        (uint256 first, uint256 second) = _masks(start, slots);
        uint256 word = start >> 8;
        uint256 count = doctors.length;
        for (uint256 i; i < count;) {
            uint256 key = _keyOf(doctors, i, word);
            _clear(key, first);
            unchecked {
                if (second != 0) _clear(key + 1, second);
                ++i;
            }
        }
        _emit(Released.selector, start, slots, doctors);
    }

    function isBooker(address booker) external view returns (bool) {
        return _bookers[booker];
    }

    function wordOf(uint32 doctor, uint32 word) external view returns (uint256) {
        return _words[_key(doctor, word)].bits;
    }

    function isTaken(uint32 doctor, uint32 slot) external view returns (bool) {
        return _words[_key(doctor, slot >> 8)].bits >> (slot & 255) & 1 == 1;
    }

    /// @dev Reserved or Released. `emit` would encode the doctors one by one, though they lie in calldata as they lie in
    /// the event.
    function _emit(bytes32 topic, uint32 start, uint8 slots, uint32[] calldata doctors) private {
        assembly ("memory-safe") {
            let free := mload(64)
            let size := mul(doctors.length, 32)
            mstore(free, start)
            mstore(add(free, 32), slots)
            mstore(add(free, 64), 96)
            mstore(add(free, 96), doctors.length)
            calldatacopy(add(free, 128), doctors.offset, size)
            log1(free, add(size, 128), topic)
        }
    }

    /// @dev The bits of the slots in the first word and, where they run past its end, in the next one.
    function _masks(uint32 start, uint8 slots) private pure returns (uint256 first, uint256 second) {
        if (slots == 0) revert NoSlots();
        unchecked {
            uint256 bits = (1 << uint256(slots)) - 1;
            uint256 shift = start & 255;
            first = bits << shift;
            if (shift + slots > 256) second = bits >> (256 - shift);
        }
    }

    function _set(uint256 key, uint256 mask) private {
        Word storage w = _words[key];
        uint256 bits = w.bits;
        if (bits & mask != 0) revert SlotTaken(uint32(key >> 32), _slotOf(key, bits & mask));
        w.bits = bits | mask;
    }

    function _clear(uint256 key, uint256 mask) private {
        Word storage w = _words[key];
        uint256 bits = w.bits;
        if (bits & mask != mask) revert SlotFree(uint32(key >> 32), _slotOf(key, mask & ~bits));
        w.bits = bits ^ mask;
    }

    /// @dev Of a doctor in the list. It looks at the bits of the doctor, not at the length again.
    function _keyOf(uint32[] calldata doctors, uint256 index, uint256 word) private pure returns (uint256) {
        uint256 doctor;
        assembly ("memory-safe") {
            doctor := calldataload(add(doctors.offset, mul(index, 32)))
        }
        if (doctor > type(uint32).max) revert();
        return _key(doctor, word);
    }

    function _key(uint256 doctor, uint256 word) private pure returns (uint256) {
        return doctor << 32 | word;
    }

    /// @dev The slot of the lowest set bit of a word.
    function _slotOf(uint256 key, uint256 bits) private pure returns (uint32) {
        uint256 bit;
        while (bits >> bit & 1 == 0) ++bit;
        return uint32(key << 8 | bit);
    }
}
