// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice What a party is. A hospital is also an institution of practice. An official holds a power
/// (authority, arbiter, settlement bank, payout officer, tax authority) and is none of the other four.
enum PartyKind {
    None,
    Doctor,
    Hospital,
    Group,
    Platform,
    Official
}

enum PartyStatus {
    None,
    Applied,
    Accredited,
    Suspended
}

/// @notice One storage slot. `specialties` is a bit mask over the national catalogue of clinical departments,
/// `city` a GB/T 2260 code, `validUntil` unix seconds (a licence is good *until and including* that second).
struct Party {
    uint160 specialties;
    uint40 validUntil;
    uint24 city;
    PartyKind kind;
    PartyStatus status;
    uint8 powers;
    uint8 signers;
}

/// @notice The rest of a party's record, read seldom. `revision` counts the acts on the party; a statement about
/// the party names the revision that it was signed for, so that it can be used once.
struct Registration {
    uint32 home;
    uint32 revision;
    uint40 appliedAt;
    bytes32 profile;
    bytes32 licence;
}

/// @notice A doctor's registration at an institution of practice. `standingUntil` is how long the institution
/// accepts bookings of this doctor without a signature for each (0: never).
struct Affiliation {
    uint40 validUntil;
    uint40 standingUntil;
    uint32 version;
}

/// @notice A cooperation agreement between two institutions, kept under the pair in ascending order.
struct Agreement {
    uint40 validUntil;
    uint32 version;
    bytes32 commitment;
}

/// @notice A removal of a signer that has been asked for and takes effect no earlier than `notBefore`.
struct SignerRemoval {
    uint40 notBefore;
    uint8 index;
}

/// @notice What KeyReplacement records of a party. `sequence` counts the acts there; `notBefore` is when the request may
/// be carried out (0: there is none), `authorityRevision` the revision of the authority when it asked, `contested`
/// whether a key has cancelled a request since the last denial or replacement, `allowed` an arbiter's consent.
struct Replacement {
    uint32 sequence;
    uint32 authority;
    uint32 authorityRevision;
    uint40 notBefore;
    bool contested;
    bool allowed;
    bytes signer;
}

/// @notice Bounds of an ERC-7913 signer in bytes. The longest takes an RSA key of 4,096 bits with room to spare; without
/// a bound a thief could add keys too long for anyone to remove in one block.
library Signers {
    uint256 internal constant SHORTEST = 20;
    uint256 internal constant LONGEST = 1024;
}

/// @notice Powers of persons, as flags of a party. AccessManager governs contracts, never persons.
library Powers {
    uint8 internal constant AUTHORITY = 1;
    uint8 internal constant ARBITER = 2;
    uint8 internal constant SETTLEMENT_BANK = 4;
    uint8 internal constant PAYOUT_PREPARER = 8;
    uint8 internal constant PAYOUT_APPROVER = 16;
    uint8 internal constant TAX_AUTHORITY = 32;
}
