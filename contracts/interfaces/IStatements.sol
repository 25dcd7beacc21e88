// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title What every contract that takes signed statements refuses.
/// @notice A function `f(..., uint40 deadline, bytes signature)` is signed as the EIP-712 struct `F` of the same fields
/// (domain "Huizhen", version "1"); `bytes terms` is signed as its keccak256, lists of consenters are left out.
/// `bytes possession`, where a function has it, is the plain signature over the same digest by the key in `signer`.
interface IStatements {
    error ClockInMilliseconds(uint256 timestamp);
    error StatementExpired(uint256 deadline, uint256 nowAt);
}
