// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice A group as it is read. `quorum` is the number of members (the lead counts as one) whose signatures decide; 0
/// means that the lead decides alone. `standingUntil` is how long members may be booked without the lead's signature for
/// each booking. `members` is counted when asked. The current share rule stands here, older ones under their version.
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

/// @notice One storage slot: the spells of a doctor in a group. `spell` counts them from 1; `leftAt` is 0 while the doctor
/// is a member; `leads` whether the doctor is the lead. `previous` is the doctor who joined for the first time before
/// this one (0: this one founded the group), so that all who ever joined can be walked through.
struct Membership {
    uint40 joinedAt;
    uint40 leftAt;
    uint32 spell;
    uint32 previous;
    bool leads;
}
