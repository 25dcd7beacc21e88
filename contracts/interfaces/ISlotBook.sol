// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Doctors' hours as bits, shared by all versions of Consultations.
/// @notice A slot is unix seconds / 900; word = slot >> 8, bit = slot & 255. A set bit is a booked quarter of an hour.
interface ISlotBook {
    event Reserved(uint32 start, uint8 slots, uint32[] doctors);
    event Released(uint32 start, uint8 slots, uint32[] doctors);
    event BookerSet(address indexed booker, bool allowed);

    error NotBooker(address caller);
    error SlotTaken(uint32 doctor, uint32 slot);
    error SlotFree(uint32 doctor, uint32 slot);
    error NoSlots();

    /// @notice Allows or forbids a contract to write. Restricted by the AccessManager.
    function setBooker(address booker, bool allowed) external;

    /// @notice Books the slots [start, start + slots) of every doctor, or reverts naming the first doctor and slot taken.
    function reserve(uint32[] calldata doctors, uint32 start, uint8 slots) external;

    /// @notice Frees the slots again.
    function release(uint32[] calldata doctors, uint32 start, uint8 slots) external;

    function isBooker(address booker) external view returns (bool);

    /// @notice 256 slots of a doctor at once.
    function wordOf(uint32 doctor, uint32 word) external view returns (uint256);

    function isTaken(uint32 doctor, uint32 slot) external view returns (bool);
}
