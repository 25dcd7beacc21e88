// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice A seat of a consultation: who, where, for which group under which version of its share rule, for how much.
/// `institutionBps` and `fundBps` are shares of what remains of the fee after the platform share; the doctor
/// receives the rest. They repeat the group's rule so that everyone signs the split itself; `book` compares them.
/// Without a group the institution receives the whole remainder (`institutionBps` is then 10,000).
struct Seat {
    uint32 doctor;
    uint32 institution;
    uint32 group;
    uint16 ruleVersion;
    uint16 institutionBps;
    uint16 fundBps;
    bool required;
    uint128 fee;
    uint160 specialties;
}

/// @notice What is added to the seats' fees, and what the platform takes of each.
/// An overtime step is 30 minutes; the escrow holds the price with `overtimeSteps` steps.
struct Pricing {
    uint32 platform;
    uint16 platformBps;
    uint16 urgencyBps;
    uint16 overtimeBps;
    uint8 overtimeSteps;
}

/// @notice What happens when things do not go as planned. Windows in seconds.
/// Cancelled by the hospital at least `freeBefore` before the start: no fee; at least `partialBefore` before it:
/// `partialBps` of the price; later: `lateBps`. An opinion is due `deliverWindow` after the end; the hospital has
/// `reviewWindow` after it; the arbiter `arbiterWindow` after a dispute, then `defaultBps` of the contested seats is paid.
struct Policy {
    uint32 freeBefore;
    uint32 partialBefore;
    uint16 partialBps;
    uint16 lateBps;
    uint32 deliverWindow;
    uint32 reviewWindow;
    uint32 arbiter;
    uint32 arbiterWindow;
    uint16 defaultBps;
}

/// @notice Salted commitments to documents that are kept off chain.
struct Documents {
    bytes32 agreement;
    bytes32 caseFile;
    bytes32 consent;
}

/// @notice The terms that all parties of one consultation sign. `start` is a slot number (unix seconds / 900),
/// `slots` the length in slots, `lead` the index of the leading seat, `signBy` the last second at which it can be booked.
/// Seats stand in ascending order of doctor.
struct Terms {
    uint32 hospital;
    uint32 start;
    uint8 slots;
    uint8 lead;
    uint40 signBy;
    bytes16 salt;
    Pricing pricing;
    Policy policy;
    Documents documents;
    Seat[] seats;
}

enum ConsultationStatus {
    None,
    Booked,
    Delivered,
    Disputed,
    Settled,
    Cancelled,
    Expired
}

/// @notice One storage slot under the hash of the packed terms. `seats` is the mask of seats that signed the opinion,
/// `overtime` the steps that are paid; both are 0 until attendance or delivery. `escrowed` is what is still set aside,
/// fen: 0 once it has ended. `attended` is the mask of seats that hospital and lead recorded as present (0: not recorded).
struct Consultation {
    ConsultationStatus status;
    uint32 id;
    uint40 bookedAt;
    uint40 deliveredAt;
    uint16 seats;
    uint8 overtime;
    uint96 escrowed;
    uint16 attended;
}

/// @notice How the contested seats of a consultation came to their end.
enum Resolution {
    None,
    Agreed,
    Ruled,
    Default
}

/// @notice One storage slot under the consultation's id. `contested` seats wait for an agreement, a ruling or the default
/// of the terms; `resolved` ones have had it. `restReleased` says that what nobody contests has been paid.
struct Dispute {
    uint16 contested;
    uint16 resolved;
    uint40 openedAt;
    bool restReleased;
}
