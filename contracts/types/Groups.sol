// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice One storage slot. `quorum` is the number of members (the lead counts as one) whose signatures admit or
/// expel; 0 means that the lead decides alone. `standingUntil` is how long members may be booked without the lead's
/// signature for each booking. The current share rule stands here, older ones under their version.
struct Group {
    uint32 lead;
    uint32 members;
    uint8 quorum;
    uint16 ruleVersion;
    uint16 institutionBps;
    uint16 fundBps;
    uint40 standingUntil;
    uint40 foundedAt;
    uint32 revision;
}

/// @notice Shares of a seat's fee after the platform share; the doctor receives what remains of 10,000.
struct ShareRule {
    uint16 institutionBps;
    uint16 fundBps;
}

/// @notice The spells of a doctor in a group: `spell` counts them from 1; `leftAt` is 0 while the doctor is a member.
struct Membership {
    uint40 joinedAt;
    uint40 leftAt;
    uint32 spell;
}
