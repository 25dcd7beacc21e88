// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Makes the accounts through which two or more officers sign as one party (IInstitutionAccount).
/// @notice Officers and threshold are part of an account's address: nobody can put other officers where an institution
/// expects its own.
interface IInstitutionAccounts {
    event AccountCreated(address indexed account, bytes[] officers, uint64 threshold);

    /// @notice Makes an account. Anyone may call: its officers are those that are named, whoever calls. Where it stands
    /// already it is answered and nothing happens, so coming first gains nothing; its officers may have changed since.
    /// @param threshold how many of them must sign, at least 2
    /// @param salt tells accounts of the same officers apart
    function create(bytes[] calldata officers, uint64 threshold, bytes32 salt) external returns (address account);

    /// @notice Where `create` puts, or has put, the account.
    function addressOf(bytes[] calldata officers, uint64 threshold, bytes32 salt) external view returns (address);

    /// @notice How many accounts were made, and each of them, in order.
    function accountCount() external view returns (uint256);

    function accountAt(uint256 index) external view returns (address);
}
