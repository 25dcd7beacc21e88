// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice A leg of a split in one word: kind (8 bits) | party (32) | amount in fen (128).
/// In ascending order legs are sorted by kind, then party.
type Leg is uint256;

enum LegKind {
    None,
    Seat,
    Institution,
    Fund,
    Platform
}

/// @notice A hospital's own money in custody: `available` for bookings, `escrowed` for booked consultations. Fen.
struct Funds {
    uint128 available;
    uint128 escrowed;
}

/// @notice What a party has earned and not received: `credited` may go into a payout, `outstanding` is in one. Fen.
struct Credit {
    uint128 credited;
    uint128 outstanding;
}

/// @notice The bank account that a party signed for. `pending` replaces `current` from `effectiveAt` on.
/// Accounts are salted commitments; `version` counts the statements.
struct PayoutAccount {
    bytes32 current;
    bytes32 pending;
    uint40 effectiveAt;
    uint32 version;
}

/// @notice One payee of a batch. `withheld` of the `gross` goes to the tax authority; the rest to `account`. Fen.
struct PayoutItem {
    uint32 party;
    uint128 gross;
    uint128 withheld;
    bytes32 account;
}

/// @notice What a rail is asked to pay: fen, to the account that the payee signed for.
struct Payment {
    bytes32 account;
    uint128 amount;
}

enum BatchStatus {
    None,
    Prepared,
    Approved
}

/// @notice A payout batch of up to 64 items. The masks say which items are in the bank's hands (`outstanding`),
/// paid (`confirmed`) and sent back (`returned`); an item in none of them after approval was left out.
struct Batch {
    BatchStatus status;
    uint8 count;
    uint32 preparer;
    uint40 preparedAt;
    uint64 outstanding;
    uint64 confirmed;
    bytes32 items;
    uint64 returned;
}
