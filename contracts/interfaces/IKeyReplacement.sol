// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Replacement of a party's lost keys by the authority, after a public delay.
interface IKeyReplacement {
    /// @notice Whether somebody asked to replace the party's keys and it is not decided yet.
    function isPending(uint32 party) external view returns (bool);
}
