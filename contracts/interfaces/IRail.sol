// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Payment} from "../types/Payouts.sol";

/// @title The way money enters and leaves custody.
/// @notice Only the ledger moves a rail (a permission of the AccessManager). Amounts in fen. A bank reference is used
/// once, in whichever direction.
interface IRail {
    event Collected(bytes32 indexed bankRef, uint128 amount, uint256 custody);
    /// @dev `amount` is what was paid of all that was asked for.
    event Paid(bytes32 indexed bankRef, uint128 amount, uint256 custody);
    event Reclaimed(bytes32 indexed bankRef, uint128 amount, uint256 custody);

    error ReferenceUsed(bytes32 bankRef);
    error CustodyTooSmall(uint256 custody, uint256 needed);

    /// @notice Money that came into custody.
    function collect(bytes32 bankRef, uint128 amount) external;

    /// @notice Money that leaves custody. A payment that the rail cannot make stays in custody and holds up no other.
    /// @param payments at most 64
    /// @return paid which payments were made: the bit of their place in the list
    function pay(bytes32 bankRef, Payment[] calldata payments) external returns (uint64 paid);

    /// @notice Money that had left and came back.
    function reclaim(bytes32 bankRef, uint128 amount) external;

    /// @notice What is in custody, fen.
    function custody() external view returns (uint256);

    function isUsed(bytes32 bankRef) external view returns (bool);
}
