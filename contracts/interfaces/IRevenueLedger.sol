// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IStatements} from "./IStatements.sol";
import {Batch, Credit, Funds, Leg, PayoutAccount, PayoutItem} from "../types/Payouts.sol";

/// @title The only custodian: hospitals' funds, parties' credits, payouts. Amounts in fen.
/// @notice custody >= sum of available + escrowed + credited + outstanding, always.
/// Money leaves only through a payout to an account that its payee signed for at least 48 hours before.
interface IRevenueLedger is IStatements {
    event Deposited(uint32 indexed hospital, uint128 amount, bytes32 indexed bankRef);
    event Refunded(uint32 indexed hospital, uint128 amount, uint32 sequence);
    event Escrowed(uint32 indexed consultation, uint32 indexed hospital, uint128 amount);
    /// @dev `funded` leaves the hospital's escrow: the legs go to their parties' credit, the rest is available again.
    event EscrowReleased(uint32 indexed consultation, uint32 indexed hospital, uint128 funded, Leg[] legs);
    event PayoutAccountSet(uint32 indexed party, bytes32 account, uint40 effectiveAt, uint32 version);
    event PayoutAccountCancelled(uint32 indexed party, uint32 version);
    event PayoutPrepared(uint32 indexed batch, uint32 indexed preparer, PayoutItem[] items);
    /// @dev Items outside of `executed` were left out: their payee's credit or account no longer fits.
    event PayoutApproved(
        uint32 indexed batch, uint32 indexed approver, uint64 executed, uint128 gross, uint128 withheld
    );
    /// @dev `items` are those that were paid, `amount` their sum.
    event PayoutConfirmed(uint32 indexed batch, uint64 items, bytes32 indexed bankRef, uint128 amount);
    /// @dev The rail could not pay these items: their account is frozen, say. They are outstanding as before.
    event PayoutLeftOutstanding(uint32 indexed batch, uint64 items, bytes32 indexed bankRef);
    event PayoutReturned(
        uint32 indexed batch, uint8 item, uint32 indexed party, uint128 amount, bytes32 indexed bankRef
    );
    event BookerSet(address indexed booker, bool allowed);

    error NotBooker(address caller);
    error ZeroAmount();
    error FundsTooLow(uint32 hospital, uint128 available, uint128 needed);
    error EscrowTooLow(uint32 hospital, uint128 escrowed, uint128 needed);
    error LegsExceedFunded(uint256 legs, uint256 funded);
    error StaleSequence(uint32 named, uint32 current);
    error NoAccountPending(uint32 party);
    error NoAccountInForce(uint32 party);
    error ReplacementPending(uint32 party);
    error NoReplacementPending(uint32 party);
    error WithheldExceedsGross(uint32 party, uint128 withheld, uint128 gross);
    error BatchSize(uint256 items, uint256 allowed);
    error ItemsNotAscending(uint32 previous, uint32 next);
    error ItemsDiffer(uint32 batch);
    error WrongBatchStatus(uint32 batch, uint8 status, uint8 needed);
    error SameOfficer(uint32 officer);
    error ApprovalTooLate(uint256 due, uint256 nowAt);
    error NotOutstanding(uint32 batch, uint64 asked, uint64 outstanding);
    error NothingPaid(uint32 batch, uint64 asked);
    error NotReturnable(uint32 batch, uint8 item);

    /// @notice Records money that a hospital paid into custody. Signed by the settlement bank.
    function deposit(
        uint32 hospital,
        uint128 amount,
        bytes32 bankRef,
        uint32 bank,
        uint40 deadline,
        bytes calldata signature
    ) external;

    /// @notice Turns a hospital's available funds into credit that a payout can return to it. Signed by the hospital.
    /// @param sequence how many refunds the hospital had before
    function refund(uint32 hospital, uint128 amount, uint32 sequence, uint40 deadline, bytes calldata signature)
        external;

    /// @notice Moves available funds into escrow. Only contracts with the booking permission.
    function escrow(uint32 consultation, uint32 hospital, uint128 amount) external;

    /// @notice Takes `funded` out of a consultation's escrow: credits the legs, returns the rest to the hospital. It may
    /// come several times for one consultation. Only contracts with the booking permission.
    function release(uint32 consultation, uint32 hospital, uint128 funded, Leg[] calldata legs) external;

    /// @notice Names the account that payouts go to, in force after 48 hours. Signed by the payee (a group's by the
    /// group's own signer). Not while the replacement of the payee's keys is pending.
    /// @param version the account's current version
    function setPayoutAccount(uint32 party, bytes32 account, uint32 version, uint40 deadline, bytes calldata signature)
        external;

    /// @notice Takes back an account that is not in force yet. Signed by the payee.
    function cancelPayoutAccount(uint32 party, uint32 version, uint40 deadline, bytes calldata signature) external;

    /// @notice Takes back an account that is not in force yet, while the replacement of the payee's keys is pending:
    /// whoever held the old ones may have named it. Anyone.
    function dropPendingAccount(uint32 party) external;

    /// @notice Draws up a batch; nothing moves. Signed by a payout preparer. The batch must be the next one.
    /// Whether a payee's credit and account fit is decided when it is approved.
    /// @param items at most 64, ascending by party
    function preparePayout(
        uint32 batch,
        PayoutItem[] calldata items,
        uint32 preparer,
        uint40 deadline,
        bytes calldata signature
    ) external;

    /// @notice Releases a batch to the bank within 7 days. Signed by a payout approver who is not the preparer.
    /// An item whose credit or account no longer fits is left out and never stops the others.
    function approvePayout(
        uint32 batch,
        PayoutItem[] calldata items,
        uint32 approver,
        uint40 deadline,
        bytes calldata signature
    ) external;

    /// @notice Pays the items of a mask through the rail, under one reference. Signed by the settlement bank. What the
    /// rail cannot pay stays outstanding and never stops the others.
    function confirmPayout(
        uint32 batch,
        PayoutItem[] calldata items,
        uint64 mask,
        bytes32 bankRef,
        uint32 bank,
        uint40 deadline,
        bytes calldata signature
    ) external;

    /// @notice Records that an item was not paid, or that its payment came back: the net amount is the payee's credit
    /// again. Signed by the settlement bank.
    function returnPayout(
        uint32 batch,
        PayoutItem[] calldata items,
        uint8 item,
        bytes32 bankRef,
        uint32 bank,
        uint40 deadline,
        bytes calldata signature
    ) external;

    /// @notice Allows or forbids a contract to move escrow. Restricted by the AccessManager.
    function setBooker(address booker, bool allowed) external;

    function isBooker(address booker) external view returns (bool);

    /// @notice The party that receives withheld tax.
    function taxAuthority() external view returns (uint32);

    function fundsOf(uint32 hospital) external view returns (Funds memory);

    function creditOf(uint32 party) external view returns (Credit memory);

    function refundsOf(uint32 hospital) external view returns (uint32);

    function payoutAccountOf(uint32 party) external view returns (PayoutAccount memory);

    /// @notice The account in force now; 0 if none.
    function accountInForce(uint32 party) external view returns (bytes32);

    function batchCount() external view returns (uint32);

    function batchOf(uint32 batch) external view returns (Batch memory);
}
