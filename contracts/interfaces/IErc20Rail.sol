// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IRail} from "./IRail.sol";

/// @title Money as an ERC-20 token that stands for fen. One token, for ever.
/// @notice A payer pays in under a bank reference, and may take it back until the settlement bank has recorded it
/// (`collect`, or `reclaim` for a payment that comes back). Custody is a book of its own: tokens that are sent here
/// directly belong to nobody and change nothing. A payout account is the payee's address, padded on the left to 32
/// bytes; to anything else nothing can be paid.
/// @dev The token must not change balances by itself (rebase). A token that misbehaves in a transfer (answers false,
/// reverts, takes a fee, refuses a frozen account, burns gas, calls back) leaves that one transfer undone.
interface IErc20Rail is IRail {
    event PaidIn(bytes32 indexed bankRef, address indexed payer, uint128 amount);
    event TakenBack(bytes32 indexed bankRef, address indexed payer, uint128 amount);

    error NotAToken(address token);
    error UnitMissing();
    error NothingToPayIn();
    error AlreadyPaidIn(bytes32 bankRef, address payer, uint128 amount);
    error PaidInDiffers(bytes32 bankRef, uint128 paidIn, uint128 needed);
    error NotThePayer(bytes32 bankRef, address payer, address caller);
    error TransferInexact(address from, address to, uint256 units);
    error OnlyTheRailItself(address caller);
    error GasTooLow(uint256 left, uint256 needed);

    /// @notice Pulls tokens from the caller, who has approved them, and keeps them for the ledger to record.
    /// A reference belongs to whoever is first until it is taken back, so name one that nobody can guess.
    /// @param amount fen
    function payIn(bytes32 bankRef, uint128 amount) external;

    /// @notice The same, with the approval as a permit (ERC-2612) of the caller.
    /// @param deadline of the permit
    function payInWithPermit(bytes32 bankRef, uint128 amount, uint256 deadline, uint8 v, bytes32 r, bytes32 s) external;

    /// @notice Returns to the payer what was paid in under a reference and not recorded yet. Only the payer.
    function takeBack(bytes32 bankRef) external;

    /// @dev One transfer as a step of its own, undone as a whole unless exactly these units left here and arrived.
    /// Only the rail itself.
    function transferExactly(address to, uint256 units) external;

    /// @notice What was paid in under a reference and not recorded yet: by whom, and how much (fen).
    function payInOf(bytes32 bankRef) external view returns (address payer, uint128 amount);

    function token() external view returns (address);

    /// @notice How many of the token's smallest units are one fen.
    function fenUnit() external view returns (uint128);
}
